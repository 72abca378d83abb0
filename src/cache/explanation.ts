import { type Entry, isFresh } from '../entry/entry.ts';
import type { Eviction } from '../telemetry/evictions.ts';
import type { Clock } from '../time/clock.ts';
import { durationText } from '../time/duration.ts';
import type { AnyEngine } from './kind-routes.ts';
import { type EntryInfo, infoOf } from './reading/entry-info.ts';

/** What one tier has under a key. */
export interface TierExplanation {
  readonly tier: string;
  readonly state: 'fresh' | 'stale' | 'absent';
  /** All that is known of the entry, without its value. */
  readonly entry: Omit<EntryInfo<unknown>, 'value' | 'outcome' | 'tier'> | undefined;
}

/** What every tier has under a key, and what a read of it would meet. */
export interface Explanation {
  readonly key: string;
  /** Empty for a plain key. */
  readonly kind: string;
  readonly argument: string;
  readonly namespace: string;
  readonly tiers: readonly TierExplanation[];
  /** When and why it last left memory for want of room, newest first; as far as that is remembered. */
  readonly evictions: readonly Eviction[];
  /** Whether a load is under way that a read would wait for. */
  readonly isLoading: boolean;
  /** Whether the source is left alone after a failed refresh, and the stale value served. */
  readonly isBackingOff: boolean;
  /** In words: what a read would do. */
  readonly verdict: string;
}

/** Explains one tier. */
export function explainTier(tier: string, entry: Entry<unknown> | undefined, clock: Clock): TierExplanation {
  if (!entry) return { tier, state: 'absent', entry: undefined };
  const { value, outcome, tier: _, ...rest } = infoOf({ entry, outcome: 'hit', tier }, (kept) => kept, clock);
  return { tier, state: isFresh(entry, clock.monotonic()) ? 'fresh' : 'stale', entry: rest };
}

/** What a read would do, in words. */
export function verdictOf(tiers: readonly TierExplanation[], engine: AnyEngine, argument: string): string {
  const fresh = tiers.find(({ state }) => state === 'fresh');
  if (fresh) return `${fresh.tier} has a fresh value: a read is a hit, for another ${durationText(leftMs(fresh, engine.clock))}`;
  const stale = tiers.find(({ state }) => state === 'stale');
  if (engine.flights.get(argument)) return stale ? 'a load is under way, and a stale value can stand in' : 'a load is under way';
  if (stale && engine.backoff.isWaiting(argument, engine.clock.monotonic()))
    return 'the last refresh failed: the stale value is served until the next try';
  if (stale) return `${stale.tier} has a stale value: a read loads, and falls back on it`;
  return 'no tier has it: a read loads, or finds nothing';
}

function leftMs(tier: TierExplanation, clock: Clock): number {
  return Math.max(0, (tier.entry?.staleAt ?? 0) - clock.now());
}
