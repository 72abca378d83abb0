import { RedisServer } from '../../test/servers/redis-server.ts';
import type { Effort } from '../harness/effort.ts';
import { prices } from '../harness/prices.ts';
import type { Figures, Metric, Scenario, Trial } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';
import type { SharedCache } from '../subjects/subject.ts';

const ENTRIES = 5_000;
const AT_ONCE = 100;
const IN_FLIGHT = 64;

type Open = (url: string) => Promise<SharedCache>;
/** Reads all keys once; tells how many were there. */
type Reading = (cache: SharedCache, keys: readonly string[]) => Promise<number>;

async function measure(effort: Effort, open: Open, reading: Reading): Promise<Figures | undefined> {
  const server = await RedisServer.start().catch(() => undefined);
  if (!server) return undefined;
  try {
    const { keys, values } = prices(ENTRIES);
    const cache = await open(server.url);
    for (const [at, key] of keys.entries()) await cache.set(key, values[at]!);
    const { cpu, wall } = await timed(effort, ENTRIES, async (passes) => {
      for (let pass = 0; pass < passes; pass += 1) {
        if ((await reading(cache, keys)) !== ENTRIES) throw new Error('An entry was not there');
      }
    });
    await cache.close();
    return { cpu: cpu / 1e3, wall: wall / 1e3 };
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

const inSequence: Reading = async (cache, keys) => {
  let count = 0;
  for (const key of keys) if ((await cache.get(key)) !== undefined) count += 1;
  return count;
};

const inFlight: Reading = async (cache, keys) => {
  let count = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let key = keys[next++]; key !== undefined; key = keys[next++]) if ((await cache.get(key)) !== undefined) count += 1;
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return count;
};

const manyAtOnce: Reading = async (cache, keys) => {
  let count = 0;
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    for (const value of await cache.getMany(keys.slice(at, at + AT_ONCE))) if (value !== undefined) count += 1;
  }
  return count;
};

const METRICS: readonly Metric[] = [
  { name: 'wall', title: 'wall', unit: 'µs' },
  { name: 'cpu', title: 'CPU', unit: 'µs' },
];

function subjects(reading: Reading): Readonly<Record<string, Trial>> {
  const trial =
    (open: (all: typeof import('../subjects/shared-tier.ts')) => Open): Trial =>
    async (effort) =>
      measure(effort, open(await import('../subjects/shared-tier.ts')), reading);
  return {
    '@redis/client and JSON': trial(({ client }) => client),
    Tiercel: trial(({ tiercel }) => tiercel),
    bentocache: trial(({ bentocache }) => bentocache),
    cacheable: trial(({ cacheable }) => cacheable),
  };
}

const about = (what: string): string =>
  `${what}, per key: a price of about 100 bytes, in a Redis on this machine and not in memory; found, checked, decoded, taken into memory.`;

/** What a single reader waits for, with the whole cache above. */
export const sharedInSequence: Scenario = {
  name: 'shared-in-sequence',
  title: 'A hit in Redis, one by one',
  about: about('Each key is asked for when the one before has come'),
  metrics: METRICS,
  limit: '@redis/client and JSON',
  subjects: subjects(inSequence),
  bars: [{ subject: 'Tiercel', metric: 'wall', atMost: 1.3, of: '@redis/client and JSON' }],
};

/** As a service asks. */
export const sharedInFlight: Scenario = {
  name: 'shared-in-flight',
  title: 'A hit in Redis, 64 in flight',
  about: about('64 callers, each asking for one key after the other'),
  metrics: METRICS,
  limit: '@redis/client and JSON',
  subjects: subjects(inFlight),
  bars: [
    { subject: 'Tiercel', metric: 'wall', atMost: 1 / 3, of: 'bentocache' },
    { subject: 'Tiercel', metric: 'wall', atMost: 1 / 2, of: 'cacheable' },
  ],
};

/** A watchlist. */
export const sharedManyAtOnce: Scenario = {
  name: 'shared-many-at-once',
  title: '100 hits in Redis at once',
  about: about('100 keys by one call'),
  metrics: METRICS,
  limit: '@redis/client and JSON',
  subjects: subjects(manyAtOnce),
  bars: [{ subject: 'Tiercel', metric: 'wall', atMost: 1.11, of: '@redis/client and JSON' }],
};
