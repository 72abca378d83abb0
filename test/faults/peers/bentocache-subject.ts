import { randomUUID } from 'node:crypto';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { groupOf } from '../keyspace.ts';
import type { NodePlan } from '../node-plan.ts';
import type { Kept, Subject } from '../subject.ts';
import { PeerRedis } from './peer-redis.ts';

type Bus = Parameters<ReturnType<typeof bentostore>['useBus']>[0];
type Transport = ReturnType<Bus['factory']>;
type L2 = Parameters<ReturnType<typeof bentostore>['useL2Layer']>[0];
type Driver = ReturnType<L2['factory']>;

/** BentoCache over Redis and a bus over Redis, by drivers of ours: its own want a client that is not among our packages. */
export async function bentocacheSubjects({ tier, ttlMs = 30_000, graceMs = 60_000 }: NodePlan): Promise<Subject[]> {
  if (tier?.kind !== 'redis' || tier.url === undefined) throw new Error('BentoCache is compared over Redis');
  const redis = new PeerRedis(tier.url);
  await redis.connect();
  const store = bentostore()
    .useL1Layer(memoryDriver({ maxItems: 10_000 }))
    .useL2Layer({ options: {}, factory: () => driverOf(redis) })
    .useBus({ options: {}, factory: () => transportOf(redis) });
  const bento = new BentoCache({ default: 'main', ttl: ttlMs, grace: graceMs, stores: { main: store } });
  // It subscribes at its first use.
  await bento.get({ key: 'first' });
  const tags = (key: string): string[] => [groupOf(key)];
  return [
    {
      ready: async () => {},
      peek: () => undefined,
      get: async (key) => (await bento.get({ key })) as Kept | undefined,
      load: async (key, source) => ({
        kept: await bento.getOrSet<Kept>({ key, factory: async () => source(key), tags: tags(key) }),
        isFresh: true,
      }),
      set: (key, kept) => bento.set({ key, value: kept, tags: tags(key) }),
      delete: (key) => bento.delete({ key }),
      invalidateTag: (tag) => bento.deleteByTag({ tags: [tag] }),
      invalidatePattern: async () => {},
      clear: () => bento.clear(),
      flush: async () => {},
      befallBus: (fault) => (fault === 'heal' ? redis.heal() : redis.cut()),
      state: () => ({ areTiersWell: true, isBusLive: true, entries: 0, bytes: 0, tierErrors: 0, refused: 0, loads: 0, notes: '' }),
      close: async () => {
        await bento.disconnectAll();
        await redis.close();
      },
    },
  ];
}

function driverOf(redis: PeerRedis): Driver {
  const driver: Driver = {
    type: 'l2',
    namespace: () => driver,
    get: (key) => redis.get(key),
    pull: async (key) => {
      const text = await redis.get(key);
      await redis.delete([key]);
      return text;
    },
    set: async (key, text, ttl) => {
      await redis.set(key, text, ttl);
      return true;
    },
    clear: () => redis.clear(),
    delete: (key) => redis.delete([key]),
    deleteMany: (keys) => redis.delete(keys),
    disconnect: async () => {},
  };
  return driver;
}

function transportOf(redis: PeerRedis): Transport {
  let id: string = randomUUID();
  const transport: Transport = {
    setId: (given) => {
      id = given;
      return transport;
    },
    onReconnect: (action) => redis.onReconnect(action),
    publish: (channel, payload) => redis.publish(channel, JSON.stringify({ id, payload })),
    subscribe: (channel, handle) =>
      redis.subscribe(channel, (text) => {
        const message = JSON.parse(text) as { readonly id: string; readonly payload: Parameters<typeof handle>[0] };
        if (message.id !== id) void handle(message.payload);
      }),
    unsubscribe: async () => {},
    disconnect: async () => {},
  };
  return transport;
}
