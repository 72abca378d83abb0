import { type AssetClass, mayBeNegative } from '../instrument/asset-class.ts';
import { isNumber, shown } from './quote-checks.ts';
import { type Refusal, refused } from './verdict.ts';

/** Sources round the prices of a bar each by itself, and adjusted ones by a factor: so much they may contradict each other. */
const ROUNDING = 1e-4;

/** A close this many times off those on both sides of it is none. */
const SPIKE = 4;

/** What of a bar the next is judged by. */
interface BarEnd {
  readonly startAt: number;
  readonly close: number;
}

/**
 * What is wrong with a list of bars; `undefined` for nothing. An empty list is fine:
 * nothing traded on a holiday.
 *
 * @param latestAt the last instant at which a bar may begin: epoch milliseconds.
 */
export function barsFault(value: unknown, assetClass: AssetClass, latestAt: number): Refusal | undefined {
  if (!Array.isArray(value)) return refused('empty', 'There is no list of bars');
  const bars: readonly unknown[] = value;
  const closes: number[] = [];
  const at = (index: number, fault: Refusal): Refusal => ({ ...fault, detail: `Bar ${index + 1} of ${bars.length}: ${fault.detail}` });
  let before = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < bars.length; index += 1) {
    const read = readBar(bars[index], assetClass, latestAt, before);
    if ('ok' in read) return at(index, read);
    before = read.startAt;
    closes.push(read.close);
    // Options do this, and an index of volatility may.
    const spike = assetClass === 'option' || assetClass === 'index' ? undefined : spikeBefore(closes);
    if (spike) return at(index - 1, spike);
  }
  return undefined;
}

/** Whether the last bar but one stands alone, far from both beside it, which are near each other: a slip, not a move. */
function spikeBefore(closes: readonly number[]): Refusal | undefined {
  const [left = 0, close = 0, right = 0] = closes.slice(-3);
  if (closes.length < 3 || Math.min(left, close, right) <= 0) return undefined;
  const factor = Math.min(factorBetween(left, close), factorBetween(close, right));
  if (factor < SPIKE || factorBetween(left, right) > 2) return undefined;
  return refused('outlier', `its close of ${close} is a factor of ${Number(factor.toPrecision(2))} off those before and after it`);
}

function factorBetween(one: number, other: number): number {
  return Math.max(one, other) / Math.min(one, other);
}

/** Reads a bar, or says what is wrong with it. */
function readBar(value: unknown, assetClass: AssetClass, latestAt: number, before: number): Refusal | BarEnd {
  if (typeof value !== 'object' || value === null) return refused('empty', 'there is none');
  const { startAt, open, high, low, close, volume } = value as Record<string, unknown>;
  if (!isNumber(startAt)) return refused('not-a-number', `its start is ${shown(startAt)}`);
  if (startAt <= before) return refused('disordered', `it begins at ${startAt}, no later than the one before`);
  if (startAt > latestAt) return refused('future', `it begins at ${startAt}, after now`);
  if (!isNumber(open) || !isNumber(high) || !isNumber(low) || !isNumber(close)) {
    const [name, price] = Object.entries({ open, high, low, close }).find(([, each]) => !isNumber(each)) ?? [];
    return refused('not-a-number', `its ${name} is ${shown(price)}`);
  }
  const lowest = Math.min(open, high, low, close);
  if (lowest <= 0 && !mayBeNegative(assetClass)) return refused('not-positive', `a price of the ${assetClass} is ${lowest}`);
  const slack = Math.abs(high) * ROUNDING;
  if (high + slack < low) return refused('inconsistent', `its high of ${high} is below its low of ${low}`);
  if (high + slack < Math.max(open, close)) return refused('inconsistent', `its high of ${high} is below its open or close`);
  if (low - slack > Math.min(open, close)) return refused('inconsistent', `its low of ${low} is above its open or close`);
  if (volume !== undefined && volume !== null && !(isNumber(volume) && volume >= 0))
    return refused(isNumber(volume) ? 'inconsistent' : 'not-a-number', `its volume is ${shown(volume)}`);
  return { startAt, close };
}
