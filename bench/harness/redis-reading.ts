import { RedisServer } from '../../test/servers/redis-server.ts';
import type { RedisReader } from '../subjects/subject.ts';
import type { Effort } from './effort.ts';
import { type Prices, prices } from './prices.ts';
import type { Figures, Metric } from './scenario.ts';
import { timed } from './timing.ts';

const AT_ONCE = 100;
const IN_FLIGHT = 64;

/** Reads all keys once; tells how many were there. */
export type Reading = (reader: RedisReader, keys: readonly string[]) => Promise<number>;

/** Opens a reader of the Redis at `url`, where all the prices are when it resolves. */
export type OpenReader = (url: string, prices: Prices) => Promise<RedisReader>;

/** What a reading tells, per key. */
export const METRICS: readonly Metric[] = [
  { name: 'wall', title: 'wall', unit: 'µs' },
  { name: 'cpu', title: 'CPU', unit: 'µs' },
];

/** Measures `reading` of `count` prices in a Redis of its own; `undefined` where none is installed. */
export async function measureReading(effort: Effort, reading: Reading, count: number, open: OpenReader): Promise<Figures | undefined> {
  const server = await RedisServer.start().catch(() => undefined);
  if (!server) return undefined;
  try {
    const made = prices(count);
    const reader = await open(server.url, made);
    const { cpu, wall } = await timed(effort, count, async (passes) => {
      for (let pass = 0; pass < passes; pass += 1) {
        if ((await reading(reader, made.keys)) !== count) throw new Error('An entry was not there');
      }
    });
    await reader.close();
    return { cpu: cpu / 1e3, wall: wall / 1e3 };
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

/** Asks for each key when the one before has come. */
export const inSequence: Reading = async (reader, keys) => {
  let count = 0;
  for (const key of keys) if (await reader.get(key)) count += 1;
  return count;
};

/** As 64 callers do, each asking for one key after the other. */
export const inFlight: Reading = async (reader, keys) => {
  let count = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let key = keys[next++]; key !== undefined; key = keys[next++]) if (await reader.get(key)) count += 1;
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return count;
};

/** Asks for 100 keys by one call. */
export const manyAtOnce: Reading = async (reader, keys) => {
  let count = 0;
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    for (const found of await reader.getMany(keys.slice(at, at + AT_ONCE))) if (found) count += 1;
  }
  return count;
};
