import type { Clock } from '../../time/clock.ts';
import { durationText } from '../../time/duration.ts';
import type { Outcome, Reading } from './reading.ts';

/** A value and what there is to know of it, for people and programs. Instants are epoch milliseconds; all times are whole milliseconds. */
export interface EntryInfo<V> {
  /** `undefined` where the source was asked and has nothing. */
  readonly value: V | undefined;
  readonly isNegative: boolean;
  /** How this read was answered: `hit`, `stale`, `refreshed`, `miss`. */
  readonly outcome: Outcome;
  /** `memory`, the name of a remote tier, or `source`. */
  readonly tier: string;
  /** Milliseconds since the source was asked. */
  readonly ageMs: number;
  readonly askedAt: number;
  /** When the value was true at its source, if the source said so. */
  readonly eventAt: number | undefined;
  readonly staleAt: number;
  readonly deadAt: number;
  readonly tags: readonly string[];
  readonly source: string | undefined;
  readonly isFinal: boolean;
  /** Why it lives as long as it does. */
  readonly why: string;
}

/** What a reading says, on the wall clock. */
export function infoOf<V>({ entry, outcome, tier }: Reading<V>, hand: (value: V) => V, clock: Clock): EntryInfo<V> {
  const now = clock.monotonic();
  const aheadMs = clock.now() - now;
  const { isNegative, eventAt, tags, source, isFinal } = entry;
  return {
    value: isNegative ? undefined : hand(entry.value as V),
    isNegative,
    outcome,
    tier,
    ageMs: Math.round(now - entry.askedAt),
    askedAt: Math.round(entry.askedAt + aheadMs),
    eventAt,
    staleAt: Math.round(entry.staleAt + aheadMs),
    deadAt: Math.round(entry.deadAt + aheadMs),
    tags,
    source,
    isFinal,
    why: entry.why || fixedWhy(entry.staleAt - entry.askedAt, entry.deadAt - entry.staleAt),
  };
}

function fixedWhy(ttlMs: number, graceMs: number): string {
  const ttl = `fresh for ${durationText(ttlMs)}`;
  return graceMs > 0 ? `${ttl}, then ${durationText(graceMs)} of grace` : ttl;
}
