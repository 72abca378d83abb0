import type { AssetClass } from './asset-class.ts';
import { pairsIn, UNCLEAR_COINS } from './currency-pair.ts';
import { isFuturesSuffix, venueOfRoot } from './future-symbol.ts';
import type { Doubt, Reading } from './reading.ts';
import { isUsSymbol, usSymbol } from './share-class.ts';
import { CRYPTO_VENUE, FX_VENUE, isUsVenue, US_VENUE, venueNamed, venueNames, venueOfYahooSuffix, venuesMeantBy } from './venue.ts';
import { isKnownPair, readAtVenue, readByForm, readPair } from './venue-symbol.ts';

/** What holds for text that does not say it. */
export interface ReadingDefaults {
  /** The MIC, or a name, of the venue of what tells none. @default the United States */
  readonly venue?: string | undefined;
  /** What to take for granted where the text tells no class. @default 'stock' */
  readonly assetClass?: AssetClass | undefined;
  /** What a coin or a currency that stands alone is paid in: `USD`. @default none: a coin alone is refused */
  readonly currency?: string | undefined;
}

const CHARACTERS = /^[A-Za-z0-9^.:=/&_+\- ]{1,48}$/;
const MIC = /^(?=.*[A-Z])[A-Z0-9]{4}$/;
const MALFORMED: Doubt = {
  why: 'is no symbol',
  likely: ['letters, digits and ". ^ = / - & _ + :", such as AAPL, VOD.L, BTC-USD, EURUSD=X, ES=F or XNYS:AAPL'],
};

/**
 * Reads what people type for an instrument, or says why it cannot be told.
 *
 * The forms are tried in one order, and none is tried when an earlier one fits:
 * a venue before a colon, a pair or a class behind a slash, Yahoo's `=X`, what is
 * behind the last dot, what has a form of its own (option, ISIN, index, future), a
 * pair, a US symbol. Nothing depends on the time or on what was read before.
 */
export function readSymbol(typed: string, defaults: ReadingDefaults = {}): Reading | Doubt {
  const trimmed = typed.trim();
  if (!CHARACTERS.test(trimmed)) return MALFORMED;
  const text = trimmed.toUpperCase();
  const colon = text.indexOf(':');
  if (colon !== -1) return readPrefixed(text.slice(0, colon), text.slice(colon + 1));
  if (text.includes('/')) return readSlashed(text);
  if (text.endsWith('=X')) return readPair(FX_VENUE, text.length === 5 ? `USD${text.slice(0, 3)}` : text.slice(0, -2));
  const dot = text.lastIndexOf('.');
  if (dot > 0) {
    const read = readSuffixed(text.slice(0, dot), text.slice(dot + 1));
    if (read) return read;
  }
  return readBare(text, defaults);
}

function readPrefixed(name: string, rest: string): Reading | Doubt {
  const venue = venueNamed(name);
  if (venue) return readAtVenue(venue.mic, rest);
  return unknownVenue(name, rest, (mic) => `${mic}:${rest}`);
}

function readSlashed(text: string): Reading | Doubt {
  const [left = '', right = '', ...more] = text.split('/');
  if (more.length === 0 && isKnownPair(left, right)) return readPair(undefined, text);
  const symbol = usSymbol(text);
  if (isUsSymbol(symbol)) return readAtVenue(US_VENUE, symbol, ['venue']);
  return {
    why: 'is neither a pair whose second name is known nor a class of US shares',
    likely: ['BTC/USDT or EUR/USD', 'BRK/B', `CRYPTO:${left}-${right} if it is traded against such a coin`],
  };
}

/** What stands behind the last dot: a venue, or a class of shares; `undefined` where it is neither. */
function readSuffixed(core: string, suffix: string): Reading | Doubt | undefined {
  const ofYahoo = venueOfYahooSuffix(suffix);
  if (ofYahoo) return readAtVenue(ofYahoo.mic, core);
  if (isFuturesSuffix(suffix)) return readByForm(core);
  const venue = venueNamed(suffix);
  if (venue) return readAtVenue(venue.mic, core);
  if (MIC.test(suffix)) return readAtVenue(suffix, core);
  if (isUsSymbol(usSymbol(`${core}.${suffix}`))) return undefined;
  return unknownVenue(suffix, core, (mic) => `${core}.${mic}`);
}

