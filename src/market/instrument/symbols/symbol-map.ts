import { type Instrument, toInstrument } from '../instrument.ts';
import { type Doubt, isDoubt, type Reading } from '../reading.ts';
import type { SymbolDirectory } from '../symbol-directory.ts';

/**
 * What a provider calls instruments.
 *
 * Both ways are total, and neither guesses: `undefined` says that the provider does
 * not have it, or that its name for it is not known here. What comes back of what
 * was sent has the same id, or is `undefined`; never another instrument.
 */
export interface SymbolMap {
  /** Names the provider: `yahoo`. */
  readonly provider: string;
  /** What the provider calls it. */
  toProvider(instrument: Instrument): string | undefined;
  /** What the provider means by it; a text in another's form is not understood. */
  toInstrument(symbol: string): Instrument | undefined;
}

/** What every symbol map takes. */
export interface SymbolMapOptions {
  /** What is known of instruments beyond their symbols. @default none */
  readonly directory?: SymbolDirectory | undefined;
}

/** How one provider writes and reads symbols; {@link symbolMap} holds both against each other. */
export interface SymbolForm {
  readonly provider: string;
  readonly write: (instrument: Instrument) => string | undefined;
  readonly read: (symbol: string) => Reading | Doubt | undefined;
}

/**
 * The map of a provider's form.
 *
 * Each way is checked by the other: a text counts only as what it is written for, so
 * that a slip of one of them is an unknown symbol and not a wrong price.
 */
export function symbolMap({ provider, write, read }: SymbolForm, { directory }: SymbolMapOptions = {}): SymbolMap {
  const readOne = (symbol: string): Instrument | undefined => {
    const reading = read(symbol);
    return reading === undefined || isDoubt(reading) ? undefined : toInstrument(reading);
  };
  return {
    provider,
    toProvider(instrument) {
      const symbol = write(instrument);
      if (symbol === undefined) return undefined;
      const meant = readOne(symbol);
      return meant === undefined || meant.id === instrument.id ? symbol : undefined;
    },
    toInstrument(symbol) {
      const meant = typeof symbol === 'string' ? readOne(symbol) : undefined;
      if (meant === undefined || write(meant) !== symbol) return undefined;
      return directory?.get(meant.id) ?? meant;
    },
  };
}

/** Base and quote of a pair's symbol; `undefined` for an instrument that is none. */
export function pairOfInstrument({ assetClass, symbol }: Instrument): readonly [base: string, quote: string] | undefined {
  if (assetClass !== 'crypto' && assetClass !== 'fx') return undefined;
  const [base, quote] = symbol.split('-');
  return base === undefined || quote === undefined ? undefined : [base, quote];
}

/** Whether an instrument is a share, or is traded like one. */
export function isShare({ assetClass, symbol }: Instrument): boolean {
  const isListed = assetClass === 'stock' || assetClass === 'etf' || assetClass === 'fund';
  // A security that is known by its ISIN alone has no symbol.
  return isListed && symbol.length < 12;
}
