import { describe, expect, test } from 'vitest';
import { BusHub } from '../../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../../src/bus/in-process/in-process-bus.ts';
import { type CacheOf, createCache, kind } from '../../../src/index.ts';
import { ChaosBus } from '../../../src/testing/chaos-bus.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';

const KINDS = { n: kind<string, number>({ lifetime: { ttl: '1h', grace: '1h' } }) };

interface Process {
  readonly cache: CacheOf<typeof KINDS>;
  readonly bus: ChaosBus;
  readonly tier: FaultyTier;
}

interface Fleet {
  readonly clock: FakeClock;
  readonly hub: BusHub;
  join(): Process;
}

function fleetOf(isShared: boolean): Fleet {
  const clock = new FakeClock();
  const hub = new BusHub();
  const store = new MemoryRemoteTier({ clock });
  const join = (): Process => {
    const bus = new ChaosBus(inProcessBus({ hub }), { clock });
    const tier = new FaultyTier(store, { clock });
    return { bus, tier, cache: createCache({ clock, bus, kinds: KINDS, ...(isShared ? { remote: tier } : {}) }) };
  };
  return { clock, hub, join };
}

/** What a source brings that takes `ms`. */
function slow(clock: FakeClock, value: number, ms: number): () => Promise<number> {
  return () => new Promise((resolve) => clock.after(ms, () => resolve(value)));
}

describe('news that are missed for good', () => {
  test('fence the loads under way: what was asked for before is not kept', async () => {
    const { clock, hub, join } = fleetOf(false);
    const [a, b] = [join(), join()];
    await clock.advance(1_500);
    const load = b.cache.n.getOrLoad('A', slow(clock, 1, 5_000));
    await clock.advance(100);
    b.bus.drop({ times: 1 });
    await a.cache.n.set('A', 2);
    await a.cache.flush();
    hub.recreateLog();
    await clock.advance(6_000);
    expect(await load).toBe(1);
    expect(b.cache.stats().bus?.distrusts).toBe(1);
    expect(b.cache.n.peek('A')).toBeUndefined();
  });

  test('fence the looks into tiers that are under way', async () => {
    const { clock, hub, join } = fleetOf(true);
    const [a, b] = [join(), join()];
    await clock.advance(1_500);
    await a.cache.n.set('A', 1);
    await clock.advance(3_000);
    await b.cache.n.get('B');
    b.bus.drop({ times: 1 });
    // The tier answers at once, and the answer takes its time to come.
    const answer = hold(b.tier, clock, 45);
    const look = b.cache.n.get('A');
    await a.cache.n.set('A', 2);
    await a.cache.flush();
    await clock.advance(1);
    hub.recreateLog();
    b.bus.cut();
    b.bus.heal();
    await clock.advance(100);
    answer();
    await look;
    expect(b.cache.stats().bus?.distrusts).toBe(1);
    expect(b.cache.n.peek('A')).not.toBe(1);
  });

  test('before a process took part fence what it had begun to load', async () => {
    const { clock, join } = fleetOf(false);
    const a = join();
    await clock.advance(1_500);
    const b = join();
    b.bus.cut();
    const load = b.cache.n.getOrLoad('A', slow(clock, 1, 5_000));
    await a.cache.n.set('A', 2);
    await clock.advance(100);
    b.bus.heal();
    await clock.advance(6_000);
    expect(await load).toBe(1);
    expect(b.cache.n.peek('A')).toBeUndefined();
  });
});

/** Answers of reads come only after `ms`, with what the tier had when it was asked. */
function hold(tier: FaultyTier, clock: FakeClock, ms: number): () => void {
  const own = tier.getMany.bind(tier);
  tier.getMany = (keys) => {
    const answer = own(keys);
    return new Promise((resolve) => clock.after(ms, () => resolve(answer)));
  };
  return () => {
    tier.getMany = own;
  };
}
