import { describe, expect, test } from 'vitest';
import { SafeTier } from '../../../src/cache/remote/safe-tier.ts';
import { WriteFences } from '../../../src/cache/remote/write-fences.ts';
import { type CacheEvents, createCache, kind, Pattern, type RemoteTier } from '../../../src/index.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';

/** A tier that throws instead of rejecting, as none should. */
const rude: RemoteTier = {
  name: 'rude',
  getMany: () => {
    throw new Error('rude');
  },
  setMany: () => Promise.reject(new Error('rude')),
  deleteMany: () => Promise.reject(new Error('rude')),
  scan: () => {
    throw new Error('rude');
  },
  flush: () => Promise.reject(new Error('rude')),
  [Symbol.asyncDispose]: () => Promise.reject(new Error('rude')),
};

describe('a safe tier', () => {
  test('never throws, whatever the tier within does', async () => {
    const tier = new SafeTier(rude, new Telemetry('test'));
    expect(tier.getMany(['a', 'b'])).toEqual([undefined, undefined]);
    expect(await tier.setMany([sealedSample('a')])).toEqual([undefined]);
    await tier.deleteMany(['a'], { stamp: 1, origin: 1 });
    const found: string[][] = [];
    for await (const keys of tier.scan(new Pattern('*'))) found.push(keys);
    expect(found).toEqual([]);
    await tier.flush();
    await tier.close();
    expect(tier.state).toBe('closed');
    expect(tier.counters).toMatchObject({ errors: 1, writeErrors: 4 });
  });

  test('has nothing to do for no entries and no keys', async () => {
    const tier = new SafeTier(rude, new Telemetry('test'));
    expect(await tier.setMany([])).toEqual([]);
    await tier.deleteMany([], { stamp: 1, origin: 1 });
    expect(tier.counters.writeErrors).toBe(0);
  });

  test('tells what failed and what was refused, but not that a breaker is open', async () => {
    const clock = new FakeClock();
    const faulty = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
    const schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (): never => {
          throw new Error('broken schema');
        },
      },
    } as const;
    const cache = createCache({ clock, remote: faulty, kinds: { k: kind<string, number>(), checked: kind<string, number>({ schema }) } });
    const told: CacheEvents['tier'][] = [];
    cache.on('tier', (event) => told.push(event));
    await cache.checked.set('a', 1);
    const other = createCache({ clock, remote: faulty, kinds: { checked: kind<string, number>({ schema }) } });
    other.on('tier', (event) => told.push(event));
    expect(await other.checked.get('a')).toBeUndefined();
    await cache.getOrLoad('fn', async () => () => 1);
    await cache.flush();
    faulty.fail({ times: Number.POSITIVE_INFINITY });
    for (let read = 0; read < 30; read += 1) await cache.k.get(`k${read}`);
    expect(told.slice(0, 3).map(({ call, reason }) => [call, reason])).toEqual([
      ['open', 'schema under main:checked:a'],
      ['seal', expect.stringContaining('main::fn')],
      ['getMany', expect.stringContaining('a fault made to order')],
    ]);
    expect(told.length).toBeLessThan(30);
    expect(cache.stats().tiers[0]?.state).toBe('open');
  });
});

describe('write fences', () => {
  test('past their bound, believe nothing that is older than what they forgot', () => {
    const fences = new WriteFences();
    for (let key = 0; key <= 10_000; key += 1) fences.raise(`k${key}`, { stamp: 100 + key, origin: 1 });
    expect(fences.stop('another', { stamp: 100, origin: 1 })).toBe(true);
    expect(fences.stop('another', { stamp: 101, origin: 1 })).toBe(false);
    expect(fences.stop('k9', { stamp: 105, origin: 1 })).toBe(true);
    fences.raise('k9', { stamp: 1, origin: 1 });
    fences.lift('k9', { stamp: 108, origin: 1 });
    expect(fences.stop('k9', { stamp: 109, origin: 1 })).toBe(true);
    fences.lift('k9', { stamp: 109, origin: 1 });
    expect(fences.stop('k9', { stamp: 109, origin: 1 })).toBe(false);
  });
});
