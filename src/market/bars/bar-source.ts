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

/** Asks for bars, in order of time: whatever there is in the range. It fails where it could not ask, and never answers with nothing instead. */
export type BarSource = (call: BarCall) => Promise<readonly Bar[]>;
