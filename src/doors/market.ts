/**
 * What market data is made of: quotes, bars, intervals, symbols.
 *
 * @packageDocumentation
 */

export { type Bar, resample } from '../market/bar.ts';
export { INTERVALS, type Interval, intervalMs, isInterval } from '../market/interval.ts';
export type { Quote } from '../market/quote.ts';
export { toSymbol } from '../market/symbol.ts';
