import type { Effort } from '../harness/effort.ts';
import { prices, zipf } from '../harness/prices.ts';
import { CPU, type Figures, type Scenario, trials, WALL } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';
import { map, type Open, PEERS, tiercel } from '../subjects/direct-caches.ts';

const READS = 2 ** 16;

/** Reads keys that are all there, in the order a market asks for them. */
async function read(effort: Effort, entries: number, open: Open): Promise<Figures> {
  const count = Math.max(100, entries * effort.scale);
  const { keys, values } = prices(count);
  const cache = await open(count);
  for (const [at, key] of keys.entries()) await cache.set(key, values[at]!);
  const places = zipf(count, READS);
  const order = Array.from(places, (place) => keys[place]!);
  const expected = places.reduce((sum, place) => sum + place, 0);

  const { cpu, wall } = await timed(effort, READS, (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      let sum = 0;
      for (const key of order) sum += cache.get(key)!.id;
      if (sum !== expected) throw new Error('A wrong value was read');
    }
  });
  return { cpu, wall };
}

const subjects: Readonly<Record<string, Open>> = {
  'Map.get': map,
  'Tiercel, LRU': tiercel('lru'),
  'Tiercel, hybrid': tiercel('hybrid'),
  ...PEERS,
};

function peek(name: string, entries: number, rounds: number, more: Readonly<Record<string, Open>> = {}): Scenario {
  return {
    name,
    title: `Reading at once, ${entries.toLocaleString('en')} keys`,
    about:
      'A hit in memory, synchronous: `cache.quote.peek(key)`. Every key is there, some are asked for far more often than others (Zipf 0.99). LRUMap of mnemonist knows no lifetimes; @isaacs/ttlcache leaves them to a timer, and does not look at a hit.',
    metrics: [CPU, WALL],
    limit: 'Map.get',
    rounds,
    subjects: trials({ ...subjects, ...more }, (effort, open) => read(effort, entries, open)),
    bars: [
      { subject: 'Tiercel, LRU', metric: 'cpu', atMost: 2.2, of: 'Map.get' },
      { subject: 'Tiercel, LRU', metric: 'cpu', atMost: 1, of: 'lru-cache with TTL' },
      { subject: 'Tiercel, hybrid', metric: 'cpu', atMost: 1 / 0.8, of: 'lru-cache with TTL' },
    ],
  };
}

/** The keys fit the processor's caches. */
export const peekHot: Scenario = peek('peek-hot', 1_000, 7, {
  'Tiercel, LRU, by whole key': async (maxEntries) => (await import('../subjects/tiercel.ts')).plain({ maxEntries, policy: 'lru' }),
  'lru-cache without TTL': async (max) => (await import('../subjects/lru-cache.ts')).direct(max),
});

/** They do not: what is measured is memory. */
export const peekLarge: Scenario = peek('peek-large', 100_000, 9);
