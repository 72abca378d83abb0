import { setTimeout as pause } from 'node:timers/promises';
import type { Effort } from '../harness/effort.ts';
import { type Price, prices } from '../harness/prices.ts';
import type { Figures, Scenario } from '../harness/scenario.ts';
import { median } from '../harness/statistics.ts';
import type { Load, LoadingCache } from '../subjects/subject.ts';

const CALLERS = 1_000;
const LOAD_MS = 20;
/** The first few warm the code up and are not counted. */
const UNCOUNTED = 3;
const COUNTED = 5;

type Open = (load: Load, capacity: number) => Promise<LoadingCache>;

/** Has all callers ask for one key that nobody has, again and again with another key. */
async function rush(open: Open): Promise<Figures> {
  const { keys, values } = prices(UNCOUNTED + COUNTED);
  const byKey = new Map<string, Price>(keys.map((key, at) => [key, values[at]!]));
  let loads = 0;
  const cache = await open(async (key) => {
    loads += 1;
    await pause(LOAD_MS);
    return byKey.get(key)!;
  }, keys.length);

  const waits: number[] = [];
  const runs: number[] = [];
  for (const [at, key] of keys.entries()) {
    loads = 0;
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: CALLERS }, () => cache.getOrLoad(key)));
    waits.push(performance.now() - startedAt);
    runs.push(loads);
    if (answers.some((answer) => answer?.id !== at)) throw new Error('A wrong value was read');
  }
  return { loads: Math.max(...runs), wall: median(waits.slice(UNCOUNTED)) };
}

const trial = (open: Open) => (_effort: Effort) => rush(open);

/** Everybody wants what nobody has. */
export const stampede: Scenario = {
  name: 'stampede',
  title: 'Stampede',
  about: `${CALLERS.toLocaleString('en')} callers ask for the same missing key at once; its source takes ${LOAD_MS} ms.`,
  metrics: [
    { name: 'wall', title: 'until all have it', unit: 'ms' },
    { name: 'loads', title: 'loads', unit: '' },
  ],
  limit: 'one shared promise',
  subjects: {
    'one shared promise': trial(async (load) => (await import('../subjects/map.ts')).loading(load)),
    Tiercel: trial(async (load, maxEntries) => (await import('../subjects/tiercel.ts')).loading(load, { maxEntries })),
    'lru-cache.fetch': trial(async (load, max) => (await import('../subjects/lru-cache.ts')).loading(load, max)),
    'layered-loader': trial(async (load, max) => (await import('../subjects/layered-loader.ts')).loading(load, max)),
    'async-cache-dedupe': trial(async (load, size) => (await import('../subjects/async-cache-dedupe.ts')).loading(load, size)),
    'cache-manager': trial(async (load) => (await import('../subjects/cache-manager.ts')).loading(load)),
    bentocache: trial(async (load, max) => (await import('../subjects/bentocache.ts')).loading(load, max)),
    'bentocache, tuned': trial(async (load, max) => (await import('../subjects/bentocache.ts')).tuned(load, max)),
    cacheable: trial(async (load) => (await import('../subjects/cacheable.ts')).loading(load)),
  },
  bars: [{ subject: 'Tiercel', metric: 'loads', atMost: 1 }],
};
