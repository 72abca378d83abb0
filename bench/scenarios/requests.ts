import { join } from 'node:path';
import { readTrace } from '../../src/simulator/trace-reader.ts';
import type { Effort } from '../harness/effort.ts';
import { type Prices, prices } from '../harness/prices.ts';
import { type Bar, CPU, type Figures, type Scenario, trials } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';
import { map, type Open, PEERS, quickLru, tiercel } from '../subjects/direct-caches.ts';
import type { DirectCache } from '../subjects/subject.ts';

const TRACES = join(import.meta.dirname, '../../test/fixtures/traces');

/** What it takes to bring a value that is not there. */
const MISS_US = 1_000;

/** Runs a trace from its beginning through empty caches of several sizes, through each as often. */
async function replay(effort: Effort, trace: string, rooms: readonly number[], open: Open): Promise<Figures> {
  const { requests, unique } = await readTrace(join(TRACES, `${trace}.txt.gz`));
  const known = prices(unique);
  const places = requests.subarray(0, Math.ceil(requests.length * effort.scale));
  let runs = 0;
  let hits = 0;
  const { cpu } = await timed(effort, rooms.length * places.length, async (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      for (const room of rooms) hits += await hitsOf(await open(room), known, places);
      runs += rooms.length;
    }
  });
  const share = hits / (runs * places.length);
  return { cpu, hits: share * 100, cost: cpu / 1e3 + (1 - share) * MISS_US };
}

/** Asks for each place in turn and writes what is missing; tells how many were there. */
async function hitsOf(cache: DirectCache, { keys, values }: Prices, places: Int32Array): Promise<number> {
  let hits = 0;
  for (const place of places) {
    const value = cache.get(keys[place]!);
    if (value === undefined) {
      const written = cache.set(keys[place]!, values[place]!);
      if (written instanceof Promise) await written;
    } else {
      if (value.id !== place) throw new Error('A wrong value was read');
      hits += 1;
    }
  }
  return hits;
}

const subjects: Readonly<Record<string, Open>> = {
  'Map, unbounded': map,
  'Tiercel, LRU': tiercel('lru'),
  'Tiercel, hybrid': tiercel('hybrid'),
  'Tiercel, S3-FIFO': tiercel('s3-fifo'),
  'Tiercel, SIEVE': tiercel('sieve'),
  ...PEERS,
  'quick-lru, half maxSize': (room) => quickLru(Math.floor(room / 2)),
};

/** All peers but quick-lru as it is: that has up to twice as much room as the others. */
const AS_LARGE = [...Object.keys(PEERS).filter((name) => name !== 'quick-lru'), 'quick-lru, half maxSize'];

const cheapest: readonly Bar[] = AS_LARGE.map((of) => ({ subject: 'Tiercel, hybrid', metric: 'cost', atMost: 1, of }));

function requests(trace: string, what: string, rooms: readonly number[]): Scenario {
  return {
    name: `requests-${trace}`,
    title: `Whole requests: ${what}`,
    about: `A read, and on a miss a write, which is awaited where it is a promise: the trace \`${trace}\` from its beginning, by empty caches with room for ${rooms.join(', ')} entries, the mean of these. What a right answer costs is the processor's time and a millisecond for each miss. quick-lru keeps up to twice its \`maxSize\`, so its hits are those of a larger cache; with half the \`maxSize\` it never has more room than the others.`,
    metrics: [CPU, { name: 'hits', title: 'hits', unit: '%' }, { name: 'cost', title: 'a right answer', unit: 'µs' }],
    limit: 'Map, unbounded',
    subjects: trials(subjects, (effort, open) => replay(effort, trace, rooms, open)),
    bars: [{ subject: 'Tiercel, hybrid', metric: 'cpu', atMost: 1 / 0.6, of: 'lru-cache with TTL' }, ...cheapest],
  };
}

/** Each by caches with room for 1, 5, 10 and 20 % of its keys, as in `docs/eviction.md`. */
export const requestsCashtag: Scenario = requests('cashtag-2014', 'tickers in tweets', [41, 204, 407, 815]);
export const requestsWeb07: Scenario = requests('cache2k-web07', 'products of a shop', [205, 1_024, 2_048, 4_097]);
export const requestsSprite: Scenario = requests('lirs-sprite', 'blocks of a file server', [71, 354, 708, 1_415]);
