import type { Bar } from '../bar.ts';
import { type Interval, intervalMs } from '../interval.ts';

/** Whose bars, and which. */
export interface BarSubject {
  readonly symbol: string;
  readonly interval: Interval;
  /** Whether prices are told after splits and dividends that came later. @default false */
  readonly isAdjusted?: boolean;
}

/** Which bars a source is asked for. */
export interface BarCall extends BarSubject {
  /** Bars that begin from `from` up to `to`: epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Aborted when the answer is of no use any more: the deadline has passed. */
  readonly signal: AbortSignal;
}

/** Asks for bars: whatever there is in the range. It fails where it could not ask, and never answers with nothing instead. */
export type BarSource = (call: BarCall) => Promise<readonly Bar[]>;

/**
 * What a source answered, in order of time, of each instant the last it told.
 *
 * @throws TypeError when it is no list, or bars in it do not begin at multiples of their interval: when such a bar is final nobody could say.
 */
export function inOrder(answer: readonly Bar[], { symbol, interval }: BarSubject): readonly Bar[] {
  if (!Array.isArray(answer)) throw new TypeError(`The source of ${interval} bars of ${symbol} answered with no list of bars`);
  const length = intervalMs(interval);
  const byInstant = new Map<number, Bar>();
  let isOrdered = true;
  let last = Number.NEGATIVE_INFINITY;
  for (const bar of answer as readonly Bar[]) {
    const startAt: unknown = bar?.startAt;
    if (typeof startAt !== 'number' || !Number.isFinite(startAt)) continue;
    if (startAt % length !== 0)
      throw new TypeError(
        `A ${interval} bar of ${symbol} begins at ${instantText(startAt)}; bars begin at multiples of their interval in UTC`,
      );
    if (startAt <= last) isOrdered = false;
    last = startAt;
    byInstant.set(startAt, bar);
  }
  const bars = [...byInstant.values()];
  return isOrdered ? bars : bars.toSorted((one, other) => one.startAt - other.startAt);
}

function instantText(at: number): string {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at);
}
