import { isCoin, isFxPair, pairOf, pairsIn } from './currency-pair.ts';
import { futureSymbol, futureTerms, shortContract, venueOfRoot } from './future-symbol.ts';
import { venueOfIndex } from './index-symbol.ts';
import { isBondIsin, isIsin, isinCheckDigit, looksLikeIsin } from './isin.ts';
import { looksLikeOption, optionSymbol, optionTerms } from './option-symbol.ts';
import type { AssumedFact, Doubt, Reading } from './reading.ts';
import { isUsSymbol, usSymbol } from './share-class.ts';
import { CRYPTO_VENUE, FX_VENUE, isFuturesVenue, isUsVenue, US_VENUE, venueNamed } from './venue.ts';

const SYMBOL = /^[A-Z0-9][A-Z0-9.&_+-]{0,24}$/;
const INDEX = /^\^[A-Z0-9][A-Z0-9._-]{0,20}$/;
const ROOT = /^[A-Z0-9]{1,4}$/;
const PAIR = /^([A-Z0-9]{1,20})[-/_]([A-Z0-9]{1,20})$/;
/** Of the fifth letters that say what a US symbol of five is, X is a fund's, priced once a day. */
const US_FUND = /^[A-Z]{4}X$/;
/** Morningstar's numbers, under which Yahoo lists funds of all countries. */
const FUND = /^0P[A-Z0-9]{8}$/;

/** Venues on which a hyphen and a dot before a class of shares are one: people write `BBD-B`, the exchange `BBD.B`. */
const DOTTED: ReadonlySet<string> = new Set(['XTSE', 'XTSX', 'NEOE', 'XCNQ', 'XLON']);

/** By the first letters of an ISIN, where its securities are traded most. */
const ISIN_VENUES: Readonly<Record<string, string>> = {
  US: 'XNYS',
  CA: 'XTSE',
  GB: 'XLON',
  DE: 'XETR',
  FR: 'XPAR',
  NL: 'XAMS',
  BE: 'XBRU',
  PT: 'XLIS',
  IT: 'XMIL',
  ES: 'XMAD',
  CH: 'XSWX',
  SE: 'XSTO',
  JP: 'XTKS',
  HK: 'XHKG',
  IN: 'XNSE',
  AU: 'XASX',
  NZ: 'XNZE',
  BR: 'BVMF',
};

/**
 * Reads a symbol of a venue that is known: as a pair where currencies or coins
 * are traded, as a future where futures are, else as what its form says.
 *
 * @param mic of any venue, whether it is known here or not.
 * @param text in upper case.
 * @param assumed what of it is taken for granted rather than told.
 */
export function readAtVenue(mic: string, text: string, assumed: readonly AssumedFact[] = []): Reading | Doubt {
  if (isIsin(text)) return readIsin(text, mic, assumed);
  if (mic === CRYPTO_VENUE || mic === FX_VENUE) return readPair(mic, text, assumed);
  if (isFuturesVenue(mic)) return readFuture(mic, text, assumed);
  if (looksLikeOption(text)) return readOption(mic, text, assumed);
  const currency = venueNamed(mic)?.currency;
  if (text.startsWith('^')) {
    if (INDEX.test(text)) return { symbol: text, venue: mic, assetClass: 'index', currency, assumed };
    return { why: 'is no index', likely: ['a caret and its symbol, such as ^GSPC'] };
  }
  const isUs = isUsVenue(mic);
  const symbol = symbolAt(mic, isUs, text);
  if (isUs ? !isUsSymbol(symbol) : !SYMBOL.test(symbol)) {
    const form = isUs ? '1 to 5 letters, with a dot before a class, such as AAPL or BRK.B' : 'letters, digits, and ". & _ + -" among them';
    return { why: `is no symbol of ${mic}`, likely: [form] };
  }
  const isFund = FUND.test(symbol) || (isUs && US_FUND.test(symbol));
  return isFund
    ? { symbol, venue: mic, assetClass: 'fund', currency, assumed }
    : { symbol, venue: mic, assetClass: 'stock', currency, assumed: [...assumed, 'assetClass'] };
}

