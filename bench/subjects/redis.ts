import { createClient, RESP_TYPES } from '@redis/client';
import { redis } from '../../src/doors/redis.ts';
import type { SealedEntry } from '../../src/entry/entry.ts';
import type { RedisReader } from './subject.ts';

/** The client itself: replies as bytes, no deadline of its own for a command, as the tier has it. */
export async function client(url: string, entries: readonly SealedEntry[]): Promise<RedisReader<Uint8Array>> {
  const raw = createClient({ url, RESP: 2, commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } });
  raw.on('error', () => {});
  await raw.connect();
  for (const { key, bytes } of entries) await raw.sendCommand(['SET', key, Buffer.from(bytes)]);
  return {
    get: (key) => raw.sendCommand<Buffer>(['GET', key]),
    getMany: (keys) => raw.sendCommand<Buffer[]>(['MGET', ...keys]),
    close: async () => raw.destroy(),
  };
}

/** The tier, without a cache above it. */
export async function tier(url: string, entries: readonly SealedEntry[]): Promise<RedisReader<Uint8Array>> {
  const made = redis({ url });
  while (!made.stats.isConnected) await new Promise((resolve) => setTimeout(resolve, 1));
  await made.setMany(entries);
  return {
    get: async (key) => (await made.getMany([key]))[0],
    getMany: async (keys) => made.getMany(keys),
    close: () => made[Symbol.asyncDispose](),
  };
}
