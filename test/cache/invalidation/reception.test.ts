import { describe, expect, test } from 'vitest';
import { BusHub } from '../../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../../src/bus/in-process/in-process-bus.ts';
import { encodeMessage } from '../../../src/bus/link/bus-message.ts';
import type { Notice } from '../../../src/bus/notice.ts';
import { type CacheOf, createCache, kind } from '../../../src/index.ts';
import { ChaosBus } from '../../../src/testing/chaos-bus.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';

interface Quote {
  readonly at: number;
  readonly bid: number;
}

const KINDS = {
  n: kind<string, number>({ lifetime: { ttl: '1h', grace: '1h' } }),
  pushed: kind<string, number>({ lifetime: { ttl: '1h', grace: '1h' }, push: true }),
  quote: kind<string, Quote>({ lifetime: { ttl: '1h', grace: '1h' }, order: ({ at }) => at, tags: (symbol) => [`sym:${symbol}`] }),
};

interface Process {
  readonly cache: CacheOf<typeof KINDS>;
  readonly bus: ChaosBus;
  readonly tier: FaultyTier;
}

async function fleetOf(count: number): Promise<{ clock: FakeClock; hub: BusHub; fleet: Process[] }> {
  const clock = new FakeClock();
  const hub = new BusHub();
  const store = new MemoryRemoteTier({ clock });
  const fleet = Array.from({ length: count }, (_, seed) => {
    const bus = new ChaosBus(inProcessBus({ hub }), { clock, seed });
    const tier = new FaultyTier(store, { clock });
    return { bus, tier, cache: createCache({ clock, bus, kinds: KINDS, remote: tier }) };
  });
  await clock.advance(1_500);
  return { clock, hub, fleet };
}

const FAR = { stamp: Number.MAX_SAFE_INTEGER, origin: 1 };

describe('news that cannot be true', () => {
  const about: Notice[] = [
    { about: 'clear', namespace: 'main', version: FAR },
    { about: 'tag', namespace: 'main', tag: 'sym:AAPL', version: FAR, keep: false },
    { about: 'tag', namespace: 'main', tag: 'sym:AAPL', version: FAR, keep: true },
    { about: 'pattern', namespace: 'main', pattern: '*', version: FAR, keep: false, isUnshared: true },
    { about: 'gone', namespace: 'main', kind: 'quote', argument: 'AAPL', version: FAR, isUnshared: true },
  ];

  test.each(about.map((notice) => [notice.about, notice] as const))(
    'of a version centuries ahead hurt nothing for long: %s',
    async (_, notice) => {
      const { clock, hub, fleet } = await fleetOf(2);
      const [a, b] = fleet as [Process, Process];
      hub.publish(encodeMessage({ form: 'news', publisher: 'hostile', epoch: 1, sequence: 1, notices: [notice] }));
      hub.beat(encodeMessage({ form: 'beat', publisher: 'hostile', epoch: 1, sequence: 1, sentAt: 0, isLast: true, stamp: FAR.stamp - 1 }));
      await clock.advance(1_000);
      for (const bid of [1, 2, 3]) {
        expect(await a.cache.quote.set('AAPL', { at: bid, bid })).toBe(true);
        expect(await a.cache.n.set('A', bid)).toBe(true);
        await clock.advance(10);
        expect([(await b.cache.quote.get('AAPL'))?.bid, await b.cache.n.get('A')]).toEqual([bid, bid]);
      }
    },
  );
});

describe('news of a key', () => {
  test('bring the entry itself to who holds an older one, where the kind is pushed', async () => {
    const { clock, fleet } = await fleetOf(2);
    const [a, b] = fleet as [Process, Process];
    await a.cache.pushed.set('A', 1);
    expect([await b.cache.pushed.get('A'), b.cache.pushed.peek('B')]).toEqual([1, undefined]);
    await a.cache.pushed.set('A', 2);
    await a.cache.pushed.set('B', 2);
    await clock.advance(10);
    expect([b.cache.pushed.peek('A'), b.cache.pushed.peek('B')]).toEqual([2, undefined]);
  });

  test('bring no entry that was made stale since, though they come later', async () => {
    const { clock, fleet } = await fleetOf(2);
    const [a, b] = fleet as [Process, Process];
    await b.cache.pushed.set('A', 1);
    await clock.advance(10);
    b.bus.cut();
    await a.cache.pushed.set('A', 2);
    await clock.advance(10);
    await b.cache.pushed.expire('A');
    b.bus.heal();
    await clock.advance(1_000);
    expect([b.cache.pushed.peek('A'), await b.cache.pushed.get('A')]).toEqual([undefined, undefined]);
  });

  test('that was removed and written with an older event time leave no way back for what was removed', async () => {
    const { clock, fleet } = await fleetOf(2);
    const [a, b] = fleet as [Process, Process];
    await a.cache.quote.set('AAPL', { at: 250, bid: 1 });
    await clock.advance(10);
    // The tier is asked, and its answer is long on its way.
    const answer = b.tier.getMany.bind(b.tier);
    b.tier.getMany = (keys) => {
      const bytes = answer(keys);
      return new Promise((resolve) => clock.after(40, () => resolve(bytes)));
    };
    const look = b.cache.quote.get('AAPL');
    await a.cache.quote.delete('AAPL');
    await clock.advance(1);
    await a.cache.quote.set('AAPL', { at: 200, bid: 2 });
    await clock.advance(1);
    b.tier.getMany = answer;
    await clock.advance(200);
    await look;
    expect((await b.cache.quote.get('AAPL'))?.bid).toBe(2);
  });

  test('cannot be undone by a touch of what they made old, while the tier is down', async () => {
    const { clock, fleet } = await fleetOf(2);
    const [a, b] = fleet as [Process, Process];
    await a.cache.n.set('A', 1);
    expect(await b.cache.n.get('A')).toBe(1);
    await a.cache.n.set('A', 2);
    await clock.advance(10);
    b.tier.fail({ times: Number.POSITIVE_INFINITY });
    await b.cache.n.touch('A');
    expect(await b.cache.n.get('A')).toBeUndefined();
    b.tier.heal();
    await clock.advance(3_000);
    expect(await b.cache.n.get('A')).toBe(2);
  });
});

