import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/testing/seeded.ts';
import { LiveCache } from './live-cache.ts';
import { hashes, zipf } from './requests.ts';
import { SlowStack } from './slow-stack.ts';

const KEYS = hashes(40_000);

/** The hit ratios that an LRU cache would have had, exactly. */
function askBoth(cache: LiveCache, stack: SlowStack, key: number, part = 0): void {
  cache.ask(KEYS[key]!, part);
  stack.ask(key);
}

describe('a sample of all keys', () => {
  test('tells what LRU caches of other sizes would hit, exactly where they are small, whatever the policy in use', () => {
    const scenario = fc.record({
      seed: fc.integer(),
      room: fc.integer({ min: 2, max: 8 }),
      keys: fc.integer({ min: 10, max: 60 }),
      policy: fc.constantFrom('lru' as const, 'hybrid' as const, 'fifo' as const),
      expiring: fc.constantFrom(0, 0.02, 0.2),
    });
    fc.assert(
      fc.property(scenario, ({ seed, room, keys, policy, expiring }) => {
        const random = seeded(seed);
        const next = zipf(keys, 0.6, random);
        const cache = new LiveCache(policy, room);
        const stack = new SlowStack();
        for (let at = 0; at < 3_000; at += 1) {
          const key = next();
          askBoth(cache, stack, key);
          if (random() >= expiring) continue;
          cache.expire(KEYS[key]!);
          stack.forget(key);
        }
        expect(cache.sample.curve()?.rate).toBe(1);
        for (let size = Math.ceil(room / 2); size <= 15; size += 1) {
          const point = cache.sample.hitRatioAt(size);
          // A use that is told but once in a round may leave a key a place off.
          expect(Math.abs((point?.hitRatio ?? 1) - stack.hitRatioAt(size))).toBeLessThanOrEqual(room < 8 ? 1e-6 : 0.01);
          expect(point?.margin).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('says nothing before it knows enough', () => {
    const cache = new LiveCache('lru', 20);
    for (let at = 0; at < 999; at += 1) cache.ask(KEYS[at]!);
    expect([cache.sample.curve(), cache.sample.hitRatioAt(20), cache.sample.curve(0)]).toEqual([undefined, undefined, undefined]);
    cache.ask(KEYS[999]!);
    expect(cache.sample.curve()?.samples).toBe(1_000);
    expect(cache.sample.curve(0)?.points).toHaveLength(13);
    expect(cache.sample.curve(1)).toBeUndefined();
  });
});

describe('a sample of a large cache', () => {
  const ROOM = 2_000;
  const next = zipf(KEYS.length, 0.9, seeded(11));

  test('follows fewer keys, and tells within two points what other sizes would hit', () => {
    const cache = new LiveCache('hybrid', ROOM);
    const sizes = [ROOM / 2, ROOM, 2 * ROOM, 4 * ROOM];
    const others = sizes.map((size) => new LiveCache('lru', size));
    for (let at = 0; at < 300_000; at += 1) {
      const hash = KEYS[next()]!;
      for (const one of [cache, ...others]) one.ask(hash);
    }
    expect(cache.sample.curve()).toMatchObject({ entries: ROOM, rate: 1 / 4 });
    expect(cache.wanted).toBeGreaterThan(0);
    expect(cache.wanted).toBeLessThan(ROOM / 3);
    for (const [at, size] of sizes.entries()) {
      const { hitRatio, margin } = cache.sample.hitRatioAt(size)!;
      expect(Math.abs(hitRatio - others[at]!.hitRatio)).toBeLessThan(0.02);
      expect(margin).toBeLessThan(0.04);
    }
    const ratios = cache.sample.curve()!.points.map(({ hitRatio }) => hitRatio);
    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b));
  });

  test('hears no more of keys that fell out of it', () => {
    const cache = new LiveCache('lru', ROOM);
    for (let pass = 0; pass < 2; pass += 1) for (let at = 0; at < 700; at += 1) cache.ask(KEYS[at]!);
    // Four in four keys were in it at first, then two, then one.
    expect(cache.told).toBeLessThan(700 / 3);
    expect(cache.told).toBeGreaterThan(700 / 6);
  });

  test('goes on when the room changes', () => {
    const cache = new LiveCache('lru', 200);
    const other = new LiveCache('lru', 1_000);
    for (let at = 0; at < 400_000; at += 1) {
      if (at === 100_000) cache.resize(2_000);
      if (at === 250_000) cache.resize(600);
      const hash = KEYS[next()]!;
      cache.ask(hash);
      other.ask(hash);
    }
    expect(cache.sample.curve()?.entries).toBe(600);
    expect(Math.abs(cache.sample.hitRatioAt(1_000)!.hitRatio - other.hitRatio)).toBeLessThan(0.02);
  });

  test('knows its parts apart, in the room that they share', () => {
    const cache = new LiveCache('lru', ROOM, {}, 3);
    const larger = new LiveCache('lru', 2 * ROOM, {}, 3);
    const loops = [hashes(1_500, 'long loop'), hashes(300, 'short loop')];
    // A part that is asked for at random, one in which a loop goes round that needs more than there is, and one whose loop has room.
    for (let at = 0; at < 200_000; at += 1) {
      for (const one of [cache, larger]) {
        for (const [part, loop] of loops.entries()) one.ask(loop[at % loop.length]!, part + 1);
      }
      const hash = KEYS[next()]!;
      for (const one of [cache, larger]) one.ask(hash, 0);
    }
    const ratio = (part: number, { parts }: LiveCache): number => parts[part]!.hits / (parts[part]!.hits + parts[part]!.arrivals);
    expect([ratio(1, cache), Math.round(ratio(2, cache)), Math.round(ratio(1, larger))]).toEqual([0, 1, 1]);
    for (const part of [0, 1, 2]) {
      expect(Math.abs(cache.sample.hitRatioAt(2 * ROOM, part)!.hitRatio - ratio(part, larger))).toBeLessThan(0.03);
      expect(Math.abs(cache.sample.hitRatioAt(ROOM, part)!.hitRatio - ratio(part, cache))).toBeLessThan(0.02);
    }
    // Half of the room would not do for the short loop either.
    expect(cache.sample.hitRatioAt(ROOM / 2, 2)!.hitRatio).toBeGreaterThan(0.9);
    expect(cache.sample.hitRatioAt(ROOM / 4, 2)!.hitRatio).toBeLessThan(0.5);
    expect(cache.sample.curve(3)).toBeUndefined();
  });

  test('rests: in the long run it is told of few uses, and knows as much', () => {
    const few = zipf(2_000, 0.9, seeded(12));
    const cache = new LiveCache('lru', 200, { firstWatch: 10_000 });
    const others = [100, 200, 400].map((size) => new LiveCache('lru', size));
    const ask = (count: number): void => {
      for (let at = 0; at < count; at += 1) {
        const hash = KEYS[few()]!;
        for (const one of [cache, ...others]) one.ask(hash);
      }
    };
    ask(100_000);
    const [told, hits] = [cache.told, cache.traffic.hits];
    expect(told).toBeGreaterThanOrEqual(10_000);
    ask(100_000);
    expect(cache.told).toBe(told);
    ask(2_000_000);
    expect(cache.told).toBeGreaterThan(told);
    expect((cache.told - told) / (cache.traffic.hits - hits)).toBeLessThan(1 / 250);
    for (const [at, size] of [100, 200, 400].entries())
      expect(Math.abs(cache.sample.hitRatioAt(size)!.hitRatio - others[at]!.hitRatio)).toBeLessThan(size === 200 ? 0.005 : 0.02);
  });

  test('does not trust after a rest what it knew of the order of uses before', () => {
    const cache = new LiveCache('lru', ROOM, { firstWatch: 1_000 });
    let at = 0;
    // A loop of a thousand keys, which it never hears of from its beginning.
    for (let day = 1; day <= 12; day += 1) {
      for (const end = at + 40_000 + 137 * day; at < end; at += 1) cache.ask(KEYS[at % 1_000]!);
      cache.sample.age();
    }
    expect(cache.sample.hitRatioAt(700)!.hitRatio).toBeLessThan(0.008);
    expect(cache.sample.hitRatioAt(1_200)!.hitRatio).toBeGreaterThan(0.95);
  });

  test('follows when what is asked for changes, as fast as it ages', () => {
    const cache = new LiveCache('lru', ROOM);
    let at = 0;
    for (; at < 200_000; at += 1) cache.ask(KEYS[at % 3_000]!);
    expect(cache.sample.hitRatioAt(4_000)!.hitRatio).toBeGreaterThan(0.95);
    // From now on nothing is asked for twice.
    const fresh = (count: number): void => {
      for (const end = at + count; at < end; at += 1) cache.ask(Math.imul(at, 0x9e37_79b1));
    };
    fresh(50_000);
    const before = cache.sample.hitRatioAt(4_000)!.hitRatio;
    expect(before).toBeGreaterThan(0.7);
    for (let day = 0; day < 5; day += 1) cache.sample.age();
    fresh(50_000);
    expect(cache.sample.hitRatioAt(4_000)!.hitRatio).toBeLessThan(0.15);
  });

  test('takes less than half a megabyte, with as many parts as have curves and room for 100 000 entries', () => {
    const cache = new LiveCache('lru', 100_000, {}, 13);
    for (let at = 0; at < 2_500_000; at += 1) cache.ask(Math.imul(at % 250_000, 0x9e37_79b1), at % 13);
    expect(cache.sample.curve()?.rate).toBe(1 / 128);
    expect(cache.sample.curve(11)).toBeDefined();
    expect(cache.sample.curve(12)).toBeUndefined();
    expect(cache.sample.bytes).toBeGreaterThan(100_000);
    expect(cache.sample.bytes).toBeLessThan(512 * 1_024);
  });
});

describe('policies', () => {
  test('are compared on what is asked of the live cache, while it is asked', () => {
    const cache = new LiveCache('lru', 1_000);
    const ask = (count: number): void => {
      for (let at = 0; at < count; at += 1) cache.ask(KEYS[at % 1_500]!);
    };
    expect(cache.sample.compare('lru')).toBe(false);
    ask(20_000);
    expect(cache.sample.comparison).toBeUndefined();
    expect(cache.sample.compare('lru')).toBe(true);
    ask(60_000);
    expect(cache.sample.comparison).toMatchObject({ isOver: false, better: undefined });
    ask(60_000);
    const { comparison } = cache.sample;
    expect(comparison).toMatchObject({ isOver: true, better: 'hybrid' });
    const twice = comparison!.contenders.find(({ room }) => room === 2);
    expect(twice).toMatchObject({ policy: 'lru', hitRatio: 1 });
    // It stays until it is asked for anew.
    ask(3_000);
    expect(cache.sample.comparison).toBe(comparison);
    expect(cache.sample.compare('lru')).toBe(true);
    expect(cache.sample.comparison?.isOver).toBe(false);
  });

  test('are compared no longer where the sample has become thinner', () => {
    const cache = new LiveCache('lru', 60);
    for (let at = 0; at < 1_000; at += 1) cache.ask(KEYS[at]!);
    expect(cache.sample.compare('lru')).toBe(true);
    cache.resize(2_000);
    for (let at = 0; at < 2_000; at += 1) cache.ask(KEYS[at]!);
    expect(cache.sample.comparison).toBeUndefined();
    cache.resize(1_000);
    expect(cache.sample.compare('lru')).toBe(true);
  });

  test('are compared while the sample rests, which hears of nothing else then', () => {
    const next = zipf(KEYS.length, 0.9, seeded(2));
    const cache = new LiveCache('lru', 1_000, { firstWatch: 2_000 });
    for (let at = 0; at < 100_000; at += 1) cache.ask(KEYS[next()]!);
    const { told } = cache;
    const samples = cache.sample.curve()?.samples;
    cache.ask(KEYS[0]!);
    expect(cache.told).toBe(told);
    expect(cache.sample.compare('lru')).toBe(true);
    for (let at = 0; at < 150_000; at += 1) cache.ask(KEYS[next()]!);
    expect(cache.sample.comparison?.isOver).toBe(true);
    const after = cache.told;
    expect(after).toBeGreaterThan(told);
    expect(cache.sample.curve()?.samples).toBe(samples);
    for (let at = 0; at < 10_000; at += 1) cache.ask(KEYS[next()]!);
    expect(cache.told).toBe(after);
  });

  test('are compared on entries that live as long as in the live cache', () => {
    const cache = new LiveCache('lru', 200);
    const ask = (count: number): void => {
      for (let at = 0; at < count; at += 1) {
        cache.ask(KEYS[at % 100]!);
        cache.expire(KEYS[at % 100]!);
      }
    };
    for (let at = 0; at < 1_000; at += 1) cache.ask(KEYS[at]!);
    expect(cache.sample.compare('lru')).toBe(true);
    ask(30_000);
    expect(cache.sample.comparison?.isOver).toBe(true);
    for (const { hitRatio } of cache.sample.comparison!.contenders) expect(hitRatio).toBe(0);
  });

  test('are not compared in a cache so small that it tells nothing', () => {
    const cache = new LiveCache('lru', 20);
    for (let at = 0; at < 1_000; at += 1) cache.ask(KEYS[at]!);
    expect(cache.sample.compare('lru')).toBe(false);
  });
});
