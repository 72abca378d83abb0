import { indexFromMassive, massiveIndex } from '../index-symbol.ts';
import type { Instrument } from '../instrument.ts';
import type { Doubt, Reading } from '../reading.ts';
import { fromTapeSymbol, toTapeSymbol } from '../share-class.ts';
import { FX_VENUE, isUsVenue, US_VENUE } from '../venue.ts';
import { readAtVenue, readByForm, readPair } from '../venue-symbol.ts';
import { readJoined } from './pair-symbols.ts';
import { isShare, pairOfInstrument, type SymbolMap, type SymbolMapOptions, symbolMap } from './symbol-map.ts';

/**
 * Massive's symbols (Polygon's before October 2025): `BRK.B`, `BACpL`, `X:BTCUSD`,
 * `C:EURUSD`, `I:SPX`, `O:AAPL261218C00200000`. Indices are understood where both names are known.
 */
export function massiveSymbols(options?: SymbolMapOptions): SymbolMap {
  return symbolMap({ provider: 'massive', write, read }, options);
}

function write(instrument: Instrument): string | undefined {
  const { assetClass, symbol, venue } = instrument;
  const pair = pairOfInstrument(instrument);
  if (pair) return `${assetClass === 'fx' ? 'C' : 'X'}:${pair.join('')}`;
  if (assetClass === 'index') {
    const name = massiveIndex(symbol);
    return name === undefined ? undefined : `I:${name}`;
  }
  if (!isUsVenue(venue)) return undefined;
  if (assetClass === 'option') return `O:${symbol}`;
  return isShare(instrument) ? toTapeSymbol(symbol) : undefined;
}

function read(symbol: string): Reading | Doubt | undefined {
  const rest = symbol.slice(2);
  switch (symbol.slice(0, 2)) {
    case 'X:':
      return readJoined(rest);
    case 'C:':
      return readPair(FX_VENUE, rest);
    case 'O:':
      return readByForm(rest);
    case 'I:': {
      const index = indexFromMassive(rest);
      return index === undefined ? undefined : readByForm(index);
    }
    default: {
      const ours = fromTapeSymbol(symbol);
      return ours === undefined ? undefined : readAtVenue(US_VENUE, ours, ['venue']);
    }
  }
}
