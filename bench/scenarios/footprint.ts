import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Effort } from '../harness/effort.ts';
import { prices } from '../harness/prices.ts';
import type { Figures, Scenario } from '../harness/scenario.ts';
import type { DirectCache } from '../subjects/subject.ts';

/** Fills a cache and tells what it takes beside the keys and values, which are there before. */
async function fill(effort: Effort, entries: number, open: (capacity: number) => Promise<DirectCache>): Promise<Figures> {
  const count = entries * effort.scale;
  const { keys, values } = prices(count);
  // The first brings the code into memory, which is not what is measured.
  await open(1);
  await nextTurn();
  const before = inUse();
  const cache = await open(count);
  for (let at = 0; at < count; at += 1) await cache.set(keys[at]!, values[at]!);
  await nextTurn();
  const bytes = (inUse() - before) / count;
  for (let at = 0; at < count; at += 1) if (cache.get(keys[at]!) !== values[at]) throw new Error('A wrong value was read');
  return { bytes };
}

function inUse(): number {
  for (let pass = 0; pass < 3; pass += 1) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function footprint(name: string, entries: number, rounds: number): Scenario {
  const trial = (open: (capacity: number) => Promise<DirectCache>) => (effort: Effort) => fill(effort, entries, open);
  return {
    name,
    title: `Memory for ${entries.toLocaleString('en')} entries`,
    about: 'What the cache itself takes for an entry, after garbage collection, heap and buffers; keys and values are not counted.',
    metrics: [{ name: 'bytes', title: 'an entry', unit: 'B' }],
    limit: 'Map, unbounded',
    rounds,
    subjects: {
      'Map, unbounded': trial(async () => (await import('../subjects/map.ts')).direct()),
      'Tiercel, LRU': trial(async (maxEntries) => (await import('../subjects/tiercel.ts')).direct({ maxEntries, policy: 'lru' })),
      'Tiercel, hybrid': trial(async (maxEntries) => (await import('../subjects/tiercel.ts')).direct({ maxEntries, policy: 'hybrid' })),
      'lru-cache with TTL': trial(async (max) => (await import('../subjects/lru-cache.ts')).withTtl(max)),
      'lru-cache with TTL and maxSize': trial(async (max) => (await import('../subjects/lru-cache.ts')).withTtlAndSize(max)),
    },
    bars: [
      { subject: 'Tiercel, LRU', metric: 'bytes', atMost: 1, of: 'lru-cache with TTL and maxSize' },
      { subject: 'Tiercel, hybrid', metric: 'bytes', atMost: 1.3, of: 'lru-cache with TTL and maxSize' },
    ],
  };
}

export const footprint100k: Scenario = footprint('footprint-100k', 100_000, 2);
export const footprint1m: Scenario = footprint('footprint-1m', 1_000_000, 1);
