import type { Effort } from '../harness/effort.ts';
import { prices } from '../harness/prices.ts';
import type { Figures, Scenario } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';
import type { ManyCache } from '../subjects/subject.ts';

const ENTRIES = 1_000;
const AT_ONCE = 100;

/** Reads a hundred keys a call, a different hundred each time. */
async function read(effort: Effort, open: (capacity: number) => Promise<ManyCache>): Promise<Figures> {
  const count = Math.max(2 * AT_ONCE, ENTRIES * effort.scale);
  const { keys, values } = prices(count);
  const cache = await open(count);
  for (const [at, key] of keys.entries()) await cache.set(key, values[at]!);
  const calls = Array.from({ length: count / AT_ONCE }, (_, call) => keys.slice(call * AT_ONCE, (call + 1) * AT_ONCE));
  const expected = (count * (count - 1)) / 2;

  const { cpu, wall } = await timed(effort, calls.length, async (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      let sum = 0;
      for (const call of calls) {
        for (const value of await cache.getMany(call)) sum += value!.id;
      }
      if (sum !== expected) throw new Error('A wrong value was read');
    }
  });
  return { cpu: cpu / 1e3, wall: wall / 1e3 };
}

const trial = (open: (capacity: number) => Promise<ManyCache>) => (effort: Effort) => read(effort, open);

/** A watchlist at once. */
export const getMany: Scenario = {
  name: 'get-many',
  title: 'Reading 100 keys at once',
  about: 'A hundred hits in memory by one call, awaited: `await cache.quote.getMany(keys)`. 1,000 keys are there.',
  metrics: [
    { name: 'cpu', title: 'CPU', unit: 'µs' },
    { name: 'wall', title: 'wall', unit: 'µs' },
  ],
  limit: 'async loop over Map.get',
  subjects: {
    'async loop over Map.get': trial(async () => (await import('../subjects/map.ts')).many()),
    'Tiercel, LRU': trial(async (maxEntries) => (await import('../subjects/tiercel.ts')).many({ maxEntries, policy: 'lru' })),
    'Tiercel, hybrid': trial(async (maxEntries) => (await import('../subjects/tiercel.ts')).many({ maxEntries, policy: 'hybrid' })),
    'layered-loader': trial(async (max) => (await import('../subjects/layered-loader.ts')).many(max)),
    'cache-manager': trial(async () => (await import('../subjects/cache-manager.ts')).many()),
    cacheable: trial(async () => (await import('../subjects/cacheable.ts')).many()),
  },
  bars: [{ subject: 'Tiercel, LRU', metric: 'cpu', atMost: 4 }],
};
