import { ConfigError } from '../../errors.ts';
import { Calendar } from './calendar.ts';
import type { CalendarOptions, CalendarRules, Coverage } from './calendar-rules.ts';
import { VENUES } from './venues/venues.ts';

/** Names that people and other libraries give to venues. */
const ALIASES: Readonly<Record<string, string>> = {
  NYSE: 'XNYS',
  NASDAQ: 'XNAS',
  AMEX: 'XASE',
  LSE: 'XLON',
  XETRA: 'XETR',
  FWB: 'XFRA',
  SIX: 'XSWX',
  TSX: 'XTSE',
  ASX: 'XASX',
  NZX: 'XNZE',
  JPX: 'XTKS',
  HKEX: 'XHKG',
  SSE: 'XSHG',
  SZSE: 'XSHE',
  BSE: 'XBOM',
  NSE: 'XNSE',
  KRX: 'XKRX',
  SGX: 'XSES',
  TWSE: 'XTAI',
  B3: 'BVMF',
  BMF: 'BVMF',
  CME: 'CMES',
  CFE: 'XCBF',
  FX: '24/5',
  FOREX: '24/5',
  CRYPTO: '24/7',
};

/** A venue whose calendar there is. */
export interface Venue {
  /** Its MIC; `24/5` for foreign exchange and `24/7` for crypto. */
  readonly mic: string;
  readonly title: string;
  readonly timeZone: string;
  readonly coverage: Coverage | undefined;
  /** Other names it goes by. */
  readonly aliases: readonly string[];
}

/**
 * The calendar of a venue, by its MIC or another name it goes by, in any case:
 * `XNYS`, `nyse`, `24/7`.
 *
 * It is the caller's own: what is overridden in it no other calendar has. Keep
 * it, for it expands each year but once; {@link Calendars} keeps them for a process.
 *
 * @throws ConfigError when there is no such venue.
 */
export function calendarOf(name: string, options: CalendarOptions = {}): Calendar {
  return new Calendar(rulesOf(name), options);
}

/** The rules of a venue, to define a calendar that differs in something. @throws ConfigError when there is no such venue. */
export function rulesOf(name: string): CalendarRules {
  const rules = VENUES.get(micOf(name));
  if (rules) return rules;
  throw new ConfigError(`There is no calendar of "${String(name).slice(0, 40)}"; there are ${[...VENUES.keys()].join(', ')}`);
}

/** Whether there are rules of a venue of that name. */
export function isVenue(name: string): boolean {
  return VENUES.has(micOf(name));
}

/** A calendar by rules of your own. @throws ConfigError when they cannot be read. */
export function defineCalendar(rules: CalendarRules, options: CalendarOptions = {}): Calendar {
  return new Calendar(rules, options);
}

/** The venues whose calendars there are, in the order of their regions. */
export function venues(): Venue[] {
  return [...VENUES.values()].map(({ name, title = name, timeZone, coverage }) => ({
    mic: name,
    title,
    timeZone,
    coverage,
    aliases: Object.keys(ALIASES).filter((alias) => ALIASES[alias] === name),
  }));
}

/** The MIC that a name means, as far as it is known. */
export function micOf(name: string): string {
  const upper = String(name).trim().toUpperCase();
  return ALIASES[upper] ?? upper;
}
