import { isFxPair, pairsIn } from '../currency-pair.ts';
import type { Instrument } from '../instrument.ts';
import { parseInstrument } from '../parse-instrument.ts';
import type { Doubt, Reading } from '../reading.ts';
import { CRYPTO_VENUE } from '../venue.ts';
import { readPair } from '../venue-symbol.ts';
import { pairOfInstrument, type SymbolMap, type SymbolMapOptions, symbolMap } from './symbol-map.ts';

/** What {@link binanceSymbols} takes. */
export interface BinanceOptions extends SymbolMapOptions {
  /**
   * The pairs the exchange has, such as `SNT-USD`: its `exchangeInfo` tells them. @default none: what can be cut in
   * several ways is not understood
   */
  readonly pairs?: Iterable<string> | undefined;
}

/** Binance's symbols of coins: `BTCUSDT`. */
export function binanceSymbols(options: BinanceOptions = {}): SymbolMap {
  const known = new Map<string, string>();
  for (const pair of options.pairs ?? []) {
    const { symbol } = parseInstrument(pair, { assetClass: 'crypto' });
    known.set(symbol.replace('-', ''), symbol);
  }
  return symbolMap(
    {
      provider: 'binance',
      write: (instrument) => cryptoPair(instrument)?.join(''),
      read: (symbol) => readJoined(symbol, known),
    },
    options,
  );
}

/** Symbols of coins as ccxt has them for all exchanges: `BTC/USDT`. Its derivatives (`BTC/USDT:USDT`) are not understood. */
export function ccxtSymbols(options?: SymbolMapOptions): SymbolMap {
  const write = (instrument: Instrument): string | undefined => cryptoPair(instrument)?.join('/');
  return symbolMap({ provider: 'ccxt', write, read: readSlashed }, options);
}

/** Base and quote of a pair of crypto. */
export function cryptoPair(instrument: Instrument): readonly [base: string, quote: string] | undefined {
  return instrument.assetClass === 'crypto' ? pairOfInstrument(instrument) : undefined;
}

/** Reads a pair of crypto with a slash between. */
export function readSlashed(symbol: string): Reading | Doubt | undefined {
  return symbol.includes('/') ? readPair(CRYPTO_VENUE, symbol) : undefined;
}

/** Reads a pair of crypto without a mark between, where it can be cut in one way only. */
export function readJoined(symbol: string, known: ReadonlyMap<string, string> = new Map()): Reading | Doubt | undefined {
  if (!/^[A-Z0-9]+$/.test(symbol)) return undefined;
  const told = known.get(symbol);
  const [pair, second] = told === undefined ? pairsIn(symbol) : [];
  if (told === undefined && (pair === undefined || second !== undefined || isFxPair(pair))) return undefined;
  return readPair(CRYPTO_VENUE, told ?? `${pair?.base}-${pair?.quote}`);
}
