import type { Bus } from '../../src/bus/bus.ts';
import { BusHub } from '../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../src/bus/in-process/in-process-bus.ts';
import { lmdbBus } from '../../src/bus/lmdb/lmdb-bus.ts';
import { nats } from '../../src/bus/nats/nats-bus.ts';
import { redisBus } from '../../src/bus/redis/redis-bus.ts';
import { createCache, kind, type RemoteTier } from '../../src/index.ts';
import { ChaosBus } from '../../src/testing/chaos-bus.ts';
import { lmdb } from '../../src/tiers/lmdb/lmdb-tier.ts';
import { redis } from '../../src/tiers/redis/redis-tier.ts';
import type { BusFault, BusPlan, NodePlan, TierPlan } from './node-plan.ts';
import type { Kept, Subject } from './subject.ts';

/** Event times are so many milliseconds after this. */
const FIRST_EVENT_AT = Date.UTC(2026, 0, 1);

/** Caches of Tiercel as a plan wants them, with one source and one bus. */
export function tiercelSubjects(plan: NodePlan): Subject[] {
  const hub = new BusHub();
  return Array.from({ length: plan.members ?? 1 }, (_, member) => tiercelSubject(plan, member, hub));
}

function tiercelSubject(plan: NodePlan, member: number, hub: BusHub): Subject {
  const { ttlMs = 30_000, graceMs = 60_000, maxEntries = 10_000, loadDeadlineMs = 1_000 } = plan;
  const lifetime = { ttl: ttlMs, grace: graceMs };
  const tags = (key: string): string[] => [key.slice(0, key.indexOf('-'))];
  const own = { lifetime, tags, deadline: loadDeadlineMs, lease: plan.lease ?? false };
  const bus = plan.bus && new ChaosBus(busOf(plan.bus, hub), { seed: process.pid + member });
  const cache = createCache({
    name: `${plan.name}/${member}`,
    kinds: {
      versioned: kind<string, Kept>(own),
      dated: kind<string, Kept>({ ...own, order: ({ n }) => FIRST_EVENT_AT + n }),
    },
    memory: { maxEntries, ...(plan.maxEntryBytes !== undefined && { maxEntryBytes: plan.maxEntryBytes }) },
    ...(plan.tier && { remote: tierOf(plan.tier) }),
    ...(bus && { bus }),
  });
  const live = Promise.withResolvers<void>();
  cache.on('bus', ({ state }) => {
    if (state === 'live') live.resolve();
  });
  if (!bus || plan.waitsForBus === false) live.resolve();
  return {
    ready: () => live.promise,
    peek: (key) => cache.peek<Kept>(key),
    get: (key) => cache.get<Kept>(key),
    load: async (key, source) => {
      const [face, argument] = key.startsWith('dated:') ? [cache.dated, key.slice(6)] : [cache.versioned, key.slice(10)];
      const { value, outcome, tier } = await face.entryOrLoad(argument, () => source(key));
      return { kept: value, isFresh: outcome !== 'stale', tier };
    },
    set: (key, kept) => cache.set(key, kept),
    delete: (key) => cache.delete(key),
    invalidateTag: (tag) => cache.invalidate({ tag }),
    invalidatePattern: (pattern) => cache.invalidate({ pattern }),
    clear: () => cache.clear(),
    befallBus: (fault) => befall(bus, fault),
    flush: () => cache.flush(),
    state: () => {
      const { tiers, memory, bus: link } = cache.stats();
      return {
        areTiersWell: tiers.every(({ state, unwritten }) => state === 'closed' && unwritten === 0),
        isTierOpen: tiers.some(({ state }) => state !== 'closed'),
        isBusLive: link === undefined || link.state === 'live',
        entries: memory.entries,
        bytes: memory.bytes,
        tierErrors: tiers.reduce((sum, { errors, writeErrors }) => sum + errors + writeErrors, 0),
        refused: tiers.reduce((sum, { refused }) => sum + refused, 0),
        notes: [
          ...tiers.map(({ name, state, unwritten, givenUp }) => `${name} ${state}, ${unwritten} unwritten, ${givenUp} given up`),
          link ? `${link.name} ${link.state} ${link.reason}` : '',
        ].join('; '),
      };
    },
    close: () => cache.close(),
  };
}

function tierOf(plan: TierPlan): RemoteTier {
  if (plan.kind === 'redis') {
    const { kind: _, ...options } = plan;
    return redis(options);
  }
  return lmdb({ path: plan.path, ...(plan.maxBytes !== undefined && { maxBytes: plan.maxBytes }) });
}

function busOf(plan: BusPlan, hub: BusHub): Bus {
  if (plan.kind === 'in-process') return inProcessBus({ hub });
  if (plan.kind === 'lmdb') return lmdbBus({ path: plan.path });
  if (plan.kind === 'nats') return nats({ servers: plan.servers });
  return redisBus({ url: plan.url });
}

function befall(bus: ChaosBus | undefined, fault: BusFault): void {
  if (fault === 'cut') bus?.cut();
  if (fault === 'silent cut') bus?.cut({ silent: true });
  if (fault === 'heal') bus?.heal();
  if (fault !== 'rough') return;
  const times = Number.POSITIVE_INFINITY;
  const of = ['message', 'beat'] as const;
  bus?.drop({ of, times, share: 0.1 });
  bus?.duplicate({ of, times, share: 0.2 });
  bus?.reorder({ of, times, share: 0.2 });
  bus?.delay(100, { of, times, share: 0.2 });
}
