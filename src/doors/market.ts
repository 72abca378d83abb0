/**
 * What market data is made of: instruments and their symbols, kinds of data and how they age,
 * quotes, bars, series; when venues trade, how long values live by that, how much prices
 * move, and which values are to be believed.
 *
 * @packageDocumentation
 */

export { type Bar, resample } from '../market/bar.ts';
export { BAR_COLUMNS, type BarChunk } from '../market/bars/bar-chunk.ts';
export { type BarRange, BarRanges, type BarRangesOptions, type BarTail } from '../market/bars/bar-ranges.ts';
export type { BarCall, BarSource, BarSubject } from '../market/bars/bar-source.ts';
export { ALWAYS, type BarTime } from '../market/bars/bar-time.ts';
export type { Stretch } from '../market/bars/coverage.ts';
export { type Rows, Series } from '../market/bars/series.ts';
export type { SeriesWindow } from '../market/bars/series-window.ts';
export { VenueBarTime, type VenueBarTimeOptions } from '../market/bars/venue-bar-time.ts';
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
export { calendarFor } from '../market/calendar-for.ts';
export type { MarketAnswer } from '../market/data/market-answer.ts';
export { MarketData, type MarketDataOptions, type MarketReadOptions, type Snapshot } from '../market/data/market-data.ts';
export {
  canChange,
  DATA_KIND_NAMES,
  type DataKind,
  type DataKindName,
  type Dated,
  type Ordering,
  type Trading,
  tradingIn,
  type Versioned,
} from '../market/data-kinds/data-kind.ts';
export { DATA_KINDS, type DataKindValues, isDataKind } from '../market/data-kinds/data-kinds.ts';
export {
  type ByVolatility,
  LIFETIME_PRESETS,
  type LifetimePreset,
  type LifetimeTable,
  lifetimesOf,
  type PhaseLifetime,
} from '../market/data-kinds/kind-lifetimes.ts';
export { marketTags, symbolTag, type TagSubject, venueTag } from '../market/data-kinds/market-tags.ts';
export { CONTRACTS, FreshnessContract, type FreshnessOptions, type Judged } from '../market/freshness/freshness-contract.ts';
export { marketAge } from '../market/freshness/market-age.ts';
export { ASSET_CLASSES, type AssetClass, isAssetClass } from '../market/instrument/asset-class.ts';
export { type FutureTerms, futureTerms } from '../market/instrument/future-symbol.ts';
export { type Instrument, type InstrumentFacts, instrument } from '../market/instrument/instrument.ts';
export { isIsin } from '../market/instrument/isin.ts';
export { type OptionTerms, optionSymbol, optionTerms } from '../market/instrument/option-symbol.ts';
export { type InstrumentDefaults, parseInstrument } from '../market/instrument/parse-instrument.ts';
export type { ReadingDefaults } from '../market/instrument/read-symbol.ts';
export type { AssumedFact } from '../market/instrument/reading.ts';
export { type DirectoryEntry, type DirectoryOptions, SymbolDirectory } from '../market/instrument/symbol-directory.ts';
export { alpacaSymbols } from '../market/instrument/symbols/alpaca-symbols.ts';
export { type EdgarOptions, edgarSymbols } from '../market/instrument/symbols/edgar-symbols.ts';
export { type FinnhubOptions, finnhubSymbols } from '../market/instrument/symbols/finnhub-symbols.ts';
export { massiveSymbols } from '../market/instrument/symbols/massive-symbols.ts';
export { type BinanceOptions, binanceSymbols, ccxtSymbols } from '../market/instrument/symbols/pair-symbols.ts';
export type { SymbolMap, SymbolMapOptions } from '../market/instrument/symbols/symbol-map.ts';
export { twelvedataSymbols } from '../market/instrument/symbols/twelvedata-symbols.ts';
export { yahooSymbols } from '../market/instrument/symbols/yahoo-symbols.ts';
export { INTERVALS, type Interval, intervalMs, isInterval } from '../market/interval.ts';
export { type InstrumentKind, MarketKinds, type MarketKindsOptions } from '../market/kinds/market-kinds.ts';
export type { MarketHours, MarketSpan } from '../market/lifetime/market-hours.ts';
export { type MarketLifetimeOptions, marketLifetime } from '../market/lifetime/market-lifetime.ts';
export { Quarantine, type Quarantined, type QuarantineOptions } from '../market/quarantine/quarantine.ts';
export { FAULTS, type Fault, type Refusal, type Verdict } from '../market/quarantine/verdict.ts';
export type { Quote } from '../market/quote.ts';
export { toSymbol } from '../market/symbol.ts';
export {
  annualised,
  CALENDAR_SECONDS_A_YEAR,
  STOCK_SECONDS_A_YEAR,
  type TtlDemand,
  ttlFor,
  Volatilities,
  type VolatilityOptions,
} from '../market/volatility.ts';
