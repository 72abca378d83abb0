import { describe, expect, test } from 'vitest';
import { SafeTier } from '../../../src/cache/store/safe-tier.ts';
import { WriteFences } from '../../../src/cache/store/write-fences.ts';
import { type CacheEvents, createCache, kind, Pattern, type RemoteTier, ValueError } from '../../../src/index.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';

/** A tier that throws instead of rejecting, as none should. */
const rude: RemoteTier = {
  reach: 'fleet',
  isUp: true,
  leases: undefined,
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
    const tier = new SafeTier(rude, new Telemetry('test'), new FakeClock());
    expect(tier.getMany(['a', 'b'])).toEqual([undefined, undefined]);
    expect(await tier.setMany([sealedSample('a')])).toEqual([undefined]);
    await tier.deleteMany(['a'], { stamp: 1, origin: 1 });
    const found: string[][] = [];
    for await (const keys of tier.scan(new Pattern('*'))) found.push(keys);
    expect(found).toEqual([]);
    await tier.flush();
    await tier.close();
    expect(tier.state).toBe('closed');
    expect(tier.report.counters).toMatchObject({ errors: 1, writeErrors: 4 });
  });

  test('has nothing to do for no entries and no keys', async () => {
    const tier = new SafeTier(rude, new Telemetry('test'), new FakeClock());
    expect(await tier.setMany([])).toEqual([]);
    await tier.deleteMany([], { stamp: 1, origin: 1 });
    expect(tier.report.counters.writeErrors).toBe(0);
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
    const where = { cache: 'cache', tier: 'remote' };
    expect(told.slice(0, 3)).toEqual([
      { ...where, namespace: 'main', what: 'refused', reason: 'schema', kind: 'checked', key: 'a' },
      { ...where, namespace: 'main', what: 'unsealable', kind: '', key: 'fn', error: expect.any(ValueError) },
      { ...where, what: 'failed', call: 'getMany', error: expect.objectContaining({ message: expect.stringContaining('made to order') }) },
    ]);
    expect(told.length).toBeLessThan(30);
    expect(told).toContainEqual({ ...where, what: 'breaker', from: 'closed', to: 'open' });
    expect(cache.stats().tiers[0]?.state).toBe('open');
  });
});

describe('write fences', () => {
  test('believe nothing that is older than a write that was given up', () => {
    const fences = new WriteFences();
    fences.raise('a', { stamp: 100, origin: 1 }, {});
    fences.raise('a', { stamp: 90, origin: 1 }, {});
    expect(fences.stop('a', { version: { stamp: 100, origin: 1 }, eventAt: undefined })).toBe(true);
    expect(fences.stop('b', { version: { stamp: 100, origin: 1 }, eventAt: undefined })).toBe(false);
    fences.giveUp('a', { stamp: 100, origin: 1 });
    expect(fences.stop('b', { version: { stamp: 100, origin: 1 }, eventAt: undefined })).toBe(true);
    expect(fences.stop('b', { version: { stamp: 101, origin: 1 }, eventAt: undefined })).toBe(false);
    const sweep = { matches: (key: string) => key === 'c', version: { stamp: 200, origin: 1 } };
    fences.raiseSweep(sweep);
    expect([
      fences.stop('c', { version: { stamp: 150, origin: 1 }, eventAt: undefined }),
      fences.stop('d', { version: { stamp: 150, origin: 1 }, eventAt: undefined }),
    ]).toEqual([true, false]);
    fences.giveUpSweep(sweep);
    expect(fences.stop('d', { version: { stamp: 150, origin: 1 }, eventAt: undefined })).toBe(true);
  });
});
