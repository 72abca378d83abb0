import type { EntryInfo } from '../../cache/reading/entry-info.ts';
import type { Instrument } from '../instrument/instrument.ts';
import type { MarketHours } from '../lifetime/market-hours.ts';

/** A value of the market, and where it is from. Instants are epoch milliseconds. */
export interface MarketAnswer<V> {
  readonly instrument: Instrument;
  readonly value: V;
  /** Who told it; `undefined` where nobody said so. */
  readonly source: string | undefined;
  /** When it was true at its source; `undefined` where the source did not say. */
  readonly eventAt: number | undefined;
  /** When the source was asked for it. */
  readonly askedAt: number;
  /** `memory`, the name of a remote tier, or `source`. */
  readonly tier: string;
  /** Whether it is past its lifetime, and stands in. */
  readonly isStale: boolean;
  /** What its venue is doing now, and why. */
  readonly phase: string;
  readonly phaseReason: string;
  /** Why it lives as long as it does. */
  readonly why: string;
}

/** The answer of an entry; `undefined` where the source has nothing. */
export function answerOf<V>(instrument: Instrument, entry: EntryInfo<V>, hours: MarketHours, now: number): MarketAnswer<V> | undefined {
  if (entry.isNegative || entry.value === undefined) return undefined;
  const { value, source, eventAt, askedAt, tier, outcome, why } = entry;
  const { phase, reason } = hours.phaseAt(now);
  return { instrument, value, source, eventAt, askedAt, tier, isStale: outcome === 'stale', phase, phaseReason: reason, why };
}
