import { ConfigError, KeyError } from '../../errors.ts';
import { ASSET_CLASSES, isAssetClass } from './asset-class.ts';
import { type Instrument, micOf, toInstrument } from './instrument.ts';
import { type ReadingDefaults, readSymbol } from './read-symbol.ts';
import { doubtText, isDoubt } from './reading.ts';
import type { SymbolDirectory } from './symbol-directory.ts';

/** What {@link parseInstrument} takes for granted where a text does not say it. */
export interface InstrumentDefaults extends ReadingDefaults {
  /** What no rule knows: which US exchange, stock or fund, names of your own. @default none */
  readonly directory?: SymbolDirectory | undefined;
}

/**
 * The instrument that a text means, in any of the forms people type: `AAPL`, `BRK-B`,
 * `RELIANCE.NS`, `BTC/USDT`, `EURUSD=X`, `ES=F`, `ESZ26`, `^GSPC`, an option's symbol, an
 * ISIN, `XNYS:AAPL`, and every {@link Instrument.id}.
 *
 * The same text and defaults always give the same instrument. A text without a venue is
 * taken for a US symbol, of the `XNYS` family; `assumed` then says so.
 *
 * @throws KeyError when the text is malformed or may mean several things; the message says what to write.
 * @throws ConfigError when a default cannot be used.
 */
export function parseInstrument(text: string, defaults: InstrumentDefaults = {}): Instrument {
  if (typeof text !== 'string') throw new KeyError(`The symbol is no text but ${typeof text}; give one such as "AAPL" or "BTC-USD"`);
  const { directory, assetClass, venue } = defaults;
  if (assetClass !== undefined && !isAssetClass(assetClass))
    throw new ConfigError(`\`assetClass\` is ${JSON.stringify(assetClass)}; give one of ${ASSET_CLASSES.join(', ')}`);
  const named = directory?.named(text);
  if (named) return named;
  const reading = readSymbol(text, venue === undefined ? defaults : { ...defaults, venue: micOf(venue) });
  if (isDoubt(reading)) throw new KeyError(doubtText(text, reading));
  const said = toInstrument(reading);
  const known = directory?.get(said.id);
  if (known) return known;
  if (assetClass === undefined || !said.assumed.includes('assetClass')) return said;
  return toInstrument({ ...reading, assetClass, assumed: said.assumed.filter((fact) => fact !== 'assetClass') });
}
