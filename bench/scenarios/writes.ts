import type { Effort } from '../harness/effort.ts';
import { numbers, type Price, prices, zipf } from '../harness/prices.ts';
import { CPU, type Figures, type Metric, type Scenario, trials, WALL } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';
import { lruCacheWithTtl, lruCacheWithTtlAndSize, map, type Open, tiercel } from '../subjects/direct-caches.ts';
import type { DirectCache } from '../subjects/subject.ts';

type Measure = (effort: Effort, open: Open) => Promise<Figures>;

const CAPACITY = 10_000;
const OPERATIONS = 2 ** 15;

/** Writes again what is there, in the order a market would. */
async function update(effort: Effort, open: Open): Promise<Figures> {
  const count = CAPACITY * effort.scale;
  const { keys, values } = prices(count);
  const cache = await filled(open, count, keys, values);
  const places = zipf(count, OPERATIONS);
  const { cpu, wall } = await timed(effort, OPERATIONS, async (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      for (const place of places) await done(cache.set(keys[place]!, values[place]!));
    }
  });
  for (const [at, key] of keys.entries()) if (cache.get(key)?.id !== at) throw new Error('A wrong value was read');
  return { cpu, wall };
}

/** Writes keys of which none is there, so that each drives another out. */
async function insert(effort: Effort, open: Open): Promise<Figures> {
  const count = CAPACITY * effort.scale;
  const { keys, values } = prices(count * 20);
  const cache = await filled(open, count, keys, values);
  const { cpu, wall } = await timed(effort, keys.length, async (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      for (let at = 0; at < keys.length; at += 1) await done(cache.set(keys[at]!, values[at]!));
    }
  });
  if (cache.get(keys.at(-1)!)?.id !== keys.length - 1) throw new Error('What was written last is not there');
  return { cpu, wall };
}

/** Nine reads to a write; what is missing is written, ten times as many keys as there is room for. */
async function mixed(effort: Effort, open: Open): Promise<Figures> {
  const count = CAPACITY * effort.scale;
  const { keys, values } = prices(count * 10);
  const cache = await filled(open, count, keys, values);
  const places = zipf(keys.length, OPERATIONS * 8);
  const random = numbers(7);
  const isWrite = Uint8Array.from(places, () => (random() < 0.1 ? 1 : 0));
  let reads = 0;
  let hits = 0;
  const { cpu, wall } = await timed(effort, places.length, async (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      for (let at = 0; at < places.length; at += 1) {
        const place = places[at]!;
        const value = isWrite[at] === 1 ? undefined : cache.get(keys[place]!);
        if (value !== undefined && value.id !== place) throw new Error('A wrong value was read');
        if (value === undefined) await done(cache.set(keys[place]!, values[place]!));
        reads += 1 - isWrite[at]!;
        hits += value === undefined ? 0 : 1;
      }
    }
  });
  return { cpu, wall, hits: (hits / reads) * 100 };
}

async function filled(open: Open, capacity: number, keys: readonly string[], values: readonly Price[]): Promise<DirectCache> {
  const cache = await open(capacity);
  for (let at = 0; at < capacity; at += 1) await cache.set(keys[at]!, values[at]!);
  return cache;
}

/** Nothing, for a cache that has written; a promise to wait for, where writes are awaited. */
function done(written: unknown): unknown {
  return written instanceof Promise ? written : undefined;
}

function writes(name: string, title: string, about: string, measure: Measure, more: readonly Metric[] = []): Scenario {
  return {
    name,
    title,
    about,
    metrics: [CPU, WALL, ...more],
    limit: 'Map, unbounded',
    subjects: trials<Open>(
      {
        'Map, unbounded': map,
        'Map, unbounded, awaited': async () => (await import('../subjects/map.ts')).awaited(),
        'Tiercel, LRU': tiercel('lru'),
        'Tiercel, hybrid': tiercel('hybrid'),
        'lru-cache with TTL': lruCacheWithTtl,
        'lru-cache with TTL and maxSize': lruCacheWithTtlAndSize,
      },
      measure,
    ),
    bars: [],
  };
}

export const setUpdate: Scenario = writes(
  'set-update',
  'Writing what is there',
  'A write to one of 10,000 keys that are all there: `await cache.quote.set(key, value)`. Tiercel weighs each value; the writes of lru-cache are synchronous.',
  update,
);

export const setInsert: Scenario = writes(
  'set-insert',
  'Writing what is not there',
  'A write of a key that is not there into a full cache of 10,000, so that another entry leaves.',
  insert,
);

export const readWrite: Scenario = writes(
  'read-write',
  'Nine reads to a write',
  'A cache of 10,000 entries before 100,000 keys (Zipf 0.99): 90 % reads, and what is missing is written; 10 % writes.',
  mixed,
  [{ name: 'hits', title: 'hits', unit: '%' }],
);
