/** What is known of a venue, as far as symbols go; its hours are its calendar's. */
export interface Venue {
  /** Its MIC (ISO 10383); `24/7` for crypto, `24/5` for foreign exchange, `CMES` for all of CME Group. */
  readonly mic: string;
  /** Under which name its hours are known; several venues may share one. */
  readonly calendar: string;
  /** In which currency it lists; absent where it lists in several. */
  readonly currency: string | undefined;
  /** What Yahoo writes behind the symbol, with its dot; empty in the United States; absent where it has none. */
  readonly yahooSuffix: string | undefined;
  /** What else people call it, in upper case: `LSE`, `LON`. */
  readonly names: readonly string[];
}

/** Where foreign exchange is traded: from Sunday evening to Friday evening, New York. */
export const FX_VENUE = '24/5';
/** Where crypto is traded: always. */
export const CRYPTO_VENUE = '24/7';
/** The venue that stands for all of the United States where a text does not tell which. */
export const US_VENUE = 'XNYS';

/**
 * The venues of US stocks. A symbol names one instrument on all of them, for
 * they trade under one plan with one consolidated tape; they share hours, too.
 */
const US: readonly (readonly [mic: string, ...names: string[]])[] = [
  ['XNYS', 'NYSE', 'US'],
  ['XNAS', 'NASDAQ', 'XNGS', 'XNMS', 'XNCM'],
  ['ARCX', 'ARCA', 'NYSEARCA'],
  ['XASE', 'AMEX', 'NYSEAMERICAN'],
  ['BATS'],
  ['IEXG', 'IEX'],
  ['OTCM', 'OTC', 'PINX'],
];

/** MIC, currency, Yahoo's suffix, calendar where it has another name (else empty), further names. */
const ELSEWHERE: readonly (readonly [mic: string, currency: string, yahooSuffix: string, calendar: string, ...names: string[]])[] = [
  // London, Hong Kong, Singapore and Toronto list in several currencies: pence beside pounds and dollars, for one.
  ['XLON', '', 'L', '', 'LSE', 'LON'],
  ['XETR', 'EUR', 'DE', '', 'XETRA', 'ETR'],
  ['XFRA', 'EUR', 'F', '', 'FRA', 'FSX'],
  ['XSTU', 'EUR', 'SG', 'XFRA'],
  ['XMUN', 'EUR', 'MU', 'XFRA'],
  ['XDUS', 'EUR', 'DU', 'XFRA'],
  ['XBER', 'EUR', 'BE', 'XFRA'],
  ['XHAM', 'EUR', 'HM', 'XFRA'],
  ['XHAN', 'EUR', 'HA', 'XFRA'],
  ['XPAR', 'EUR', 'PA', '', 'EPA'],
  ['XAMS', 'EUR', 'AS', '', 'AMS'],
  ['XBRU', 'EUR', 'BR', '', 'EBR'],
  ['XLIS', 'EUR', 'LS', '', 'ELI'],
  ['XDUB', 'EUR', 'IR', '', 'XMSM'],
  ['XMIL', 'EUR', 'MI', '', 'BIT', 'MTAA'],
  ['XMAD', 'EUR', 'MC', '', 'BME'],
  ['XSWX', 'CHF', 'SW', '', 'SIX', 'SWX'],
  ['XWBO', 'EUR', 'VI', '', 'VIE', 'XVIE'],
  ['XSTO', 'SEK', 'ST', '', 'STO'],
  ['XCSE', 'DKK', 'CO', '', 'CPH'],
  ['XHEL', 'EUR', 'HE', '', 'HEL'],
  ['XOSL', 'NOK', 'OL', '', 'OSL'],
  ['XICE', 'ISK', 'IC', ''],
  ['XTAL', 'EUR', 'TL', ''],
  ['XRIS', 'EUR', 'RG', ''],
  ['XLIT', 'EUR', 'VS', ''],
  ['XWAR', 'PLN', 'WA', '', 'GPW'],
  ['XPRA', 'CZK', 'PR', ''],
  ['XBUD', 'HUF', 'BD', ''],
  ['ASEX', 'EUR', 'AT', '', 'XATH', 'ATHEX'],
  ['XIST', 'TRY', 'IS', '', 'BIST'],
  ['XTAE', 'ILS', 'TA', '', 'TASE'],
  ['XSAU', 'SAR', 'SR', '', 'TADAWUL'],
  ['DSMD', 'QAR', 'QA', ''],
  ['XCAI', 'EGP', 'CA', ''],
  ['XJSE', 'ZAR', 'JO', '', 'JSE'],
  ['MISX', 'RUB', 'ME', '', 'MOEX'],
  ['XTSE', '', 'TO', '', 'TSX'],
  ['XTSX', '', 'V', 'XTSE', 'TSXV'],
  ['NEOE', '', 'NE', 'XTSE', 'NEO'],
  ['XCNQ', '', 'CN', 'XTSE', 'CSE'],
  ['XMEX', 'MXN', 'MX', '', 'BMV'],
  ['BVMF', 'BRL', 'SA', '', 'B3', 'BMFBOVESPA'],
  ['XBUE', 'ARS', 'BA', '', 'BYMA'],
  ['XSGO', 'CLP', 'SN', ''],
  ['XBOG', 'COP', 'CL', ''],
  ['XASX', 'AUD', 'AX', '', 'ASX'],
  ['XNZE', 'NZD', 'NZ', '', 'NZX'],
  ['XTKS', 'JPY', 'T', '', 'XJPX', 'JPX', 'TYO'],
  ['XHKG', '', 'HK', '', 'HKEX', 'HKG', 'SEHK'],
  ['XSHG', 'CNY', 'SS', '', 'SSE', 'SHA'],
  ['XSHE', 'CNY', 'SZ', 'XSHG', 'SZSE', 'SHE'],
  ['XNSE', 'INR', 'NS', '', 'NSE'],
  ['XBOM', 'INR', 'BO', '', 'BSE', 'BOM'],
  ['XKRX', 'KRW', 'KS', '', 'KRX', 'KOSPI'],
  ['XKOS', 'KRW', 'KQ', 'XKRX', 'KOSDAQ'],
  ['XTAI', 'TWD', 'TW', '', 'TWSE', 'TPE'],
  ['ROCO', 'TWD', 'TWO', 'XTAI', 'TPEX'],
  ['XSES', '', 'SI', '', 'SGX'],
  ['XIDX', 'IDR', 'JK', '', 'IDX'],
  ['XBKK', 'THB', 'BK', '', 'SET'],
  ['XKLS', 'MYR', 'KL', '', 'KLSE', 'MYX'],
];

