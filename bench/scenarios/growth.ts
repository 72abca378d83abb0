import type { Effort } from '../harness/effort.ts';
import { type Price, priceKeys, prices, zipf } from '../harness/prices.ts';
import { type Figures, type Metric, type Scenario, trials } from '../harness/scenario.ts';
import { timed, timedOnce } from '../harness/timing.ts';
import { boundedMap, lruCacheWithTtl, map, type Open, tiercel } from '../subjects/direct-caches.ts';
import type { DirectCache } from '../subjects/subject.ts';

/** Tells the time of one operation as `cpu`, of a cache with room for `size` entries, and what else there is to tell. */
type Measure = (effort: Effort, open: Open, size: number) => Promise<Figures>;

const SIZES = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/** So many that they reach far more entries than the processor keeps near. */
const OPERATIONS = 2 ** 21;

/** Keys are put together so many at a time, where all together would take more memory than the cache. */
const BATCH = 2 ** 18;

/** A few values stand for all, so that what grows is the cache. */
const { values } = prices(1_024);

function valueAt(place: number): Price {
  return values[place % values.length]!;
}

/** Reads keys that are all there, in the order a market asks for them. */
async function read(effort: Effort, open: Open, size: number): Promise<Figures> {
  const keys = priceKeys(0, size);
  const cache = await open(size);
  await write(cache, 0, keys);
  const places = zipf(size, OPERATIONS * effort.scale);
  const order = Array.from(places, (place) => keys[place]!);
  const expected = places.reduce((sum, place) => sum + valueAt(place).id, 0);
  const { cpu } = await timed(effort, order.length, (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      let sum = 0;
      for (const key of order) sum += cache.get(key)!.id;
      if (sum !== expected) throw new Error('A wrong value was read');
    }
  });
  return { cpu };
}

/** Writes keys that never were there into a full cache; then goes on until as much has come anew as there is room for. */
async function insert(effort: Effort, open: Open, size: number): Promise<Figures> {
  const cache = await open(size);
  if ((await fill(cache, 0, size)) < size) throw new Error('A write failed while there was room');
  const keys = priceKeys(size, OPERATIONS * effort.scale);
  const { cpu } = await timedOnce(keys.length, async () => {
    if ((await write(cache, size, keys)) < keys.length) throw new Error('A write failed');
  });
  if (keys.filter((key, at) => isThere(cache, key, size + at)).length > size) throw new Error('More is there than there is room for');
  if (!isThere(cache, keys.at(-1)!, size + keys.length - 1)) throw new Error('What was written last is not there');
  const end = await fill(cache, size + keys.length, 2 * size);
  return { cpu, refused: Math.max(0, 2 - end / size) * 100 };
}

/** Writes the prices from one place to another; tells the place it came to before a write failed. */
async function fill(cache: DirectCache, from: number, to: number): Promise<number> {
  for (let at = from; at < to; at += BATCH) {
    const keys = priceKeys(at, Math.min(BATCH, to - at));
    const written = await write(cache, at, keys);
    if (written < keys.length) return at + written;
  }
  return to;
}

/** Tells how many were written before a write failed: a `Map` that is full throws a RangeError. */
async function write(cache: DirectCache, first: number, keys: readonly string[]): Promise<number> {
  let at = 0;
  try {
    for (; at < keys.length; at += 1) {
      const written = cache.set(keys[at]!, valueAt(first + at));
      if (written instanceof Promise) await written;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return at;
}

function isThere(cache: DirectCache, key: string, place: number): boolean {
  const value = cache.get(key);
  if (value !== undefined && value !== valueAt(place)) throw new Error('A wrong value was read');
  return value !== undefined;
}

/** Measures all sizes in one process, the smallest first, and that once more beforehand: then the code is warm. */
async function grow(effort: Effort, open: Open, measure: Measure): Promise<Figures> {
  const sizes = SIZES.map((size) => Math.max(100, size * effort.scale));
  await measure(effort, open, sizes[0]!);
  let told: Figures = {};
  const times: number[] = [];
  for (const size of sizes) {
    const { cpu = Number.NaN, ...more } = await measure(effort, open, size);
    times.push(cpu);
    told = more;
  }
  return { ...told, ...Object.fromEntries(times.map((time, at) => [nameOf(SIZES[at]!), time])), growth: times.at(-1)! / times[0]! };
}

function nameOf(size: number): string {
  return size.toLocaleString('en');
}

function growth(name: string, title: string, about: string, subjects: Readonly<Record<string, Open>>, measure: Measure): Scenario {
  return {
    name,
    title,
    about: `${about} The processor's time for one in caches of a thousand entries to ten million, one after the other in one process; \`growth\` is how many times as long it takes in the largest. What no longer fits the processor's caches takes longer in a \`Map\`, too: what grows as little as that is flat.`,
    metrics: [
      { name: 'growth', title: 'growth', unit: '' },
      ...SIZES.map((size): Metric => ({ name: nameOf(size), title: nameOf(size), unit: 'ns' })),
    ],
    limit: 'Map',
    rounds: 3,
    subjects: trials(subjects, (effort, open) => grow(effort, open, measure)),
    bars: [
      { subject: 'Tiercel, hybrid', metric: 'growth', atMost: 1.25, of: 'Map' },
      { subject: 'Tiercel, hybrid', metric: 'growth', atMost: 1, of: 'lru-cache with TTL' },
    ],
  };
}

const caches = { 'Tiercel, hybrid': tiercel('hybrid'), 'lru-cache with TTL': lruCacheWithTtl };

export const growthOfReads: Scenario = growth(
  'growth-read',
  'Growth of a read',
  'A hit, the keys asked for as before (Zipf 0.99).',
  { Map: map, ...caches },
  read,
);

const inserts = growth(
  'growth-insert',
  'Growth of a write that drives an entry out',
  'A write of a key that never was there into a full cache; in the `Map`, the oldest key is deleted for it. Then as many more are written as there is room for: `refused` is the share of these that the largest cache has failed to take. A `Map` has room for 16.8 million keys, and for fewer while it keeps the places of deleted ones.',
  { Map: boundedMap, ...caches },
  insert,
);

export const growthOfInserts: Scenario = {
  ...inserts,
  metrics: [...inserts.metrics, { name: 'refused', title: 'refused', unit: '%' }],
  bars: [...inserts.bars, { subject: 'Tiercel, hybrid', metric: 'refused', atMost: 0 }],
};
