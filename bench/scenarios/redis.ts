import { jsonCodec } from '../../src/entry/codec/json-codec.ts';
import type { SealedEntry } from '../../src/entry/entry.ts';
import { seal } from '../../src/entry/envelope.ts';
import { RedisServer } from '../../test/servers/redis-server.ts';
import type { Effort } from '../harness/effort.ts';
import { type Price, prices } from '../harness/prices.ts';
import type { Figures, Metric, Scenario, Trial } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';
import type { BytesReader } from '../subjects/subject.ts';

const ENTRIES = 1_000;
const AT_ONCE = 100;
const IN_FLIGHT = 64;

type Open = (url: string, entries: readonly SealedEntry[]) => Promise<BytesReader>;
/** Reads all keys once; tells how many were there. */
type Reading = (reader: BytesReader, keys: readonly string[]) => Promise<number>;

async function measure(effort: Effort, open: Open, reading: Reading): Promise<Figures | undefined> {
  const server = await RedisServer.start().catch(() => undefined);
  if (!server) return undefined;
  try {
    const { keys, values } = prices(ENTRIES);
    const reader = await open(
      server.url,
      keys.map((key, at) => sealed(key, values[at]!)),
    );
    const { cpu, wall } = await timed(effort, ENTRIES, async (passes) => {
      for (let pass = 0; pass < passes; pass += 1) {
        if ((await reading(reader, keys)) !== ENTRIES) throw new Error('An entry was not there');
      }
    });
    await reader.close();
    return { cpu: cpu / 1e3, wall: wall / 1e3 };
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

function sealed(key: string, value: Price): SealedEntry {
  const entry = { key, value, isNegative: false, eventAt: value.asOf, askedAt: 0, staleAt: 0, deadAt: Number.POSITIVE_INFINITY };
  return seal({ ...entry, version: { stamp: 1, origin: 1 }, tags: [], source: undefined, isFinal: false, why: 'a sample' }, jsonCodec);
}

const inSequence: Reading = async (reader, keys) => {
  let count = 0;
  for (const key of keys) if (await reader.read(key)) count += 1;
  return count;
};

const inFlight: Reading = async (reader, keys) => {
  let count = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let key = keys[next++]; key !== undefined; key = keys[next++]) if (await reader.read(key)) count += 1;
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return count;
};

const manyAtOnce: Reading = async (reader, keys) => {
  let count = 0;
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    for (const bytes of await reader.readMany(keys.slice(at, at + AT_ONCE))) if (bytes) count += 1;
  }
  return count;
};

const METRICS: readonly Metric[] = [
  { name: 'wall', title: 'wall', unit: 'µs' },
  { name: 'cpu', title: 'CPU', unit: 'µs' },
];

function subjects(reading: Reading): Readonly<Record<string, Trial>> {
  return {
    '@redis/client': async (effort) => measure(effort, (await import('../subjects/redis.ts')).client, reading),
    'Tiercel, the tier': async (effort) => measure(effort, (await import('../subjects/redis.ts')).tier, reading),
  };
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
