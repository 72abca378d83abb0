import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyv } from '@keyv/redis';
import { RedisMessageProvider } from '@qified/redis';
import { Cacheable } from 'cacheable';
import type { NodePlan } from '../node-plan.ts';
import type { Kept, Subject } from '../subject.ts';
import { nothingToTell, redisUrlsOf } from './peer-plan.ts';

/** It tells others of what is set, and of what is deleted. */
const TOPICS = 2;

/** Cacheable over Redis and with its synchronization over Redis, by the drivers of its own family and as its guide sets them up. */
export async function cacheableSubjects(plan: NodePlan): Promise<Subject[]> {
  const { tier, bus } = redisUrlsOf(plan);
  const provider = new RedisMessageProvider({ uri: bus });
  const cache = new Cacheable({ secondary: createKeyv(tier), ttl: plan.ttlMs ?? 30_000, sync: { qified: provider } });
  cache.on('error', () => {});
  const isSubscribed = (): boolean => [...provider.subscriptions.values()].filter(({ length }) => length > 0).length === TOPICS;
  return [
    {
      ready: async () => {
        while (!isSubscribed()) await sleep(10);
      },
      peek: () => undefined,
      get: (key) => cache.get<Kept>(key),
      load: async (key, source) => ({ kept: await cache.getOrSet<Kept>(key, async () => source(key)), isFresh: true }),
      set: (key, kept) => cache.set(key, kept),
      delete: (key) => cache.delete(key),
      invalidateTag: async () => {},
      invalidatePattern: async () => {},
      clear: () => cache.clear(),
      flush: async () => {},
      befallBus: () => {},
      state: nothingToTell,
      close: () => cache.disconnect(),
    },
  ];
}
