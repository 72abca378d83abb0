import { isFiat } from '../currency-pair.ts';
import { futureTerms, venueOfRoot, yahooSuffixOfRoot } from '../future-symbol.ts';
import type { Instrument } from '../instrument.ts';
import type { Doubt, Reading } from '../reading.ts';
import { partsOfUsSymbol, toYahooMark, usSymbol } from '../share-class.ts';
import { CRYPTO_VENUE, FX_VENUE, isUsVenue, US_VENUE, venueNamed, venueOfYahooSuffix } from '../venue.ts';
import { isKnownPair, readAtVenue, readByForm, readPair } from '../venue-symbol.ts';
import { isShare, pairOfInstrument, type SymbolMap, type SymbolMapOptions, symbolMap } from './symbol-map.ts';

/** Yahoo's symbols: `BRK-B`, `VOD.L`, `BTC-USD`, `EURUSD=X`, `ES=F`, `ESZ26.CME`, `^GSPC`, `AAPL261218C00200000`. */
export function yahooSymbols(options?: SymbolMapOptions): SymbolMap {
  return symbolMap({ provider: 'yahoo', write, read }, options);
}

function write(instrument: Instrument): string | undefined {
  const { assetClass, symbol, venue } = instrument;
  const [base, quote] = pairOfInstrument(instrument) ?? [];
  if (base !== undefined && quote !== undefined) {
    if (assetClass === 'fx') return base.length === 3 && quote.length === 3 ? `${base}${quote}=X` : undefined;
    return isFiat(quote) && !isFiat(base) ? symbol : undefined;
  }
  if (assetClass === 'future') return writeFuture(symbol, venue);
  if (assetClass === 'option') return isUsVenue(venue) ? symbol : undefined;
  if (symbol.startsWith('^')) return symbol;
  // Some indices are listed as shares are, such as CIF.SW; in the United States none is.
  if (!(isShare(instrument) || (assetClass === 'index' && !isUsVenue(venue)))) return undefined;
  return isUsVenue(venue) ? writeUs(symbol) : writeElsewhere(symbol, venue);
}

function writeUs(symbol: string): string | undefined {
  const { root, mark } = partsOfUsSymbol(symbol);
  if (mark === '') return root;
  const behind = toYahooMark(mark);
  return behind === undefined ? undefined : `${root}-${behind}`;
}

function writeElsewhere(symbol: string, mic: string): string | undefined {
  const suffix = venueNamed(mic)?.yahooSuffix;
  return suffix === undefined ? undefined : `${symbol.replaceAll('.', '-')}${suffix}`;
}

function writeFuture(symbol: string, venue: string): string | undefined {
  const terms = futureTerms(symbol);
  if (terms === undefined || venueOfRoot(terms.root) !== venue) return undefined;
  const suffix = yahooSuffixOfRoot(terms.root);
  if (suffix === undefined) return undefined;
  return terms.month === undefined ? symbol : `${symbol}.${suffix}`;
}

function read(symbol: string): Reading | Doubt | undefined {
  if (symbol.endsWith('=X')) return readPair(FX_VENUE, symbol.slice(0, -2));
  const byForm = readByForm(symbol);
  if (byForm) return byForm;
  const dot = symbol.lastIndexOf('.');
  if (dot > 0) {
    const venue = venueOfYahooSuffix(symbol.slice(dot + 1));
    return venue ? readAtVenue(venue.mic, symbol.slice(0, dot)) : readByForm(symbol.slice(0, dot));
  }
  const [base = '', quote = ''] = symbol.split('-');
  if (isKnownPair(base, quote)) return readPair(CRYPTO_VENUE, symbol);
  return readAtVenue(US_VENUE, usSymbol(symbol), ['venue']);
}
