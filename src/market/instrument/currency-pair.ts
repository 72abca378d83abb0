/** Two currencies, or a coin and what it is paid in: what one of the base costs in the quote. */
export interface CurrencyPair {
  readonly base: string;
  readonly quote: string;
}

/** Currencies of ISO 4217 that are traded against each other, the yuan abroad, and the metals that are traded like currencies. */
const FIAT: ReadonlySet<string> = new Set(
  (
    'USD EUR GBP JPY CHF AUD CAD NZD SEK NOK DKK ISK PLN CZK HUF RON BGN UAH RUB TRY ILS ZAR EGP NGN KES MAD AED SAR QAR KWD BHD OMR JOD ' +
    'CNY CNH HKD TWD KRW SGD INR PKR LKR BDT THB IDR MYR PHP VND KZT BRL MXN ARS CLP COP PEN UYU XAU XAG XPT XPD'
  ).split(' '),
);

/** What coins are paid in, beside currencies. */
const COIN_QUOTES: ReadonlySet<string> = new Set('USDT USDC FDUSD TUSD BUSD DAI PYUSD USDE BTC ETH BNB'.split(' '));

/** Coins that are told from what stands behind them in a text without a mark between: `SHIBUSD` is no SHI in BUSD. */
const COINS: ReadonlySet<string> = new Set(
  (
    'BTC ETH BNB XRP SOL USDT USDC ADA DOGE TRX TON AVAX DOT LINK MATIC POL SHIB LTC BCH UNI ATOM XLM ETC FIL APT ARB OP NEAR ICP HBAR VET ' +
    'ALGO AAVE GRT EOS XTZ SAND MANA AXS FTM INJ SUI SEI TIA PEPE WIF BONK RUNE MKR SNX CRV LDO IMX STX KAS CRO QNT EGLD FLOW CHZ ZEC DASH ' +
    'XMR NEO WBTC DAI PAXG TAO RNDR JUP'
  ).split(' '),
);

/** Coins people mean by a name that is a US symbol as well, so that alone it tells nothing. */
export const UNCLEAR_COINS: ReadonlySet<string> = new Set(['BTC', 'ETH', 'XRP', 'SOL', 'DOGE', 'ADA', 'BNB']);

const BASE = /^[A-Z0-9]{1,20}$/;

/** Whether a text names a currency of a country, or a metal that is traded like one. */
export function isFiat(text: string): boolean {
  return FIAT.has(text);
}

/** Whether a text names a coin rather than a currency: what is no coin by name may still be one. */
export function isCoin(text: string): boolean {
  return COINS.has(text) || COIN_QUOTES.has(text);
}

/** The pair of two names, where the second is something that prices are told in. */
export function pairOf(base: string, quote: string): CurrencyPair | undefined {
  const isPair = BASE.test(base) && base !== quote && (FIAT.has(quote) || COIN_QUOTES.has(quote));
  return isPair ? { base, quote } : undefined;
}

/** Whether a pair is of currencies alone, and so foreign exchange rather than crypto. */
export function isFxPair({ base, quote }: CurrencyPair): boolean {
  return FIAT.has(base) && FIAT.has(quote);
}

/**
 * The pairs that a text without a mark between them may mean: `BTCUSDT`, `EURUSD`.
 *
 * Where it may be cut at several places, those whose base is known win; what
 * then are still several is for whoever wrote the text to decide.
 */
export function pairsIn(text: string): readonly CurrencyPair[] {
  const pairs: CurrencyPair[] = [];
  for (let length = 3; length <= 5; length += 1) {
    const pair = pairOf(text.slice(0, -length), text.slice(-length));
    if (pair && pair.base.length >= 2) pairs.push(pair);
  }
  const known = pairs.filter(({ base }) => COINS.has(base) || FIAT.has(base));
  return known.length > 0 ? known : pairs;
}
