import { ConfigError, KeyError } from '../../errors.ts';
import { ASSET_CLASSES, type AssetClass, isAssetClass } from './asset-class.ts';
import { readSymbol } from './read-symbol.ts';
import { type AssumedFact, doubtText, isDoubt, type Reading } from './reading.ts';
import { CRYPTO_VENUE, FX_VENUE, isUsVenue, US_VENUE, venueNamed } from './venue.ts';
import { readAtVenue } from './venue-symbol.ts';

/** Something that is traded, or that a price is told of. Made by {@link instrument} and {@link parseInstrument}. */
export interface Instrument {
  /**
   * Its one name, fit for keys and tags of the cache: `AAPL`, `BRK.B`, `VOD.XLON`, `BTC-USD`, `^GSPC`, `ESZ26`. It
   * holds no colon, slash, blank or star. Read as text it gives the same id again, and instruments of one id are one.
   */
  readonly id: string;
  /** What its venue calls it; `BTC-USD` for a pair, `ES=F` for the front month of a future. */
  readonly symbol: string;
  /** Its venue's MIC; `24/7` for crypto, `24/5` for foreign exchange, `CMES` for all of CME Group. */
  readonly venue: string;
  readonly assetClass: AssetClass;
  /** What its price is told in; absent where that is not known, as in London, where some shares are told in pence. */
  readonly currency?: string;
  /** What its text did not tell, and was taken for the most likely. */
  readonly assumed: readonly AssumedFact[];
}

/** What is known of an instrument. */
export interface InstrumentFacts {
  /** What its venue calls it: `VOD`, `BTC-USD`. */
  readonly symbol: string;
  /** Its venue's MIC, also one for which there is a calendar of your own; or a name such as `LSE`. */
  readonly venue: string;
  readonly assetClass: AssetClass;
  /** What its price is told in. @default the venue's currency, where it has one */
  readonly currency?: string | undefined;
}

/** Classes that venue and symbol tell beyond doubt. */
const SAID_BY_FORM: ReadonlySet<AssetClass> = new Set(['crypto', 'fx', 'future', 'option']);
const MIC = /^(?=.*[A-Z])[A-Z0-9]{4}$/;

/**
 * The instrument of what is known of it.
 *
 * @throws KeyError when its venue can have no such symbol, or none of that class.
 * @throws ConfigError when there is no such asset class, or the venue is no MIC.
 */
export function instrument({ symbol, venue, assetClass, currency }: InstrumentFacts): Instrument {
  if (!isAssetClass(assetClass))
    throw new ConfigError(`\`assetClass\` is ${JSON.stringify(assetClass)}; give one of ${ASSET_CLASSES.join(', ')}`);
  if (typeof symbol !== 'string') throw new KeyError(`The symbol is no text but ${typeof symbol}; give one such as "AAPL"`);
  const text = symbol.trim().toUpperCase();
  const reading = readAtVenue(micOf(venue), text);
  if (isDoubt(reading)) throw new KeyError(doubtText(symbol, reading));
  if (SAID_BY_FORM.has(reading.assetClass) && reading.assetClass !== assetClass)
    throw new KeyError(
      `"${reading.symbol}" at ${reading.venue} is of class ${reading.assetClass}, not ${assetClass}; give that class or another symbol`,
    );
  return toInstrument({ ...reading, assetClass, currency: currency ?? reading.currency, assumed: [] });
}

/** The MIC of a venue, by its MIC or another name. @throws ConfigError when it is neither. */
export function micOf(venue: string): string {
  const name = typeof venue === 'string' ? venue.trim().toUpperCase() : '';
  const mic = venueNamed(name)?.mic ?? (MIC.test(name) ? name : undefined);
  if (mic === undefined)
    throw new ConfigError(
      `\`venue\` is ${JSON.stringify(venue)}; give a MIC such as "XNYS", or "24/7" for crypto and "24/5" for currencies`,
    );
  return mic;
}

/** The instrument of a reading. */
export function toInstrument({ symbol, venue, assetClass, currency, assumed }: Reading): Instrument {
  const known = { id: idOf(symbol, venue), symbol, venue, assetClass, assumed };
  return Object.freeze(currency === undefined ? known : { ...known, currency });
}

/** Symbol and venue: the venue is left out where the symbol by itself is read as being there. */
function idOf(symbol: string, venue: string): string {
  const alone = readSymbol(symbol);
  const place = nameInId(venue);
  return !isDoubt(alone) && alone.symbol === symbol && nameInId(alone.venue) === place ? symbol : `${symbol}.${place}`;
}

/** US venues are one in ids, for a symbol is one instrument on all of them. */
function nameInId(venue: string): string {
  if (isUsVenue(venue)) return US_VENUE;
  if (venue === CRYPTO_VENUE) return 'CRYPTO';
  return venue === FX_VENUE ? 'FX' : venue;
}