function readBare(typed: string, { venue, assetClass, currency }: ReadingDefaults): Reading | Doubt {
  const text = assetClass === 'index' && !typed.startsWith('^') ? `^${typed}` : typed;
  const mic = venue === undefined ? venueOfClass(assetClass, text) : (venueNamed(venue)?.mic ?? venue);
  const marked = /[\^=]|^[A-Z]{2}[A-Z0-9]{9}\d$|\d{6}[CP]\d{8}$/.test(text);
  // What cannot be a US symbol may still be a future or a pair; elsewhere symbols have any form.
  const isFree = mic === undefined || (isUsVenue(mic) && !isUsSymbol(usSymbol(text)));
  const byForm = isFree || marked ? readByForm(text) : undefined;
  if (byForm) return byForm;
  const [base = '', quote = '', ...more] = text.split('-');
  if (more.length === 0 && isKnownPair(base, quote)) return readPair(mic === CRYPTO_VENUE || mic === FX_VENUE ? mic : undefined, text);
  if (mic === CRYPTO_VENUE || mic === FX_VENUE) {
    const isAlone = pairsIn(text).length === 0 && !text.includes('-');
    return readPair(mic, isAlone && currency !== undefined ? `${text}-${currency}` : text, venue === undefined ? ['venue'] : []);
  }
  return isFree ? readUnplaced(text) : readAtVenue(mic, text, ['venue']);
}

/** Reads what tells no venue at all. */
function readUnplaced(text: string): Reading | Doubt {
  if (UNCLEAR_COINS.has(text)) {
    return { why: 'is a coin, and a US symbol as well', likely: [`${text}-USD for the coin`, `XNYS:${text} for what US exchanges list`] };
  }
  const symbol = usSymbol(text);
  if (isUsSymbol(symbol)) return readAtVenue(US_VENUE, symbol, ['venue']);
  if (text.length >= 6 && pairsIn(text).length > 0) return readPair(undefined, text);
  if (/^\d{1,6}$/.test(text)) {
    const hongKong = String(Number(text)).padStart(4, '0');
    return {
      why: 'tells no venue',
      likely: [
        `${text}.T for Tokyo`,
        `${hongKong}.HK for Hong Kong`,
        `${text}.BO for the BSE`,
        `${text}.SS for Shanghai`,
        `${text}.KS for Korea`,
      ],
    };
  }
  if (/^[A-Z][A-Z0-9&-]{1,24}$/.test(text)) {
    return {
      why: 'is no US symbol, and tells no other venue',
      likely: [`${text}.NS for the NSE of India`, `${text}.L for London`, 'a MIC before it, such as XPAR:MC'],
    };
  }
  return MALFORMED;
}

/** Where what tells no venue is traded, by its class; `undefined` where that tells nothing either. */
function venueOfClass(assetClass: AssetClass | undefined, text: string): string | undefined {
  if (assetClass === 'crypto') return CRYPTO_VENUE;
  if (assetClass === 'future') return venueOfRoot(text) ?? 'CMES';
  return assetClass === 'fx' ? FX_VENUE : undefined;
}

/** A name that no venue bears; the nearest that one does may have been meant. */
function unknownVenue(name: string, symbol: string, written: (mic: string) => string): Doubt {
  const meant = venuesMeantBy(name);
  if (meant.length > 0) return { why: `names "${name}", which several venues are called`, likely: meant.map(written) };
  const near = venueNames().filter((known) => isNear(known, name));
  const likely = near.slice(0, 3).map(written);
  return {
    why: `names "${name}", which is no venue known here`,
    likely: likely.length > 0 ? likely : [`a MIC with it, such as XLON:${symbol || 'VOD'}`],
  };
}

/** Whether one name becomes the other by changing a character, or by swapping two that stand together. */
function isNear(known: string, name: string): boolean {
  if (known.length !== name.length || known.length < 3) return false;
  const differing = [...known].flatMap((character, at) => (character === name[at] ? [] : [at]));
  const [first = 0, second = 0] = differing;
  if (differing.length === 1) return true;
  return differing.length === 2 && second === first + 1 && known[first] === name[second] && known[second] === name[first];
}
