import { setTimeout as sleep } from 'node:timers/promises';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { groupOf } from '../keyspace.ts';
import type { NodePlan } from '../node-plan.ts';
import type { Kept, Subject } from '../subject.ts';
import { nothingToTell, redisUrlsOf } from './peer-plan.ts';

/** It subscribes at its first use, and does not tell when that is done. */
const SUBSCRIBED_MS = 500;

/** BentoCache over Redis and its bus over Redis, by the drivers it brings and as its guide sets them up. */
export async function bentocacheSubjects(plan: NodePlan): Promise<Subject[]> {
  const { ttlMs = 30_000, graceMs = 60_000, maxEntries = 10_000 } = plan;
  const { tier, bus } = redisUrlsOf(plan);
  const store = bentostore()
    .useL1Layer(memoryDriver({ maxItems: maxEntries }))
    .useL2Layer(redisDriver({ connection: connectionTo(tier) }))
    .useBus(redisBusDriver({ connection: connectionTo(bus) }));
  const bento = new BentoCache({ default: 'main', ttl: ttlMs, grace: graceMs, stores: { main: store } });
  const tags = (key: string): string[] => [groupOf(key)];
  return [
    {
      ready: async () => {
        await bento.get({ key: 'first' });
        await sleep(SUBSCRIBED_MS);
      },
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
      befallBus: () => {},
      state: nothingToTell,
      close: () => bento.disconnectAll(),
    },
  ];
}

function connectionTo(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