/** Where futures are traded, and what is always or nearly always open. */
const OTHERS: readonly Venue[] = [
  derivatives('CMES', 'USD', ['XCME', 'XCBT', 'XNYM', 'XCEC', 'GLBX', 'CME', 'CBOT', 'NYMEX', 'COMEX']),
  derivatives('XCBF', 'USD', ['CFE']),
  derivatives('IFUS', 'USD', ['NYBOT']),
  derivatives('IFEU', undefined, ['ICEEU']),
  derivatives('XEUR', undefined, ['EUREX']),
  { mic: 'XCBO', calendar: 'XNYS', currency: 'USD', yahooSuffix: undefined, names: ['CBOE', 'OPRA'] },
  {
    mic: CRYPTO_VENUE,
    calendar: CRYPTO_VENUE,
    currency: undefined,
    yahooSuffix: '',
    names: ['CRYPTO', 'BINANCE', 'COINBASE', 'KRAKEN', 'BITSTAMP'],
  },
  { mic: FX_VENUE, calendar: FX_VENUE, currency: undefined, yahooSuffix: '', names: ['FX', 'FOREX', 'OANDA', 'FXCM', 'FX_IDC'] },
];

/** Names that mean several venues. */
const UNCLEAR: Readonly<Record<string, readonly string[]>> = { TSE: ['XTKS', 'XTSE'], ICE: ['IFUS', 'IFEU', 'XICE'] };

const US_MICS: ReadonlySet<string> = new Set(US.map(([mic]) => mic));
const FUTURES_MICS: ReadonlySet<string> = new Set(['CMES', 'XCBF', 'IFUS', 'IFEU', 'XEUR']);
const VENUES = new Map<string, Venue>();
const BY_NAME = new Map<string, Venue>();
const BY_SUFFIX = new Map<string, Venue>();

for (const [mic, ...names] of US) add({ mic, calendar: usCalendar(mic), currency: 'USD', yahooSuffix: '', names });
for (const [mic, currency, suffix, calendar, ...names] of ELSEWHERE) {
  const venue = { mic, calendar: calendar || mic, currency: currency || undefined, yahooSuffix: `.${suffix}`, names };
  add(venue);
  BY_SUFFIX.set(suffix, venue);
}
for (const venue of OTHERS) add(venue);

/** The venue of a MIC, or of another name it goes by; `undefined` for one that is not known here. */
export function venueNamed(name: string): Venue | undefined {
  return VENUES.get(name) ?? BY_NAME.get(name);
}

/** The venue for which Yahoo writes this behind a symbol, without the dot: `L`, `NS`. */
export function venueOfYahooSuffix(suffix: string): Venue | undefined {
  return BY_SUFFIX.get(suffix);
}

/**
 * The calendar that tells a venue's hours, by its name: the venue's own, or that of
 * the exchange whose days it keeps (`XSTU` keeps those of `XFRA`).
 */
export function calendarNameOf(mic: string): string {
  return VENUES.get(mic)?.calendar ?? mic;
}

/** The venues a name may mean, where it means several. */
export function venuesMeantBy(name: string): readonly string[] {
  return Object.hasOwn(UNCLEAR, name) ? (UNCLEAR[name] ?? []) : [];
}

/** Every name of a venue that is understood. */
export function venueNames(): readonly string[] {
  return [...VENUES.keys(), ...BY_NAME.keys()];
}

/** Whether a venue is one of those on which US stocks are traded. */
export function isUsVenue(mic: string): boolean {
  return US_MICS.has(mic);
}

/** Whether a venue trades futures, so that what it lists is read as such. */
export function isFuturesVenue(mic: string): boolean {
  return FUTURES_MICS.has(mic);
}

function add(venue: Venue): void {
  VENUES.set(venue.mic, venue);
  for (const name of venue.names) BY_NAME.set(name, venue);
}

function derivatives(mic: string, currency: string | undefined, names: readonly string[]): Venue {
  return { mic, calendar: mic, currency, yahooSuffix: undefined, names };
}

/** IEX and the OTC market have no calendar of their own: they keep the days of the exchanges. */
function usCalendar(mic: string): string {
  return mic === 'IEXG' || mic === 'OTCM' ? US_VENUE : mic;
}
