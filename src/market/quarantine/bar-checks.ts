import { type AssetClass, mayBeNegative } from '../instrument/asset-class.ts';
import { isNumber, shown } from './quote-checks.ts';
import { type Refusal, refused } from './verdict.ts';

/** Sources round the prices of a bar each by itself, and adjusted ones by a factor: so much they may contradict each other. */
const ROUNDING = 1e-4;

/**
 * What is wrong with a list of bars; `undefined` for nothing. An empty list is fine:
 * nothing traded on a holiday.
 *
 * @param latestAt the last instant at which a bar may begin: epoch milliseconds.
 */
export function barsFault(value: unknown, assetClass: AssetClass, latestAt: number): Refusal | undefined {
  if (!Array.isArray(value)) return refused('empty', 'There is no list of bars');
  const bars: readonly unknown[] = value;
  let before = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < bars.length; at += 1) {
    const fault = barFault(bars[at], assetClass, latestAt, before);
    if (typeof fault !== 'number') return { ...fault, detail: `Bar ${at + 1} of ${bars.length}: ${fault.detail}` };
    before = fault;
  }
  return undefined;
}

/** What is wrong with a bar; for nothing, when it begins. */
function barFault(value: unknown, assetClass: AssetClass, latestAt: number, before: number): Refusal | number {
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
  return startAt;
}