/** Reads what bears the form of an option, an ISIN, an index or a future, wherever it is traded; `undefined` for what has no such form. */
export function readByForm(text: string): Reading | Doubt | undefined {
  if (looksLikeOption(text)) return readOption(US_VENUE, text, ['venue']);
  if (looksLikeIsin(text)) {
    const venue = text.startsWith('XS') ? FX_VENUE : (ISIN_VENUES[text.slice(0, 2)] ?? FX_VENUE);
    return readIsin(text, venue, ['venue']);
  }
  if (text.startsWith('^')) {
    const known = venueOfIndex(text);
    return readAtVenue(known ?? US_VENUE, text, known === undefined ? ['venue'] : []);
  }
  const terms = futureTerms(text);
  if (terms === undefined) return shortContract(text) && readFuture('CMES', text, []);
  const known = venueOfRoot(terms.root);
  return readFuture(known ?? 'CMES', text, known === undefined ? ['venue'] : []);
}

/** Reads a pair: by the mark between its names, or by where it can be cut. */
export function readPair(mic: string | undefined, text: string, assumed: readonly AssumedFact[] = []): Reading | Doubt {
  const [, base, quote] = PAIR.exec(text) ?? [];
  const pairs = base !== undefined && quote !== undefined ? [{ base, quote }] : pairsIn(text);
  const [pair, second] = pairs;
  if (pair === undefined || pair.base === pair.quote) {
    return { why: 'is no pair of currencies or coins', likely: ['two names with a hyphen between, such as BTC-USD or EUR-USD'] };
  }
  if (second !== undefined) {
    return { why: 'can be cut in two ways', likely: pairs.map((each) => `${each.base}-${each.quote}`) };
  }
  if (mic === FX_VENUE && (isCoin(pair.base) || isCoin(pair.quote)))
    return { why: 'is a pair with a coin, not of currencies', likely: [`${pair.base}-${pair.quote} for crypto`] };
  const venue = mic ?? (isFxPair(pair) ? FX_VENUE : CRYPTO_VENUE);
  const assetClass = venue === FX_VENUE ? 'fx' : 'crypto';
  return { symbol: `${pair.base}-${pair.quote}`, venue, assetClass, currency: pair.quote, assumed };
}

/** Whether two names are a pair that is told as such without any venue: what is paid in is known. */
export function isKnownPair(base: string, quote: string): boolean {
  return pairOf(base, quote) !== undefined;
}

function readFuture(mic: string, text: string, assumed: readonly AssumedFact[]): Reading | Doubt {
  const short = shortContract(text);
  if (short) {
    const { root, rest, digit } = short;
    return {
      why: 'tells one digit of its year, which comes again every ten years',
      likely: [`${root}${rest}2${digit} for 202${digit}`, `${root}=F for the front month`],
    };
  }
  const terms = futureTerms(text) ?? (ROOT.test(text) ? { root: text, month: undefined } : undefined);
  if (terms === undefined)
    return { why: `is no future of ${mic}`, likely: ['root, letter of the month and year, such as ESZ26', 'ES=F for the front month'] };
  return { symbol: futureSymbol(terms), venue: mic, assetClass: 'future', currency: venueNamed(mic)?.currency, assumed };
}

function readOption(mic: string, text: string, assumed: readonly AssumedFact[]): Reading | Doubt {
  const terms = optionTerms(text);
  if (terms === undefined)
    return { why: 'has the form of an option, with a day that no month has', likely: ['the day as YYMMDD, such as AAPL261218C00200000'] };
  return { symbol: optionSymbol(terms), venue: mic, assetClass: 'option', currency: venueNamed(mic)?.currency, assumed };
}

function readIsin(text: string, venue: string, assumed: readonly AssumedFact[]): Reading | Doubt {
  if (!isIsin(text))
    return { why: `has the form of an ISIN, which would end in ${isinCheckDigit(text)}`, likely: ['its twelve characters anew'] };
  const base = { symbol: text, venue, currency: undefined };
  return isBondIsin(text)
    ? { ...base, assetClass: 'bond', assumed }
    : { ...base, assetClass: 'stock', assumed: [...assumed, 'assetClass'] };
}

function symbolAt(mic: string, isUs: boolean, text: string): string {
  if (isUs) return usSymbol(text);
  if (DOTTED.has(mic)) return text.replaceAll('-', '.');
  // Hong Kong's codes have five digits, of which people leave out noughts: four are usual.
  return mic === 'XHKG' && /^\d{1,5}$/.test(text) ? String(Number(text)).padStart(4, '0') : text;
}
