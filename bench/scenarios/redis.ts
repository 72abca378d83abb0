import { jsonCodec } from '../../src/entry/codec/json-codec.ts';
import type { SealedEntry } from '../../src/entry/entry.ts';
import { seal } from '../../src/entry/envelope.ts';
import type { Price } from '../harness/prices.ts';
import { inFlight, inSequence, METRICS, manyAtOnce, measureReading, type OpenReader, type Reading } from '../harness/redis-reading.ts';
import type { Scenario, Trial } from '../harness/scenario.ts';
import type { RedisReader } from '../subjects/subject.ts';

const ENTRIES = 1_000;

type Open = (url: string, entries: readonly SealedEntry[]) => Promise<RedisReader>;

const filled =
  (open: Open): OpenReader =>
  (url, { keys, values }) => {
    const entries = keys.map((key, at) => sealed(key, values[at]!));
    return open(url, entries);
  };

function sealed(key: string, value: Price): SealedEntry {
  const entry = { key, value, isNegative: false, eventAt: value.asOf, askedAt: 0, staleAt: 0, deadAt: Number.POSITIVE_INFINITY };
  return seal({ ...entry, version: { stamp: 1, origin: 1 }, tags: [], source: undefined, isFinal: false, why: 'a sample' }, jsonCodec);
}

function subjects(reading: Reading): Readonly<Record<string, Trial>> {
  const trial =
    (open: (all: typeof import('../subjects/redis.ts')) => Open): Trial =>
    async (effort) =>
      measureReading(effort, reading, ENTRIES, filled(open(await import('../subjects/redis.ts'))));
  return { '@redis/client': trial(({ client }) => client), 'Tiercel, the tier': trial(({ tier }) => tier) };
}

const about = (what: string): string =>
  `${what}, per key, from a Redis on this machine: bytes of about 200, without a cache above. The client is the one the tier uses.`;

/** One after the other: what a single reader waits for. */
export const redisInSequence: Scenario = {
  name: 'redis-in-sequence',
  title: 'Reading from Redis, one by one',
  about: about('Each key is asked for when the one before has come'),
  metrics: METRICS,
  limit: '@redis/client',
  subjects: subjects(inSequence),
  bars: [{ subject: 'Tiercel, the tier', metric: 'wall', atMost: 1.3, of: '@redis/client' }],
};

/** As a service asks: many callers, each for a key. */
export const redisInFlight: Scenario = {
  name: 'redis-in-flight',
  title: 'Reading from Redis, 64 in flight',
  about: about('64 callers, each asking for one key after the other; the tier asks for the keys of a turn together'),
  metrics: METRICS,
  limit: '@redis/client',
  subjects: subjects(inFlight),
  bars: [
    { subject: 'Tiercel, the tier', metric: 'wall', atMost: 6.6 },
    { subject: 'Tiercel, the tier', metric: 'cpu', atMost: 1.3, of: '@redis/client' },
  ],
};

/** A watchlist at once. */
export const redisManyAtOnce: Scenario = {
  name: 'redis-many-at-once',
  title: 'Reading 100 keys at once from Redis',
  about: about('100 keys by one call, beside `MGET`'),
  metrics: METRICS,
  limit: '@redis/client',
  subjects: subjects(manyAtOnce),
  bars: [{ subject: 'Tiercel, the tier', metric: 'wall', atMost: 1.11, of: '@redis/client' }],
};
