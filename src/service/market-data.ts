import type { Interval } from '../market/interval.ts';
import type { Problem } from './problem.ts';
import type { WireBars, WireQuote } from './wire.ts';

/** Which bars are asked for. Instants are epoch milliseconds; `to` is the first that is not wanted. */
export interface BarsRequest {
  readonly interval: Interval;
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** At most so many, the last ones. */
  readonly limit: number;
}

/** Market data as the service tells it: each value with how fresh it is. */
export interface MarketData {
  /** The symbols that can be asked for, each with the intervals of its bars. */
  symbols(): readonly { readonly symbol: string; readonly intervals: readonly Interval[] }[];
  /** A quote, or why there is none, for each symbol. */
  quotes(symbols: readonly string[]): Promise<ReadonlyMap<string, WireQuote | Problem>>;
  /** @throws Problem when there are none. */
  bars(symbol: string, request: BarsRequest): Promise<WireBars>;
}
