/**
 * What the service says, as JSON: read by the dashboard and the command line.
 *
 * Instants are epoch milliseconds; ratios go from 0 to 1 and are `null` before
 * there was anything to count.
 *
 * @packageDocumentation
 */

import type { Comparison } from '../analytics/ghost-runs.ts';
import type { Curve } from '../analytics/part-curves.ts';
import type { Explanation } from '../cache/explanation.ts';
import type { Health } from '../cache/health.ts';
import type { CacheStats } from '../cache/stats.ts';
import type { Bar } from '../market/bar.ts';
import type { Phase } from '../market/calendar/phase.ts';
import type { Confidence } from '../market/calendar/span.ts';
import type { Interval } from '../market/interval.ts';
import type { Quote } from '../market/quote.ts';
import type { Eviction, EvictionStats } from '../telemetry/evictions.ts';

/** How a value was come by: `bypass` when the cache is switched off. */
export type WireOutcome = 'hit' | 'stale' | 'refreshed' | 'miss' | 'bypass';

/** How fresh an answer is. */
export interface WireFreshness {
  readonly outcome: WireOutcome;
  /** Milliseconds since the source was asked. */
  readonly age: number;
  /** When it stops being fresh. */
  readonly staleAt: number;
}

/** A quote, and how fresh it is. */
export type WireQuote = Quote & WireFreshness;

/** Why there is no answer for one of the things asked for. */
export interface WireFailure {
  readonly code: string;
  readonly detail: string;
}

/** `GET /v1/quotes` */
export interface WireQuotes {
  readonly quotes: Readonly<Record<string, WireQuote>>;
  /** By the symbol that has no quote. */
  readonly errors: Readonly<Record<string, WireFailure>>;
}

/** `GET /v1/symbols` */
export interface WireSymbols {
  readonly symbols: readonly { readonly symbol: string; readonly intervals: readonly Interval[] }[];
}

/** `GET /v1/bars/{symbol}` */
export interface WireBars extends WireFreshness {
  readonly symbol: string;
  readonly interval: Interval;
  readonly source: string;
  readonly bars: readonly Bar[];
  /** Whether there are earlier bars in the range, left out for the limit. */
  readonly isTruncated: boolean;
}

/** `GET /v1/venues` */
export interface WireVenues {
  readonly venues: readonly {
    readonly mic: string;
    readonly title: string;
    readonly timeZone: string;
    /** The first and the last date that is known and not projected. */
    readonly coverage: { readonly from: string; readonly to: string } | null;
    readonly aliases: readonly string[];
  }[];
}

/** `GET /v1/venues/{mic}/phase` */
export interface WireVenuePhase {
  readonly mic: string;
  readonly at: number;
  readonly phase: Phase;
  /** Why, in words. */
  readonly reason: string;
  /** The date of the session; `null` while the venue is closed. */
  readonly session: string | null;
  /** `null` when it never does. */
  readonly nextChange: number | null;
  /** Of regular sessions, as is `nextClose`: strictly after `at`. */
  readonly nextOpen: number | null;
  readonly nextClose: number | null;
  readonly isEarlyClose: boolean;
  readonly confidence: Confidence;
}

/** `GET /v1/entries/{kind}/{key}` */
export interface WireEntry extends WireFreshness {
  readonly kind: string;
  readonly key: string;
  readonly value: unknown;
  readonly tags: readonly string[];
}

/** `PUT /v1/entries/{kind}/{key}` */
export interface WireStored {
  readonly kind: string;
  readonly key: string;
  /** Not when a newer value was there. */
  readonly isStored: boolean;
}

/** What was asked and how it was answered: `hits + stale + misses + errors` is `requests`. */
export interface WireReads {
  readonly requests: number;
  readonly hits: number;
  readonly stale: number;
  readonly misses: number;
  readonly errors: number;
  /** Hits and stale answers in all requests. */
  readonly hitRatio: number | null;
}

/** An entry that left memory for want of room, and why. */
export type WireEviction = Eviction;

/** How many entries left memory for want of room: why they did, and of what age. */
export type WireEvictions = EvictionStats;

/** How full memory is, and who leaves when it is full. */
export type WireMemoryUsage = CacheStats['memory'];

/** One kind of data in the statistics. */
export interface WireKind extends WireReads {
  readonly name: string;
  readonly entries: number;
  readonly loads: number;
  readonly loadErrors: number;
  /** Reads that waited for a load another had begun. */
  readonly joined: number;
  readonly meanLoadMs: number | null;
  readonly writes: number;
  readonly evicted: number;
  /** The same by why, for want of what, under which policy and of what age. */
  readonly evictions: WireEvictions;
  /** Loads made with the lease of their key. */
  readonly leases: number;
  /** Loads not made, for another process had brought the value. */
  readonly loadedElsewhere: number;
}

