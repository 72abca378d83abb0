import type { Effort } from '../harness/effort.ts';
import { type Price, prices, zipf } from '../harness/prices.ts';
import { CPU, type Figures, type Scenario, WALL } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';
import type { Load, LoadingCache } from '../subjects/subject.ts';

const READS = 2 ** 12;
const ENTRIES = 1_000;

type Open = (load: Load, capacity: number) => Promise<LoadingCache>;

/** Reads keys that were loaded once, each read awaited. */
async function read(effort: Effort, open: Open): Promise<Figures> {
  const { keys, values } = prices(ENTRIES);
  const byKey = new Map<string, Price>(keys.map((key, at) => [key, values[at]!]));
  let loads = 0;
  const cache = await open(async (key) => {
    loads += 1;
    return byKey.get(key)!;
  }, ENTRIES);
  for (const key of keys) await cache.getOrLoad(key);
  const places = zipf(ENTRIES, READS);
  const order = Array.from(places, (place) => keys[place]!);
  const expected = places.reduce((sum, place) => sum + place, 0);

  const { cpu, wall } = await timed(effort, READS, async (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      let sum = 0;
      for (const key of order) sum += (await cache.getOrLoad(key))!.id;
      if (sum !== expected) throw new Error('A wrong value was read');
    }
  });
  if (loads !== ENTRIES) throw new Error(`${loads} loads for ${ENTRIES} keys: what was measured were not hits`);
  return { cpu, wall };
}

const trial = (open: Open) => (effort: Effort) => read(effort, open);

/** A read that may load, and need not. */
export const getOrLoad: Scenario = {
  name: 'get-or-load',
  title: 'Reading through, hit in memory',
  about: 'A hit by the call that would load what is missing, awaited: `await cache.quote.getOrLoad(key, load)`. 1,000 keys, Zipf 0.99.',
  metrics: [CPU, WALL],
  limit: 'async Map.get',
  subjects: {
    'async Map.get': trial(async (load) => (await import('../subjects/map.ts')).loading(load)),
    'Tiercel, LRU': trial(async (load, maxEntries) =>
      (await import('../subjects/tiercel.ts')).loading(load, { maxEntries, policy: 'lru' }),
    ),
    'Tiercel, hybrid': trial(async (load, maxEntries) =>
      (await import('../subjects/tiercel.ts')).loading(load, { maxEntries, policy: 'hybrid' }),
    ),
    'lru-cache.fetch': trial(async (load, max) => (await import('../subjects/lru-cache.ts')).loading(load, max)),
    'layered-loader': trial(async (load, max) => (await import('../subjects/layered-loader.ts')).loading(load, max)),
    'async-cache-dedupe': trial(async (load, size) => (await import('../subjects/async-cache-dedupe.ts')).loading(load, size)),
    'cache-manager': trial(async (load) => (await import('../subjects/cache-manager.ts')).loading(load)),
    bentocache: trial(async (load, max) => (await import('../subjects/bentocache.ts')).loading(load, max)),
    'bentocache, tuned': trial(async (load, max) => (await import('../subjects/bentocache.ts')).tuned(load, max)),
    cacheable: trial(async (load) => (await import('../subjects/cacheable.ts')).loading(load)),
  },
  bars: [
    { subject: 'Tiercel, LRU', metric: 'cpu', atMost: 1.5, of: 'async Map.get' },
    { subject: 'Tiercel, LRU', metric: 'cpu', atMost: 1, of: 'lru-cache.fetch' },
    { subject: 'Tiercel, LRU', metric: 'cpu', atMost: 1, of: 'layered-loader' },
    { subject: 'Tiercel, LRU', metric: 'cpu', atMost: 1 / 15, of: 'bentocache' },
  ],
};