describe('news that a key was made stale', () => {
  test.each([
    ['nothing was', false],
    ['an older entry was', true],
  ])('make stale what was loaded too late for who told of it to find, where %s in the tier', async (_, isThere) => {
    const { clock, fleet } = await fleetOf(3);
    const [a, b, c] = fleet as [Process, Process, Process];
    if (isThere) await a.cache.n.set('A', 1);
    await clock.advance(10);
    const load = b.cache.n.getOrLoad('A', () => new Promise<number>((resolve) => clock.after(500, () => resolve(2))), { maxAge: 0 });
    await clock.advance(10);
    b.bus.cut();
    await a.cache.n.expire('A');
    await clock.advance(600);
    expect(await load).toBe(2);
    b.bus.heal();
    await clock.advance(1_000);
    expect([await a.cache.n.get('A'), await b.cache.n.get('A'), await c.cache.n.get('A')]).toEqual([undefined, undefined, undefined]);
  });

  test('leave it to stand in for who asks the tier', async () => {
    const { clock, fleet } = await fleetOf(3);
    const [a, b, c] = fleet as [Process, Process, Process];
    await a.cache.n.set('A', 1);
    expect(await b.cache.n.get('A')).toBe(1);
    await a.cache.n.expire('A');
    await clock.advance(100);
    expect([await c.cache.n.get('A'), await c.cache.n.get('A', { allowStale: true })]).toEqual([undefined, 1]);
  });
});

describe('news of a pattern', () => {
  test.each([
    ['removed', 'invalidate'],
    ['made stale', 'expire'],
  ] as const)('that was %s take out of the tiers what was loaded too late for the sweep to find', async (_, how) => {
    const { clock, fleet } = await fleetOf(3);
    const [a, b, c] = fleet as [Process, Process, Process];
    const load = b.cache.n.getOrLoad('A', () => new Promise<number>((resolve) => clock.after(500, () => resolve(1))));
    await clock.advance(10);
    b.bus.cut();
    await a.cache[how]({ pattern: 'n:*' });
    await clock.advance(600);
    expect(await load).toBe(1);
    b.bus.heal();
    await clock.advance(1_000);
    expect([await b.cache.n.get('A'), await c.cache.n.get('A')]).toEqual([undefined, undefined]);
  });

  test('leave the tiers alone otherwise, for who told of it has swept them', async () => {
    const { clock, fleet } = await fleetOf(2);
    const [a, b] = fleet as [Process, Process];
    await a.cache.n.set('A', 1);
    await b.cache.n.get('A');
    await clock.advance(60_000);
    const deletions = b.tier.count('deleteMany');
    await a.cache.invalidate({ pattern: 'n:*' });
    await clock.advance(100);
    expect([await b.cache.n.get('A'), b.tier.count('deleteMany') - deletions]).toEqual([undefined, 0]);
  });
});

describe('the mark of a tag', () => {
  test('that cannot be read lets nothing with tags pass for fresh', async () => {
    const { clock, fleet } = await fleetOf(1);
    const [a] = fleet as [Process];
    const other = createCache({ clock, kinds: KINDS, remote: a.tier });
    await other.quote.set('AAPL', { at: 1, bid: 1 });
    await other.invalidate({ tag: 'sym:AAPL' });
    a.tier.fail({ calls: ['getMany'], nth: 2 });
    expect(await a.cache.quote.get('AAPL')).toBeUndefined();
    expect(a.cache.quote.peek('AAPL')).toBeUndefined();
  });
});
