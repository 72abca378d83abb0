/**
 * What market data is made of: quotes, bars, intervals, symbols; and when venues trade.
 *
 * @packageDocumentation
 */

export { type Bar, resample } from '../market/bar.ts';
export { Calendar } from '../market/calendar/calendar.ts';
export { calendarOf, defineCalendar, rulesOf, type Venue, venues } from '../market/calendar/calendar-of.ts';
export type {
  CalendarOptions,
  CalendarRules,
  Coverage,
  Holiday,
  Hours,
  Override,
  SpecialHours,
} from '../market/calendar/calendar-rules.ts';
export { Calendars } from '../market/calendar/calendars.ts';
export { type Day, dateText, dayOf, type Weekday } from '../market/calendar/day.ts';
export {
  anyOf,
  type DayRule,
  dates,
  easter,
  fixed,
  last,
  lastWeekdayBefore,
  nth,
  type Observance,
  observed,
  only,
  onOrAfter,
  onOrBefore,
  shifted,
} from '../market/calendar/day-rule.ts';
export type { Disagreement, ProviderState } from '../market/calendar/disagreement.ts';
export { PHASE_CODES, PHASES, type Phase, phaseOf } from '../market/calendar/phase.ts';
export type { Confidence, Session, Span } from '../market/calendar/span.ts';
export { INTERVALS, type Interval, intervalMs, isInterval } from '../market/interval.ts';
export type { Quote } from '../market/quote.ts';
export { toSymbol } from '../market/symbol.ts';