/** One tier beyond memory in the statistics. */
export interface WireTier {
  readonly name: string;
  readonly isUp: boolean;
  /** Of the breaker before it: `closed` when calls go through, `open` when it is left alone, `half-open` when it is tried. */
  readonly state: string;
  readonly hits: number;
  readonly misses: number;
  readonly errors: number;
  /** Bytes handed back that were not taken: corrupt, foreign, of another form. */
  readonly refused: number;
  /** The same by what was wrong with them. */
  readonly refusedBy: Readonly<Record<string, number>>;
  readonly writes: number;
  readonly writeErrors: number;
  /** Writes that failed and wait for their next try. */
  readonly unwritten: number;
  /** Writes that failed and were given up, for too many were waiting. */
  readonly givenUp: number;
}

/** What keeps this service in step with others, and how well it does. */
export type WireBus = Omit<NonNullable<CacheStats['bus']>, 'lagMs' | 'lostCount'> & {
  /** Milliseconds that the last sign of life took to come back; `null` before the first. */
  readonly lagMs: number | null;
  /** Times when more had to be told than could wait. */
  readonly overflows: number;
};

/** What happened in the last seconds. */
export interface WireWindow {
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly loadsPerSecond: number;
  readonly hitRatio: number | null;
  /** Of reads through the service, in milliseconds; `null` when there were none. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** `GET /v1/stats`, and each event of `GET /v1/live`. */
export interface WireStats extends WireReads {
  readonly at: number;
  readonly service: {
    readonly version: string;
    readonly startedAt: number;
    readonly isDraining: boolean;
    readonly isDemo: boolean;
    readonly isCacheEnabled: boolean;
  };
  /** Requests that needed no load of their own: hits, stale answers, and reads that joined a load. */
  readonly loadsSaved: number;
  readonly memory: WireMemoryUsage;
  readonly provider: { readonly name: string; readonly calls: number; readonly failedCalls: number };
  readonly window: WireWindow;
  readonly kinds: readonly WireKind[];
  readonly tiers: readonly WireTier[];
  /** `null` when the service is alone, or knows of no others. */
  readonly bus: WireBus | null;
  /** How the cache is, and why. */
  readonly health: Health;
  /** What each encryption key has done since the start, by its id. */
  readonly encryption: CacheStats['encryption'];
  /** The keys read most, as near as a short list can tell. */
  readonly hottest: readonly { readonly key: string; readonly reads: number }[];
}

/** One second of the past: the first event of `GET /v1/live` tells the last of them, oldest first. */
export interface WireMoment {
  readonly requestsPerSecond: number;
  readonly hitRatio: number | null;
}

/** `GET /v1/keys` */
export interface WireKeys {
  readonly keys: readonly string[];
  /** Give it as `cursor` to go on; `null` at the end. */
  readonly cursor: string | null;
}

/** `GET /v1/explain/{key}` */
export type WireExplanation = Explanation & {
  /** When this was told. */
  readonly at: number;
};

/** `GET /v1/memory` and `PATCH /v1/memory` */
export interface WireMemory {
  /** When this was told. */
  readonly at: number;
  readonly usage: WireMemoryUsage;
  readonly kinds: readonly { readonly name: string; readonly entries: number; readonly evictions: WireEvictions }[];
  /** The last that left for want of room, newest first. */
  readonly evictions: readonly WireEviction[];
  /** What all kinds would hit in a smaller or larger memory; `null` while too little is known, or where kinds have parts of their own. */
  readonly curve: Curve | null;
  /** The same of each kind of which enough is known. */
  readonly curves: Readonly<Record<string, Curve>>;
  /** How other policies did beside the one in use, on a sample of the requests; `null` before any did. */
  readonly comparison: Comparison | null;
}

/** What `PATCH /v1/memory` changes; what is left out stays as it is. */
export interface WireMemoryChange {
  readonly maxEntries?: number;
  /** Bytes, or text such as `512mb`. */
  readonly maxBytes?: number | string;
  readonly policy?: string;
}

/** `POST /v1/invalidate` */
export interface WireInvalidated {
  readonly selector: string;
}

/** `GET /readyz`: 200 for all but `draining`, for a service that does without a tier or its bus answers all the same. */
export interface WireHealth {
  /** `degraded`: without a tier. `suspect`: news of others may be missing, and memory is believed for a short while only. */
  readonly status: 'ok' | 'degraded' | 'suspect' | 'draining';
  /** Why it is not `ok`, in words. */
  readonly reasons: readonly string[];
  /** Tiers that do not answer; the service goes on without them. */
  readonly down: readonly string[];
}

/** One answer of `POST /v1/entries:batch`, in the order of what was asked. */
export interface WireBatchResult {
  readonly ok: boolean;
  readonly entry?: WireEntry;
  readonly error?: WireFailure;
}

/** An error, after RFC 9457. */
export interface WireProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What to do about it. */
  readonly detail: string;
  /** For programs; stable across releases. */
  readonly code: string;
  /** This occurrence, as the service's log knows it. */
  readonly instance: string;
}
