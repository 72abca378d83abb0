import type { Bar } from '../bar.ts';
import type { Interval } from '../interval.ts';

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
}

/** Asks for bars: whatever there is in the range. It fails where it could not ask, and never answers with nothing instead. */
export type BarSource = (call: BarCall) => Promise<readonly Bar[]>;

/** What a source answered, in order of time, of each instant the last it told. @throws TypeError when it is no list. */
export function inOrder(answer: readonly Bar[]): readonly Bar[] {
  if (!Array.isArray(answer)) throw new TypeError('A source of bars must answer with a list of them');
  const isOrdered = answer.every((bar, at) => at === 0 || answer[at - 1].startAt < bar.startAt);
  if (isOrdered && answer.every(({ startAt }) => Number.isFinite(startAt))) return answer;
  const byInstant = new Map<number, Bar>();
  for (const bar of answer) if (Number.isFinite(bar?.startAt)) byInstant.set(bar.startAt, bar);
  return [...byInstant.values()].toSorted((one, other) => one.startAt - other.startAt);
}
