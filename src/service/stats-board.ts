import type { Cache } from '../cache/cache.ts';
import type { HealthStatus } from '../cache/health.ts';
import type { CacheStats, KindStats, TierStats } from '../cache/stats.ts';
import type { CountedProvider } from './counted-provider.ts';
import type { ReadLog } from './read-log.ts';
import { Refusals } from './refusals.ts';
import { VERSION } from './version.ts';
import type { WireBus, WireKind, WireMoment, WireReads, WireStats, WireTier } from './wire.ts';

/** How many of the keys read most are told. */
const HOTTEST = 10;
/** How many seconds of the past are told to who begins to follow. */
const HISTORY_SECONDS = 120;

/** What the service is besides its numbers. */
export interface ServiceState {
  readonly startedAt: number;
  readonly isDraining: boolean;
  readonly isDemo: boolean;
  readonly isCacheEnabled: boolean;
}

/** Puts the statistics together, from all who count. */
export class StatsBoard {
  readonly #cache: Pick<Cache, 'stats'>;
  readonly #refusals: Refusals;
  readonly #provider: CountedProvider;
  readonly #log: ReadLog;
  readonly #state: () => ServiceState;
  readonly #now: () => number;
  readonly #history: WireMoment[] = [];

  constructor(cache: Pick<Cache, 'stats' | 'on'>, provider: CountedProvider, log: ReadLog, state: () => ServiceState, now: () => number) {
    this.#cache = cache;
    this.#refusals = new Refusals(cache);
    this.#provider = provider;
    this.#log = log;
    this.#state = state;
    this.#now = now;
  }

  /** The statistics as they are now. */
  stats(): WireStats {
    const { kinds, total, memory, tiers, bus, health, encryption } = this.#cache.stats();
    const { name, calls, failedCalls } = this.#provider;
    return {
      at: this.#now(),
      service: { version: VERSION, ...this.#state() },
      ...readsOf(total),
      loadsSaved: total.hits + total.stale + total.joined,
      memory,
      provider: { name, calls, failedCalls },
      window: this.#log.window(),
      kinds: Object.entries(kinds).flatMap(([kind, stats]) => (kind === '' ? [] : [wireKind(kind, stats)])),
      tiers: tiers.map((tier) => wireTier(tier, this.#refusals)),
      bus: bus ? wireBus(bus) : null,
      health,
      encryption,
      hottest: this.#log.hottest(HOTTEST),
    };
  }

  /** How the cache is, why, and which tiers are left alone, for they fail. */
  get health(): { readonly status: HealthStatus; readonly reasons: readonly string[]; readonly downTiers: readonly string[] } {
    const { tiers, health } = this.#cache.stats();
    return { ...health, downTiers: tiers.flatMap(({ name, isUp }) => (isUp ? [] : [name])) };
  }

  /** Notes how things stand, for the rates; to be called once a second. */
  note(): void {
    const { total } = this.#cache.stats();
    this.#log.note({ requests: total.requests, served: total.hits + total.stale, loads: total.loads + total.loadErrors });
    const { requestsPerSecond, hitRatio } = this.#log.window();
    this.#history.push({ requestsPerSecond, hitRatio });
    if (this.#history.length > HISTORY_SECONDS) this.#history.shift();
  }

  /** The last two minutes, a moment a second, oldest first. */
  get history(): readonly WireMoment[] {
    return this.#history;
  }
}

function readsOf({ requests, hits, stale, misses, errors, hitRatio }: KindStats): WireReads {
  return { requests, hits, stale, misses, errors, hitRatio: requests === 0 ? null : hitRatio };
}

function wireKind(name: string, stats: KindStats): WireKind {
  const { entries, loads, loadErrors, joined, loadMs, writes, evicted, evictions, leases, loadedElsewhere } = stats;
  const ended = loads + loadErrors;
  const meanLoadMs = ended === 0 ? null : loadMs / ended;
  return { name, ...readsOf(stats), entries, loads, loadErrors, joined, meanLoadMs, writes, evicted, evictions, leases, loadedElsewhere };
}

function wireTier(stats: TierStats, refusals: Refusals): WireTier {
  const { name, isUp, state, hits, misses, errors, refused, writes, writeErrors, unwritten, givenUp } = stats;
  return { name, isUp, state, hits, misses, errors, refused, refusedBy: refusals.of(name), writes, writeErrors, unwritten, givenUp };
}

function wireBus({ lagMs, lostCount, ...stats }: NonNullable<CacheStats['bus']>): WireBus {
  return { ...stats, lagMs: lagMs < 0 ? null : lagMs, overflows: lostCount };
}
