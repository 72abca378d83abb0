import { EventEmitter } from 'node:events';
import { Cacheable, type CacheableSyncOptions, Keyv, type KeyvStoreAdapter } from 'cacheable';
import type { NodePlan } from '../node-plan.ts';
import type { Kept, Subject } from '../subject.ts';
import { PeerRedis } from './peer-redis.ts';

type Provider = Extract<CacheableSyncOptions['qified'], readonly unknown[]>[number];

/** Cacheable over Redis and with its synchronization over Redis, by drivers of ours: its own are not among our packages. */
export async function cacheableSubjects({ tier, ttlMs = 30_000 }: NodePlan): Promise<Subject[]> {
  if (tier?.kind !== 'redis' || tier.url === undefined) throw new Error('Cacheable is compared over Redis');
  const redis = new PeerRedis(tier.url);
  await redis.connect();
  const cache = new Cacheable({
    secondary: new Keyv({ store: adapterOf(redis) }),
    ttl: ttlMs,
    sync: { qified: [providerOf(redis)] },
  });
  cache.on('error', () => {});
  return [
    {
      ready: async () => {},
      peek: () => undefined,
      get: (key) => cache.get<Kept>(key),
      load: async (key, source) => ({ kept: await cache.getOrSet<Kept>(key, async () => source(key)), isFresh: true }),
      set: (key, kept) => cache.set(key, kept),
      delete: (key) => cache.delete(key),
      invalidateTag: async () => {},
      invalidatePattern: async () => {},
      clear: () => cache.clear(),
      flush: async () => {},
      befallBus: (fault) => (fault === 'heal' ? redis.heal() : redis.cut()),
      state: () => ({ areTiersWell: true, isBusLive: true, entries: 0, bytes: 0, tierErrors: 0, refused: 0, loads: 0, notes: '' }),
      close: async () => {
        await cache.disconnect();
        await redis.close();
      },
    },
  ];
}

function adapterOf(redis: PeerRedis): KeyvStoreAdapter {
  return Object.assign(new EventEmitter(), {
    opts: {},
    get: async <Value>(key: string) => (await redis.get(key)) as Value,
    set: (key: string, text: string, ttl?: number) => redis.set(key, text, ttl),
    delete: (key: string) => redis.delete([key]),
    clear: () => redis.clear(),
    disconnect: async () => {},
  });
}

function providerOf(redis: PeerRedis): Provider {
  return {
    id: 'redis',
    subscriptions: new Map(),
    publish: (topic, message) => redis.publish(topic, JSON.stringify({ ...message, providerId: 'redis' })),
    subscribe: (topic, { handler }) => redis.subscribe(topic, (text) => void handler(JSON.parse(text))),
    unsubscribe: async () => {},
    disconnect: async () => {},
  };
}
