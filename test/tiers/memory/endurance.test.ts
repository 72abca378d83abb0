import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { type Entry, NO_TAGS } from '../../../src/entry/entry.ts';
import { OLDEST } from '../../../src/entry/version.ts';
import type { PolicyName } from '../../../src/policy/eviction-policy.ts';
import { POLICIES } from '../../../src/policy/policies.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import type { LocalPartition } from '../../../src/tiers/local-tier.ts';
import { MemoryTier } from '../../../src/tiers/memory/memory-tier.ts';

const OPERATIONS = 10_000_000;
const PARTS = 10;
const KEYS = 20_000;
const NAMES = Object.keys(POLICIES) as PolicyName[];
const texts = Array.from({ length: KEYS }, (_, at) => `key${at}`);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Numbers from 0 up to 2 ** 32, the same in every run (Marsaglia, "Xorshift RNGs", 2003). */
function numbers(): () => number {
  let state = 2_463_534_242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function entryOf(key: string, bytes: number, now: number, ttlMs: number): Entry<number> {
  const life = { askedAt: now, staleAt: now + ttlMs, deadAt: now + ttlMs };
  const rest = { isNegative: false, eventAt: undefined, version: OLDEST, tags: NO_TAGS, source: undefined, isFinal: false, why: '' };
  return { key, value: bytes, ...life, ...rest };
}

/** What the entries there are weigh, counted anew. */
function weighed(partitions: readonly LocalPartition<number>[]): { entries: number; bytes: number } {
  let entries = 0;
  let bytes = 0;
  for (const partition of partitions) {
    for (const key of partition.keys()) {
      entries += 1;
      bytes += (partition.find(key)?.value ?? 0) + key.length + 96;
    }
  }
  return { entries, bytes };
}

/** Does a tenth of all operations, under every policy in turn. */
async function work(tier: MemoryTier, partitions: readonly LocalPartition<number>[], clock: FakeClock, draw: () => number): Promise<void> {
  for (let at = 0; at < OPERATIONS / PARTS; at += 1) {
    const number = draw();
    // The square makes low keys come up more often.
    const key = texts[Math.floor((number / 2 ** 32) ** 2 * KEYS)] ?? '';
    const partition = partitions[number % 3] as LocalPartition<number>;
    const dice = (number >>> 8) % 100;
    if (dice < 60) partition.read(key) ?? partition.put(entryOf(key, (number >>> 4) % 400, clock.monotonic(), 20_000), Number.MAX_VALUE);
    else if (dice < 85) partition.put(entryOf(key, (number >>> 4) % 1_000, clock.monotonic(), 1 + (number % 60_000)), Number.MAX_VALUE);
    else if (dice < 92) partition.remove(key, 'explicit');
    else if (dice < 95) partition.protect(key);
    else if (dice < 98) partition.unprotect(key);
    else partition.expire(key, clock.monotonic());
    if (at % 10_000 === 0) await clock.advance(700);
    if (at % 150_000 === 0)
      tier.resize({ maxEntries: 2_000 + (number % 6_000), policy: NAMES[(at / 150_000) % NAMES.length] as PolicyName });
  }
}

test('ten million operations leave no leak, and no drift of what is counted', async () => {
  const clock = new FakeClock();
  const tier = new MemoryTier({ maxEntries: 8_000, maxBytes: '2mb', pressure: false }, { clock });
  const options = [{ kind: 'quote' }, { kind: 'bars', share: { min: 0.2, max: 0.5 } }, { kind: 'news' }];
  const partitions = options.map((option) =>
    tier.partition<number>({ ...option, weigh: (bytes) => bytes }, { removed: () => {}, oversized: () => {} }),
  );
  const draw = numbers();
  const heaps: number[] = [];
  for (let part = 0; part < PARTS; part += 1) {
    await work(tier, partitions, clock, draw);
    // So that none is dead and not yet swept.
    for (const partition of partitions) for (const key of texts) partition.find(key);
    const { entries, bytes, maxEntries, maxBytes } = tier.usage;
    expect(entries).toBeGreaterThan(500);
    expect(entries).toBeLessThanOrEqual(maxEntries);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    expect({ entries, bytes }).toEqual(weighed(partitions));
    collect();
    heaps.push(process.memoryUsage().heapUsed);
  }
  for (const partition of partitions) for (const key of [...partition.keys()]) partition.remove(key, 'explicit');
  expect(tier.usage).toMatchObject({ entries: 0, bytes: 0, protectedEntries: 0, protectedBytes: 0 });
  // After the first part all is as large as it becomes; what ten times as much adds is noise.
  const growth = Math.min(...heaps.slice(-3)) - Math.max(...heaps.slice(0, 3));
  expect(growth).toBeLessThan(1e6);
  tier[Symbol.dispose]();
}, 120_000);
