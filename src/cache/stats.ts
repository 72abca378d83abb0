import type { BusStats } from '../bus/news.ts';
import type { KeyUsage } from '../entry/key-ring.ts';
import { KindCounters, type TierCounters } from '../telemetry/counters.ts';
import { EvictionCounters, type EvictionStats } from '../telemetry/evictions.ts';
import type { LocalTierUsage } from '../tiers/local-tier.ts';
import type { Health } from './health.ts';
import type { AnyEngine } from './kind-routes.ts';
import type { SafeTier } from './store/safe-tier.ts';

/** What was asked of one kind since the start, and what it holds now. */
export type KindStats = Readonly<Omit<KindCounters, 'requests'>> & {
  readonly requests: number;
  /** `(hits + stale) / requests`; 0 before the first request. */
  readonly hitRatio: number;
  /** Entries in memory. */
  readonly entries: number;
  /** What left memory for want of room: why, under which policy, and how old it was. */
  readonly evictions: EvictionStats;
  readonly loadsRunning: number;
  readonly loadsQueued: number;
};

/** What was asked of a remote tier since the start, and how it is. */
export type TierStats = Readonly<TierCounters> & {
  readonly name: string;
  /** `closed` when calls go through, `open` when it is left alone, `half-open` when it is tried. */
  readonly state: string;
  /** Whether it can be asked now: it is connected, and not left alone. */
  readonly isUp: boolean;
  /** Writes that failed and wait for their next try. */
  readonly unwritten: number;
  /** Writes that failed and were given up, for too many were waiting. */
  readonly givenUp: number;
};

/** What was asked of a cache since the start, and what it holds now. */
export interface CacheStats {
  readonly name: string;
  readonly namespace: string;
  /** By kind; plain keys stand under the empty name. */
  readonly kinds: Readonly<Record<string, KindStats>>;
  readonly total: KindStats;
  readonly memory: LocalTierUsage;
  readonly tiers: readonly TierStats[];
  /** `undefined` without a bus. */
  readonly bus: BusStats | undefined;
  readonly health: Health;
  /** What the keys of `encryption` have done in this process; empty without them. */
  readonly encryption: readonly KeyUsage[];
}

/** The statistics of one kind. */
export function kindStats(engine: AnyEngine): KindStats {
  return totalStats([engine]);
}

/** The sum of the statistics of kinds. */
export function totalStats(engines: Iterable<AnyEngine>): KindStats {
  const sum: Record<string, number> = { ...new KindCounters() };
  const evictions = new EvictionCounters();
  let entries = 0;
  let loadsRunning = 0;
  let loadsQueued = 0;
  for (const { counters, partition, gate } of engines) {
    for (const [name, count] of Object.entries(counters)) sum[name] = (sum[name] ?? 0) + count;
    evictions.add(partition.evictions);
    entries += partition.size;
    loadsRunning += gate.running;
    loadsQueued += gate.queued;
  }
  return finished(sum as unknown as Omit<KindCounters, 'requests'>, { entries, evictions, loadsRunning, loadsQueued });
}

/** What a remote tier was asked. */
export function tierStats(tier: SafeTier): TierStats {
  const { name, state, isUp, unwritten, givenUp } = tier;
  return { name, state, isUp, unwritten, givenUp, ...tier.report.counters };
}

type Holdings = Pick<KindStats, 'entries' | 'evictions' | 'loadsRunning' | 'loadsQueued'>;

function finished(counters: Omit<KindCounters, 'requests'>, holdings: Holdings): KindStats {
  const requests = counters.hits + counters.stale + counters.misses + counters.errors;
  const hitRatio = requests === 0 ? 0 : (counters.hits + counters.stale) / requests;
  return { ...counters, requests, hitRatio, ...holdings };
}
