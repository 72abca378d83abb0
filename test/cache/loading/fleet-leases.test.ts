import { describe, expect, test } from 'vitest';
import { BusHub } from '../../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../../src/bus/in-process/in-process-bus.ts';
import { type CacheOf, createCache, kind, type LoadContext } from '../../../src/index.ts';
import { ChaosBus } from '../../../src/testing/chaos-bus.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';

const KINDS = { report: kind<string, string>({ lifetime: { ttl: '1m', grace: '1m' }, lease: true }) };

interface Fleet {
  readonly clock: FakeClock;
  readonly caches: CacheOf<typeof KINDS>[];
  readonly buses: ChaosBus[];
  readonly tiers: FaultyTier[];
  readonly loads: string[];
  /** A load that takes `ms` and notes who loaded. */
  loader(who: string, ms: number): (context: LoadContext<string, string>) => Promise<string>;
}

async function fleetOf(size: number): Promise<Fleet> {
  const clock = new FakeClock();
  const hub = new BusHub();
  const store = new MemoryRemoteTier({ clock });
  const buses = Array.from({ length: size }, (_, seed) => new ChaosBus(inProcessBus({ hub }), { clock, seed }));
  const tiers = buses.map(() => new FaultyTier(store, { clock }));
  const caches = buses.map((bus, at) => createCache({ clock, bus, remote: tiers[at] as FaultyTier, kinds: KINDS }));
  const loads: string[] = [];
  const loader = (who: string, ms: number) => async (): Promise<string> => {
    loads.push(who);
    await new Promise<void>((resolve) => clock.after(ms, resolve));
    return `by ${who}`;
  };
  await clock.advance(1_500);
  return { clock, caches, buses, tiers, loads, loader };
}

describe('leases of loads', () => {
  test('let one of eight processes load a cold key; the others have what it brought as soon as it is there', async () => {
    const { clock, caches, loads, loader } = await fleetOf(8);
    const answers = caches.map((cache, at) => cache.report.getOrLoad('AAPL', loader(`p${at}`, 5_000)));
    await clock.advance(5_100);
    expect(new Set(await Promise.all(answers)).size).toBe(1);
    expect(loads).toHaveLength(1);
  });

  test('let one process load many keys that all want, each key once', async () => {
    const { clock, caches, loads } = await fleetOf(4);
    const keys = Array.from({ length: 20 }, (_, n) => `S${n}`);
    const asked: string[] = [];
    const answers = caches.map((cache, at) =>
      cache.report.getOrLoadMany(at % 2 === 0 ? keys : keys.toReversed(), async (missing) => {
        asked.push(...missing);
        await new Promise<void>((resolve) => clock.after(1_000, resolve));
        return new Map(missing.map((key) => [key, `${key} by p${at}`]));
      }),
    );
    await clock.advance(1_500);
    for (const batch of await Promise.all(answers)) expect(batch.size).toBe(20);
    expect(asked.sort()).toEqual([...keys].sort());
    expect(loads).toEqual([]);
  });

  test('pass on when a load fails', async () => {
    const { clock, caches, loads, loader } = await fleetOf(2);
    const [a, b] = caches as [CacheOf<typeof KINDS>, CacheOf<typeof KINDS>];
    const failing = a.report.getOrLoad('AAPL', async () => {
      await new Promise<void>((resolve) => clock.after(300, resolve));
      throw new Error('the feed is down');
    });
    failing.catch(() => {});
    await clock.advance(10);
    const waiting = b.report.getOrLoad('AAPL', loader('b', 100));
    await clock.advance(2_000);
    await expect(failing).rejects.toThrow('the feed is down');
    expect(await waiting).toBe('by b');
    expect(loads).toEqual(['b']);
  });

  test('are held as long as a load takes, and end when their holder dies', async () => {
    const { clock, caches, tiers, buses, loads, loader } = await fleetOf(2);
    const [a, b] = caches as [CacheOf<typeof KINDS>, CacheOf<typeof KINDS>];
    void a.report.getOrLoad('AAPL', loader('a', 60_000)).catch(() => {});
    await clock.advance(10);
    const waiting = b.report.getOrLoad('AAPL', loader('b', 100));
    await clock.advance(8_000);
    expect(loads).toEqual(['a']);
    tiers[0]?.fail({ times: Number.POSITIVE_INFINITY });
    buses[0]?.cut();
    await clock.advance(4_000);
    expect(await waiting).toBe('by b');
    expect(loads).toEqual(['a', 'b']);
  });

  test('are no cause of failure: where the tier fails, each loads for itself, and at once', async () => {
    const { clock, caches, tiers, loads, loader } = await fleetOf(3);
    for (const tier of tiers) tier.fail({ times: Number.POSITIVE_INFINITY });
    const answers = caches.map((cache, at) => cache.report.getOrLoad('AAPL', loader(`p${at}`, 100)));
    await clock.advance(150);
    expect(await Promise.all(answers)).toEqual(['by p0', 'by p1', 'by p2']);
    expect(loads).toHaveLength(3);
  });

  test('make nobody wait for longer than half of its deadline', async () => {
    const { clock, caches, loads, loader } = await fleetOf(2);
    const [a, b] = caches as [CacheOf<typeof KINDS>, CacheOf<typeof KINDS>];
    void a.report.getOrLoad('AAPL', loader('a', 29_000)).catch(() => {});
    await clock.advance(10);
    const waiting = b.report.getOrLoad('AAPL', loader('b', 100));
    await clock.advance(14_000);
    expect(loads).toEqual(['a']);
    await clock.advance(2_000);
    expect(await waiting).toBe('by b');
    await clock.advance(30_000);
  });

  test('leave the source half of the deadline, though the tier that lends them hangs from the start', async () => {
    const clock = new FakeClock();
    const faulty = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
    const kinds = { report: kind<string, string>({ lifetime: '1m', lease: true, deadline: '1s' }) };
    const cache = createCache({ clock, remote: faulty, kinds });
    faulty.hang({ times: Number.POSITIVE_INFINITY });
    const load = async (): Promise<string> => {
      await new Promise<void>((resolve) => clock.after(400, resolve));
      return 'loaded';
    };
    const one = cache.report.getOrLoad('AAPL', load);
    const many = cache.report.getOrLoadMany(
      ['MSFT', 'SPY'],
      async (keys) => new Map(await Promise.all(keys.map(async (key) => [key, await load()] as const))),
    );
    for (let turn = 0; turn < 20; turn += 1) await clock.advance(50);
    expect(await one).toBe('loaded');
    expect([...(await many).values()]).toEqual(['loaded', 'loaded']);
  });
});
