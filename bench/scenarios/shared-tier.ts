import { inFlight, inSequence, METRICS, manyAtOnce, measureReading, type OpenReader, type Reading } from '../harness/redis-reading.ts';
import type { Scenario, Trial } from '../harness/scenario.ts';
import type { SharedCache } from '../subjects/subject.ts';

const ENTRIES = 5_000;

type Open = (url: string) => Promise<SharedCache>;

const filled =
  (open: Open): OpenReader =>
  async (url, { keys, values }) => {
    const cache = await open(url);
    for (const [at, key] of keys.entries()) await cache.set(key, values[at]!);
    return cache;
  };

function subjects(reading: Reading): Readonly<Record<string, Trial>> {
  const trial =
    (open: (all: typeof import('../subjects/shared-tier.ts')) => Open): Trial =>
    async (effort) =>
      measureReading(effort, reading, ENTRIES, filled(open(await import('../subjects/shared-tier.ts'))));
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
