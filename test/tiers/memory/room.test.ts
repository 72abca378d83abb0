import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entry, NO_TAGS } from '../../../src/entry/entry.ts';
import { OLDEST } from '../../../src/entry/version.ts';
import type { PolicyName } from '../../../src/policy/eviction-policy.ts';
import { POLICIES } from '../../../src/policy/policies.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import type { LocalPartition, Share } from '../../../src/tiers/local-tier.ts';
import { MemoryTier } from '../../../src/tiers/memory/memory-tier.ts';

const ignore = { removed: () => {}, oversized: () => {} };

function entryOf(key: string, bytes = 1): Entry<number> {
  const life = { askedAt: 0, staleAt: 1e9, deadAt: 1e9 };
  const rest = { isNegative: false, eventAt: undefined, version: OLDEST, tags: NO_TAGS, source: undefined, isFinal: false, why: '' };
  return { key, value: bytes, ...life, ...rest };
}

/** A memory of a hundred entries, with a part for each kind of which a share is told. */
function divided(shares: Readonly<Record<string, Partial<Share> | undefined>>, maxEntries = 100) {
  const tier = new MemoryTier({ maxEntries, policy: 'lru' }, { clock: new FakeClock() });
  const kinds = Object.entries(shares).map(([kind, share]): [string, LocalPartition<number>] => [
    kind,
    tier.partition<number>({ kind, share: share && { min: 0, max: 1, ...share }, weigh: (bytes) => bytes }, ignore),
  ]);
  const of = (kind: string): LocalPartition<number> => new Map(kinds).get(kind) as LocalPartition<number>;
  const fill = (kind: string, count: number, from = 0): void => {
    for (let at = 0; at < count; at += 1) of(kind).put(entryOf(`${kind}${from + at}`), 1e9);
  };
  const sizes = (): Record<string, number> => Object.fromEntries(kinds.map(([kind, partition]) => [kind, partition.size]));
  return { tier, of, fill, sizes };
}

describe('a kind that has a share of memory', () => {
  test('keeps its minimum, however much of the others comes', () => {
    const { fill, sizes } = divided({ quote: { min: 0.3 }, bars: undefined });
    fill('quote', 30);
    fill('bars', 10_000);
    expect(sizes()).toEqual({ quote: 30, bars: 70 });
  });

  test('takes what the others do not use, beyond its minimum', () => {
    const { fill, sizes } = divided({ quote: { min: 0.3 }, bars: undefined });
    fill('quote', 1_000);
    expect(sizes()).toEqual({ quote: 100, bars: 0 });
  });

  test('gives what is above its minimum to whoever asks, until both have the same beyond theirs', () => {
    const { fill, sizes } = divided({ quote: { min: 0.3 }, bars: { min: 0.1 } });
    fill('quote', 1_000);
    fill('bars', 1_000);
    fill('quote', 1_000, 1_000);
    expect(sizes()).toEqual({ quote: 60, bars: 40 });
  });

  test('takes no more than its maximum, though there were room', () => {
    const { fill, sizes, of } = divided({ bars: { max: 0.2 }, quote: undefined });
    fill('bars', 1_000);
    expect(sizes()).toEqual({ bars: 20, quote: 0 });
    expect(of('bars').evictions.byNeed).toMatchObject({ share: 980, entries: 0 });
    fill('quote', 1_000);
    expect(sizes()).toMatchObject({ quote: 100 - sizes()['bars']! });
  });

  test('is held to it in bytes, too', () => {
    const { tier, of } = divided({ bars: { max: 0.1 }, quote: undefined }, 10_000);
    tier.resize({ maxBytes: 100_000 });
    for (let at = 0; at < 100; at += 1) of('bars').put(entryOf(`b${at}`, 900), 1e9);
    expect(tier.usage.bytes).toBeLessThanOrEqual(10_000);
    expect(tier.usage.bytes).toBeGreaterThan(8_900);
  });

  test('has the same part in every namespace', () => {
    const tier = new MemoryTier({ maxEntries: 100 }, { clock: new FakeClock() });
    const share = { min: 0, max: 0.1 };
    const [one, other] = ['main', 'main/desk'].map((namespace) => tier.partition<number>({ namespace, kind: 'bars', share }, ignore));
    for (let at = 0; at < 100; at += 1) (at % 2 === 0 ? one : other)?.put(entryOf(`b${at}`), 1e9);
    expect(tier.usage.entries).toBe(10);
  });

  test('is told with what it takes', () => {
    const { fill, tier } = divided({ quote: { min: 0.3 }, bars: undefined });
    fill('quote', 10);
    expect(tier.usage.parts).toEqual([{ kind: 'quote', min: 0.3, max: 1, target: 0.3, entries: 10, bytes: expect.any(Number) }]);
  });

  test('keeps its minimum when the part above it may give nothing, for all of that is protected', () => {
    const { of, fill, sizes } = divided({ a: { min: 0.3 }, p: undefined, c: { min: 0 } });
    fill('p', 50);
    for (let at = 0; at < 50; at += 1) of('p').protect(`p${at}`);
    fill('a', 30);
    fill('c', 200);
    expect(sizes()).toEqual({ a: 30, p: 50, c: 20 });
  });

  test('has no more than its maximum protected', () => {
    const { of, fill, tier } = divided({ bars: { max: 0.1 } });
    fill('bars', 10);
    for (let at = 0; at < 10; at += 1) of('bars').protect(`bars${at}`);
    fill('bars', 100, 10);
    expect(tier.usage).toMatchObject({ entries: 10, protectedEntries: 10 });
  });

  test('refuses an entry heavier than all it may have, and keeps what it has', () => {
    const { tier, of, fill, sizes } = divided({ bars: { max: 0.1 }, quote: undefined });
    tier.resize({ maxBytes: 100_000 });
    fill('bars', 10);
    expect(of('bars').put(entryOf('heavy', 12_000), 1e9)).toBe('oversized');
    expect(of('quote').put(entryOf('heavy', 12_000), 1e9)).toBe('stored');
    expect(sizes()).toEqual({ bars: 10, quote: 1 });
  });

  test('may hold one entry, however little its maximum is of the whole', () => {
    const { fill, sizes } = divided({ bars: { max: 0.01 } }, 10);
    fill('bars', 5);
    expect(sizes()).toEqual({ bars: 1 });
  });
});

