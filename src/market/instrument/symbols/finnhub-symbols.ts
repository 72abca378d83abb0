import { ConfigError } from '../../../errors.ts';
import type { Instrument } from '../instrument.ts';
import type { Doubt, Reading } from '../reading.ts';
import { FX_VENUE, isUsVenue, venueNamed, venueOfYahooSuffix } from '../venue.ts';
import { readAtVenue, readPair } from '../venue-symbol.ts';
import { readUsShare, writeUsShare } from './alpaca-symbols.ts';
import { readJoined } from './pair-symbols.ts';
import { isShare, pairOfInstrument, type SymbolMap, type SymbolMapOptions, symbolMap } from './symbol-map.ts';

/** What {@link finnhubSymbols} takes. */
export interface FinnhubOptions extends SymbolMapOptions {
  /** Whose prices of coins are asked for: Finnhub tells them by exchange. @default 'BINANCE' */
  readonly cryptoExchange?: string | undefined;
}

/** Finnhub's suffixes are Yahoo's, but for this one. */
const COLOMBIA = { mic: 'XBOG', suffix: 'BC' };
/** Venues that Yahoo has a suffix for and Finnhub does not. */
const ABSENT: ReadonlySet<string> = new Set(['XHAN', 'XCAI', 'ROCO']);

/** Finnhub's symbols: `BRK.B`, `VOD.L`, `BINANCE:BTCUSDT`, `OANDA:EUR_USD`. */
export function finnhubSymbols(options: FinnhubOptions = {}): SymbolMap {
  const exchange = options.cryptoExchange ?? 'BINANCE';
  if (!/^[A-Z0-9]{2,20}$/.test(exchange) || exchange === 'OANDA')
    throw new ConfigError(`\`cryptoExchange\` is ${JSON.stringify(exchange)}; give Finnhub's name of one, such as "BINANCE" or "COINBASE"`);
  return symbolMap(
    { provider: 'finnhub', write: (instrument) => write(instrument, exchange), read: (symbol) => read(symbol, exchange) },
    options,
  );
}

function write(instrument: Instrument, exchange: string): string | undefined {
  const { assetClass, symbol, venue } = instrument;
  const pair = pairOfInstrument(instrument);
  if (pair) return assetClass === 'fx' ? `OANDA:${pair.join('_')}` : `${exchange}:${pair.join('')}`;
  if (isUsVenue(venue)) return writeUsShare(instrument);
  const suffix = venue === COLOMBIA.mic ? `.${COLOMBIA.suffix}` : venueNamed(venue)?.yahooSuffix;
  const isWritten = isShare(instrument) && suffix !== undefined && !ABSENT.has(venue) && !symbol.includes('.');
  return isWritten ? `${symbol}${suffix}` : undefined;
}

function read(symbol: string, exchange: string): Reading | Doubt | undefined {
  const [place = '', pair] = symbol.split(':');
  if (pair !== undefined) {
    if (place === 'OANDA') return readPair(FX_VENUE, pair);
    return place === exchange ? readJoined(pair) : undefined;
  }
  const dot = symbol.lastIndexOf('.');
  const suffix = symbol.slice(dot + 1);
  const mic = suffix === COLOMBIA.suffix ? COLOMBIA.mic : venueOfYahooSuffix(suffix)?.mic;
  return dot > 0 && mic !== undefined ? readAtVenue(mic, symbol.slice(0, dot)) : readUsShare(symbol);
}
