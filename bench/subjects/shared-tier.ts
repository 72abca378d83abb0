import KeyvRedis from '@keyv/redis';
import { createClient, RESP_TYPES } from '@redis/client';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import { Cacheable, KeyvCacheableMemory } from 'cacheable';
import { Keyv } from 'keyv';
import { redis } from '../../src/doors/redis.ts';
import { createCache, kind } from '../../src/index.ts';
import type { Price } from '../harness/prices.ts';
import { type SharedCache, TTL_MS } from './subject.ts';

/** So few entries are kept in memory that every read goes to Redis. */
const MEMORY_ENTRIES = 100;

/** The client, and JSON: what a cache adds to. */
export async function client(url: string): Promise<SharedCache> {
  const raw = createClient({ url, RESP: 2, commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } });
  raw.on('error', () => {});
  await raw.connect();
  const priceIn = (bytes: Buffer | null): Price | undefined => (bytes === null ? undefined : (JSON.parse(bytes.toString()) as Price));
  return {
    set: (key, value) => raw.sendCommand(['SET', key, JSON.stringify(value), 'PX', String(TTL_MS)]),
    get: async (key) => priceIn(await raw.sendCommand<Buffer | null>(['GET', key])),
    getMany: async (keys) => (await raw.sendCommand<(Buffer | null)[]>(['MGET', ...keys])).map(priceIn),
    close: async () => raw.destroy(),
  };
}

export async function tiercel(url: string): Promise<SharedCache> {
  const tier = redis({ url });
  while (!tier.stats.isConnected) await new Promise((resolve) => setTimeout(resolve, 1));
  const cache = createCache({
    remote: tier,
    memory: { maxEntries: MEMORY_ENTRIES },
    guard: { deadline: '5s', writeDeadline: '5s' },
    kinds: { price: kind<string, Price>({ lifetime: TTL_MS }) },
  });
  const absent = (): never => {
    throw new Error('An entry was not there');
  };
  return {
    set: (key, value) => cache.price.set(key, value),
    get: (key) => cache.price.getOrLoad(key, absent),
    getMany: async (keys) => {
      const found = await cache.price.getMany(keys);
      return keys.map((key) => found.get(key));
    },
    close: () => cache.close(),
  };
}

export async function bentocache(url: string): Promise<SharedCache> {
  const { hostname, port } = new URL(url);
  const store = bentostore()
    .useL1Layer(memoryDriver({ maxItems: MEMORY_ENTRIES, serialize: false }))
    .useL2Layer(redisDriver({ connection: { host: hostname, port: Number(port) } }));
  const bento = new BentoCache({ default: 'shared', ttl: TTL_MS, stores: { shared: store } });
  return {
    set: (key, value) => bento.set({ key, value }),
    get: (key) => bento.get<Price>({ key }),
    getMany: (keys) => Promise.all(keys.map((key) => bento.get<Price>({ key }))),
    close: () => bento.disconnectAll(),
  };
}

export async function cacheable(url: string): Promise<SharedCache> {
  const primary = new Keyv({ store: new KeyvCacheableMemory({ lruSize: MEMORY_ENTRIES }) });
  const secondary = new Keyv({ store: new KeyvRedis(url), useKeyPrefix: false });
  const cache = new Cacheable({ primary, secondary, ttl: TTL_MS });
  return {
    set: (key, value) => cache.set(key, value),
    get: (key) => cache.get<Price>(key),
    getMany: (keys) => cache.getMany<Price>([...keys]),
    close: () => cache.disconnect(),
  };
}
