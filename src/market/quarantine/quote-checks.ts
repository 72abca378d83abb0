import { durationText } from '../../time/duration.ts';
import { type AssetClass, mayBeNegative } from '../instrument/asset-class.ts';
import { type Refusal, refused } from './verdict.ts';

/** When a value is too far from now to be believed. */
export interface TimeBounds {
  readonly maxAheadMs: number;
  readonly maxAgeMs: number;
}

/** What is left of a quote that could be read: what moves are judged by. */
export interface PricePoint {
  readonly price: number;
  readonly asOf: number;
  /** Who told it; empty where that is not said. */
  readonly source: string;
}

/**
 * Reads a quote or a trade, or says what is wrong with it.
 *
 * Sources write 0 where they have no bid, no ask, no range of the day, and the price of
 * a closed market may stand outside all three: none of that is a fault. Only bid and ask
 * that are both there can be crossed.
 */
export function readPrice(value: unknown, assetClass: AssetClass, now: number, bounds: TimeBounds): PricePoint | Refusal {
  if (typeof value !== 'object' || value === null) return refused('empty', `There is no quote but ${kindOf(value)}`);
  const { price, asOf, bid, ask, high, low, source } = value as Record<string, unknown>;
  if (price === undefined || price === null) return refused('empty', 'There is no price');
  if (!isNumber(price)) return refused('not-a-number', `The price is ${shown(price)}`);
  const negative = mayBeNegative(assetClass);
  if (price <= 0 && !negative) return refused('not-positive', `The price of the ${assetClass} is ${price}`);
  for (const [name, side] of Object.entries({ bid, ask, high, low })) {
    if (side === undefined || side === null) continue;
    if (!isNumber(side)) return refused('not-a-number', `The ${name} is ${shown(side)}`);
    if (side < 0 && !negative) return refused('not-positive', `The ${name} of the ${assetClass} is ${side}`);
  }
  if (isThere(bid) && isThere(ask) && bid > ask) return refused('crossed', `The bid of ${bid} is above the ask of ${ask}`);
  if (isThere(high) && isThere(low) && high < low) return refused('inconsistent', `The high of ${high} is below the low of ${low}`);
  const faultyTime = timeFault(asOf, now, bounds);
  return faultyTime ?? { price, asOf: Number(asOf), source: typeof source === 'string' ? source : '' };
}

/** What is wrong with the time of a value; `undefined` for nothing. */
export function timeFault(asOf: unknown, now: number, { maxAheadMs, maxAgeMs }: TimeBounds): Refusal | undefined {
  if (!isNumber(asOf)) return refused('not-a-number', `Its time is ${shown(asOf)}`);
  const ageMs = now - asOf;
  if (ageMs < -maxAheadMs) return refused('future', `Its time is ${durationText(-ageMs)} ahead of now`);
  return ageMs > maxAgeMs ? refused('too-old', `It is ${durationText(ageMs)} old, and ${durationText(maxAgeMs)} are allowed`) : undefined;
}

/** Whether something is a number that one can reckon with. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** What something is that is no number, briefly and without asking it. */
export function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : kindOf(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'string' ? 'text' : typeof value;
}

/** Of prices that say 0 for nothing: whether there is one. */
function isThere(side: unknown): side is number {
  return typeof side === 'number' && side !== 0;
}
