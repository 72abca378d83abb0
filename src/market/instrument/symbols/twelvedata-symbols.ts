import { isFxPair } from '../currency-pair.ts';
import type { Instrument } from '../instrument.ts';
import type { Doubt, Reading } from '../reading.ts';
import { FX_VENUE, isUsVenue } from '../venue.ts';
import { readAtVenue, readPair } from '../venue-symbol.ts';
import { readUsShare, writeUsShare } from './alpaca-symbols.ts';
import { readSlashed } from './pair-symbols.ts';
import { isShare, pairOfInstrument, type SymbolMap, type SymbolMapOptions, symbolMap } from './symbol-map.ts';

/**
 * Twelve Data's names of exchanges, where one name is one venue. Paris, Amsterdam,
 * Brussels, Lisbon and Milan are all `Euronext` there: for those, ask with
 * {@link Instrument.venue} as `mic_code`.
 */
const NAMES: Readonly<Record<string, string>> = {
  XLON: 'LSE',
  XETR: 'XETR',
  XFRA: 'FSX',
  XMAD: 'BME',
  XSWX: 'SIX',
  XWBO: 'VSE',
  XSTO: 'OMX',
  XTSE: 'TSX',
  XTKS: 'JPX',
  XHKG: 'HKEX',
  XSHG: 'SSE',
  XSHE: 'SZSE',
  XASX: 'ASX',
  XSES: 'SGX',
  XKRX: 'KRX',
  XTAI: 'TWSE',
  XNSE: 'NSE',
  XBOM: 'BSE',
};

const VENUES: ReadonlyMap<string, string> = new Map(Object.entries(NAMES).map(([mic, name]) => [name, mic]));

/** Twelve Data's symbols: `BRK.B`, `VOD:LSE`, `BTC/USD`, `EUR/USD`. */
export function twelvedataSymbols(options?: SymbolMapOptions): SymbolMap {
  return symbolMap({ provider: 'twelvedata', write, read }, options);
}

function write(instrument: Instrument): string | undefined {
  const { symbol, venue } = instrument;
  const pair = pairOfInstrument(instrument);
  if (pair) return pair.join('/');
  if (isUsVenue(venue)) return writeUsShare(instrument);
  const name = Object.hasOwn(NAMES, venue) ? NAMES[venue] : undefined;
  return isShare(instrument) && name !== undefined ? `${symbol}:${name}` : undefined;
}

function read(symbol: string): Reading | Doubt | undefined {
  const [local = '', name] = symbol.split(':');
  if (name !== undefined) {
    const mic = VENUES.get(name);
    return mic === undefined ? undefined : readAtVenue(mic, local);
  }
  const [base = '', quote = ''] = symbol.split('/');
  if (isFxPair({ base, quote })) return readPair(FX_VENUE, symbol);
  return readSlashed(symbol) ?? readUsShare(symbol);
}
