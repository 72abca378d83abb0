import type { Bar } from '../market/bar.ts';
import type { Interval } from '../market/interval.ts';
import type { Quote } from '../market/quote.ts';

/** What every call to a provider takes. */
export interface ProviderCall {
  /** Ends the call early; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Which bars are asked for. */
export interface BarsQuery extends ProviderCall {
  readonly interval: Interval;
  /** The first instant wanted, epoch milliseconds. @default the beginning */
  readonly from?: number | undefined;
  /** The first instant not wanted any more. @default the end */
  readonly to?: number | undefined;
  /** At most so many, the last ones of the range. @default all */
  readonly limit?: number | undefined;
}

/**
 * A source of market data: slow, rate-limited or expensive, which is why a
 * cache stands before it.
 *
 * "Many" is the primitive, for sources count calls. What a source does not
 * know is absent from the answer and is no error; an error says that the source
 * could not be asked.
 */
export interface Provider {
  /** Names the source in quotes, telemetry and errors: `replay`. */
  readonly name: string;
  /** The symbols that can be asked for, in order. */
  symbols(): readonly string[];
  /** The intervals in which bars of a symbol can be had; none for an unknown symbol. */
  intervals(symbol: string): readonly Interval[];
  /** The quotes of the symbols it knows. */
  quotes(symbols: readonly string[], call: ProviderCall): Promise<Map<string, Quote>>;
  /** Bars in order of time; `undefined` where {@link Provider.intervals} does not tell that interval. */
  bars(symbol: string, query: BarsQuery): Promise<readonly Bar[] | undefined>;
}
