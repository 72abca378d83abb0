import { isFiat } from '../currency-pair.ts';
import type { Instrument } from '../instrument.ts';
import { looksLikeOption } from '../option-symbol.ts';
import type { Doubt, Reading } from '../reading.ts';
import { partsOfUsSymbol } from '../share-class.ts';
import { isUsVenue, US_VENUE } from '../venue.ts';
import { readAtVenue, readByForm } from '../venue-symbol.ts';
import { cryptoPair, readSlashed } from './pair-symbols.ts';
import { isShare, type SymbolMap, type SymbolMapOptions, symbolMap } from './symbol-map.ts';

/** Alpaca's symbols: `AAPL`, `BRK.B`, `BTC/USD`, `AAPL261218C00200000`. It has the United States and coins alone. */
export function alpacaSymbols(options?: SymbolMapOptions): SymbolMap {
  return symbolMap({ provider: 'alpaca', write, read }, options);
}

/** A US share as most providers write it: plain, or with a dot and one letter. Marks of more letters are each one's own. */
export function writeUsShare(instrument: Instrument): string | undefined {
  const { symbol, venue } = instrument;
  return isShare(instrument) && isUsVenue(venue) && partsOfUsSymbol(symbol).mark.length <= 1 ? symbol : undefined;
}

/** Reads a US share as {@link writeUsShare} writes it. */
export function readUsShare(symbol: string): Reading | Doubt | undefined {
  return /^[A-Z]+(?:\.[A-Z])?$/.test(symbol) ? readAtVenue(US_VENUE, symbol, ['venue']) : undefined;
}

function write(instrument: Instrument): string | undefined {
  const pair = cryptoPair(instrument);
  if (pair) return isFiat(pair[0]) ? undefined : pair.join('/');
  if (instrument.assetClass === 'option') return isUsVenue(instrument.venue) ? instrument.symbol : undefined;
  return writeUsShare(instrument);
}

function read(symbol: string): Reading | Doubt | undefined {
  if (looksLikeOption(symbol)) return readByForm(symbol);
  return readSlashed(symbol) ?? readUsShare(symbol);
}
