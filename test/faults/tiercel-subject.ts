import { createCache, kind, type RemoteTier } from '../../src/index.ts';
import { lmdb } from '../../src/tiers/lmdb/lmdb-tier.ts';
import type { NodePlan, TierPlan } from './node-plan.ts';
import type { Kept, Subject } from './subject.ts';

/** Event times are so many milliseconds after this. */
const FIRST_EVENT_AT = Date.UTC(2026, 0, 1);

/** Caches of Tiercel as a plan wants them, with one source and one bus. */
export function tiercelSubjects(plan: NodePlan): Subject[] {
  return Array.from({ length: plan.members ?? 1 }, (_, member) => tiercelSubject(plan, member));
}

function tiercelSubject(plan: NodePlan, member: number): Subject {
  const { ttlMs = 30_000, graceMs = 60_000, maxEntries = 10_000, loadDeadlineMs = 1_000 } = plan;
  const lifetime = { ttl: ttlMs, grace: graceMs };
  const tags = (key: string): string[] => [key.slice(0, key.indexOf('-'))];
  const cache = createCache({
    name: `${plan.name}/${member}`,
    kinds: {
      versioned: kind<string, Kept>({ lifetime, tags, deadline: loadDeadlineMs }),
      dated: kind<string, Kept>({ lifetime, tags, deadline: loadDeadlineMs, order: ({ n }) => FIRST_EVENT_AT + n }),
    },
    memory: { maxEntries },
    ...(plan.tier && { remote: tierOf(plan.tier) }),
  });
  return {
    ready: async () => {},
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
    flush: () => cache.flush(),
    state: () => {
      const { tiers, memory, total } = cache.stats();
      return {
        areTiersWell: tiers.every(({ state, unwritten }) => state === 'closed' && unwritten === 0),
        isBusLive: true,
        entries: memory.entries,
        bytes: memory.bytes,
        tierErrors: tiers.reduce((sum, { errors, writeErrors }) => sum + errors + writeErrors, 0),
        refused: tiers.reduce((sum, { refused }) => sum + refused, 0),
        loads: total.loads,
        notes: tiers
          .map(({ name, state, unwritten, givenUp }) => `${name} ${state}, ${unwritten} unwritten, ${givenUp} given up`)
          .join('; '),
      };
    },
    close: () => cache.close(),
  };
}

function tierOf(plan: TierPlan): RemoteTier {
  if (plan.kind === 'lmdb') return lmdb({ path: plan.path, ...(plan.maxBytes !== undefined && { maxBytes: plan.maxBytes }) });
  throw new Error(`There is no tier "${plan.kind}" yet`);
}
