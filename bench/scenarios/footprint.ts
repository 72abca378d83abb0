import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Effort } from '../harness/effort.ts';
import { prices } from '../harness/prices.ts';
import { type Figures, type Scenario, trials } from '../harness/scenario.ts';
import { lruCacheWithTtlAndSize, map, type Open, PEERS, tiercel } from '../subjects/direct-caches.ts';

/** Fills a cache and tells what it takes beside the keys and values, which are there before. */
async function fill(effort: Effort, entries: number, open: Open): Promise<Figures> {
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
  return {
    name,
    title: `Memory for ${entries.toLocaleString('en')} entries`,
    about:
      'What the cache itself takes for an entry, after garbage collection, heap and buffers; keys and values are not counted. None has room for more than it holds, but quick-lru, which would keep as many again.',
    metrics: [{ name: 'bytes', title: 'an entry', unit: 'B' }],
    limit: 'Map, unbounded',
    rounds,
    subjects: trials<Open>(
      {
        'Map, unbounded': map,
        'Tiercel, LRU': tiercel('lru'),
        'Tiercel, hybrid': tiercel('hybrid'),
        'lru-cache with TTL and maxSize': lruCacheWithTtlAndSize,
        ...PEERS,
      },
      (effort, open) => fill(effort, entries, open),
    ),
    bars: [
      { subject: 'Tiercel, LRU', metric: 'bytes', atMost: 1, of: 'lru-cache with TTL and maxSize' },
      { subject: 'Tiercel, hybrid', metric: 'bytes', atMost: 1.3, of: 'lru-cache with TTL and maxSize' },
    ],
  };
}

export const footprint100k: Scenario = footprint('footprint-100k', 100_000, 2);
export const footprint1m: Scenario = footprint('footprint-1m', 1_000_000, 1);
