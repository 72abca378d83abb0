import { describe, expect, test } from 'vitest';
import { type CacheOf, createCache, kind } from '../../../src/index.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';

const KINDS = { report: kind<string, string>({ lifetime: { ttl: '1m', grace: '1m' }, lease: true, deadline: '2s' }) };

interface Pair {
  readonly clock: FakeClock;
  readonly store: MemoryRemoteTier;
  readonly a: CacheOf<typeof KINDS>;
  readonly b: CacheOf<typeof KINDS>;
}

function pair(): Pair {
  const clock = new FakeClock();
  const store = new MemoryRemoteTier({ clock });
  const cacheOf = (): CacheOf<typeof KINDS> => createCache({ clock, remote: new FaultyTier(store, { clock }), kinds: KINDS });
  return { clock, store, a: cacheOf(), b: cacheOf() };
}

const never = (): Promise<string> => new Promise(() => {});

describe('the lease of a load', () => {
  test('ends with its deadline, though the loader never does', async () => {
    const { clock, store, a } = pair();
    a.report.getOrLoad('AAPL', never).catch(() => {});
    await clock.advance(2_100);
    expect(await store.leases.acquire(['main:report:AAPL'], 'another', 1)).toEqual([0]);
  });

  test('ends with the deadline of a load of many, too', async () => {
    const { clock, store, a } = pair();
    void a.report.getOrLoadMany(['AAPL'], () => new Promise(() => {}));
    await clock.advance(2_100);
    expect(await store.leases.acquire(['main:report:AAPL'], 'another', 1)).toEqual([0]);
  });

  test('leaves no timer behind when the cache is closed', async () => {
    const { clock, a, b } = pair();
    a.report.getOrLoad('AAPL', never).catch(() => {});
    await clock.advance(10);
    b.report.getOrLoad('AAPL', never).catch(() => {});
    await clock.advance(10);
    await Promise.all([a.close(), b.close()]);
    expect(clock.timerCount).toBe(0);
  });

  test('stays with the load that has it, when an earlier one of the same process ends', async () => {
    const { clock, store, a } = pair();
    const slow = (ms: number) => () => new Promise<string>((resolve) => clock.after(ms, () => resolve('slow')));
    void a.report.getOrLoad('AAPL', slow(500));
    await clock.advance(10);
    await a.report.delete('AAPL');
    void a.report.getOrLoad('AAPL', slow(1_500));
    await clock.advance(1_000);
    expect(await store.leases.acquire(['main:report:AAPL'], 'another', 1)).not.toEqual([0]);
  });

  test('does not send a reader round for ever who asks for less age than another process brought', async () => {
    const { clock, a, b } = pair();
    const slow = (value: string, ms: number) => () => new Promise<string>((resolve) => clock.after(ms, () => resolve(value)));
    const other = a.report.getOrLoad('AAPL', slow('by a', 1_000));
    await clock.advance(500);
    const loads: string[] = [];
    const reader = b.report.getOrLoad(
      'AAPL',
      async () => {
        loads.push('b');
        return 'by b';
      },
      { maxAge: 100 },
    );
    await clock.advance(5_000);
    expect(await other).toBe('by a');
    expect(await reader).toBe('by b');
    expect(loads).toEqual(['b']);
  });
});