/** Shares of a memory of sixty entries and twelve kilobytes, in a process whose use changes at random. */
async function churn(seed: number, isReentrant: boolean): Promise<void> {
  let state = seed * 7_919;
  const draw = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const clock = new FakeClock();
  const names = Object.keys(POLICIES) as PolicyName[];
  const gauge = () => [{ usedBytes: draw(100_000_000), limitBytes: 100_000_000 }];
  const around = { clock, gauge };
  const bounds = { maxEntries: 60, maxBytes: 12_000_000, maxEntryBytes: 4_000_000 };
  const tier = new MemoryTier({ ...bounds, policy: names[seed % names.length] as PolicyName }, around);
  const partitions: LocalPartition<number>[] = [];
  let depth = 0;
  const step = (): void => {
    if (depth > 2) return;
    depth += 1;
    const partition = partitions[draw(3)] as LocalPartition<number>;
    const key = `k${draw(40)}`;
    const what = draw(40);
    if (what < 24) partition.put({ ...entryOf(key, draw(1_500_000)), deadAt: clock.monotonic() + 1 + draw(5_000) }, 1e9);
    else if (what < 28) partition.remove(key, 'explicit');
    else if (what < 31) partition.protect(key);
    else if (what < 33) partition.unprotect(key);
    else if (what < 37) partition.read(key);
    else if (what === 37) tier.resize({ maxEntries: 10 + draw(90) });
    else if (what === 38) tier.resize({ policy: names[draw(names.length)] as PolicyName });
    else tier.resize({ maxBytes: 6_000_000 + draw(12_000_000) });
    depth -= 1;
  };
  const observer = {
    removed: () => {
      if (isReentrant && draw(3) === 0) step();
    },
    oversized: () => {},
  };
  const kinds = [{ kind: 'a', share: { min: 0.3, max: 0.6 } }, { kind: 'b', share: { min: 0, max: 0.3 } }, { kind: 'c' }];
  for (const options of kinds) partitions.push(tier.partition<number>({ ...options, weigh: (bytes) => bytes }, observer));
  if (isReentrant) tier.follow(() => (draw(8) === 0 ? step() : undefined));
  const held = (): { entries: number; bytes: number } => {
    const all = partitions.flatMap((partition) => [...partition.keys()].map((key) => partition.find(key)));
    return { entries: all.length, bytes: all.reduce((sum, entry) => sum + (entry?.value ?? 0) + (entry?.key.length ?? 0) + 96, 0) };
  };
  for (let at = 0; at < 300; at += 1) {
    step();
    if (at % 50 === 0) await clock.advance(300);
    const { entries, bytes, maxEntries, maxBytes, protectedEntries, protectedBytes } = tier.usage;
    expect(entries).toBeLessThanOrEqual(maxEntries);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    expect(Math.min(protectedEntries, protectedBytes)).toBeGreaterThanOrEqual(0);
    expect(entries).toBe(partitions.reduce((sum, { size }) => sum + size, 0));
  }
  for (const partition of partitions) for (let key = 0; key < 40; key += 1) partition.find(`k${key}`);
  const { entries, bytes } = tier.usage;
  expect({ entries, bytes }).toEqual(held());
}

test.each([
  ['alone', false],
  ['with listeners that write while entries leave', true],
])('bounds and books hold while shares, protection, policies and pressure change at random, %s', async (_, isReentrant) => {
  for (let seed = 1; seed <= 150; seed += 1) await churn(seed, isReentrant);
});

test('minima of those that ask and maxima hold, whatever comes and goes', () => {
  const step = fc.record({
    kind: fc.constantFrom('a', 'b', 'c'),
    key: fc.nat(200),
    does: fc.constantFrom('put', 'put', 'put', 'put', 'remove', 'protect', 'unprotect'),
  });
  fc.assert(
    fc.property(fc.array(step, { size: 'max', maxLength: 1_500 }), (steps) => {
      const { tier, of } = divided({ a: { min: 0.4 }, b: { max: 0.3 }, c: undefined }, 60);
      for (const { kind, key, does } of steps) {
        const before = of('a').size;
        if (does === 'put') of(kind).put(entryOf(`k${key}`), 1e9);
        else if (does === 'remove') of(kind).remove(`k${key}`, 'explicit');
        else of(kind)[does](`k${key}`);
        expect(tier.usage.entries).toBeLessThanOrEqual(60);
        expect(of('b').size).toBeLessThanOrEqual(18);
        if (kind !== 'a' && before <= 24) expect(of('a').size).toBe(before);
      }
    }),
    { numRuns: 60 },
  );
});
