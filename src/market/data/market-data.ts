import type { KindCache } from '../../cache/kind-cache.ts';
import type { EntryInfo } from '../../cache/reading/entry-info.ts';
import { ConfigError } from '../../errors.ts';
import { type Clock, systemClock } from '../../time/clock.ts';
import { type Duration, toMs } from '../../time/duration.ts';
import type { BarRange, BarRanges } from '../bars/bar-ranges.ts';
import type { SeriesWindow } from '../bars/series-window.ts';
import { calendarFor } from '../calendar-for.ts';
import { CONTRACTS, FreshnessContract, type FreshnessOptions } from '../freshness/freshness-contract.ts';
import { marketAge } from '../freshness/market-age.ts';
import type { Instrument } from '../instrument/instrument.ts';
import { type Interval, intervalMs } from '../interval.ts';
import type { MarketKinds } from '../kinds/market-kinds.ts';
import type { MarketHours } from '../lifetime/market-hours.ts';
import type { Quote } from '../quote.ts';
import { answerOf, type MarketAnswer } from './market-answer.ts';

/** What market data is made of. */
export interface MarketDataOptions {
  readonly kinds: MarketKinds;
  /** The caches of the kinds, which have their loaders. */
  readonly cache: { readonly quote: KindCache<string, Quote> };
  /** Bars, where any are to be had. */
  readonly bars?: BarRanges;
  /** How fresh values must be, by purpose, beside `order`, `display` and `analysis`, or in their place. */
  readonly contracts?: Readonly<Record<string, FreshnessOptions>>;
  /** @default the machine's */
  readonly clock?: Clock;
}

/** What a read of market data may ask for. */
export interface MarketReadOptions {
  /** The purpose: the name of a contract. @default 'display' */
  readonly for?: string;
  readonly signal?: AbortSignal;
}

/** Quotes of several instruments as they were at one moment. */
export interface Snapshot {
  /** By what was asked for; what could not be had stands among the errors. */
  readonly quotes: ReadonlyMap<string, MarketAnswer<Quote>>;
  readonly errors: ReadonlyMap<string, unknown>;
  /** Between the first and the last asking of a source: milliseconds. */
  readonly spreadMs: number;
}

const TRADING: ReadonlySet<string> = new Set(['pre', 'open', 'post', 'overnight']);

/** Windows of bars look back over so many more intervals than they have rows: over a long weekend, and a night. */
const LOOKBACK = 6;

/**
 * Market data out of a cache, with where each value is from, and refused where it is too old for its purpose.
 *
 * @example
 * const data = new MarketData({ kinds: market, cache });
 * const { value, eventAt, source } = await data.quote('AAPL', { for: 'order' });
 */
export class MarketData {
  readonly #kinds: MarketKinds;
  readonly #quotes: KindCache<string, Quote>;
  readonly #bars: BarRanges | undefined;
  readonly #clock: Clock;
  readonly #contracts: ReadonlyMap<string, FreshnessContract>;

  /** @throws ConfigError naming the contract at fault. */
  constructor({ kinds, cache, bars, contracts = {}, clock = systemClock }: MarketDataOptions) {
    this.#kinds = kinds;
    this.#quotes = cache.quote;
    this.#bars = bars;
    this.#clock = clock;
    const all = Object.entries({ ...CONTRACTS, ...contracts });
    this.#contracts = new Map(all.map(([name, options]) => [name, new FreshnessContract(name, options)]));
  }

  /**
   * The quote of an instrument, as fresh as its purpose asks for.
   *
   * @returns `undefined` where its source has none.
   * @throws NotFreshError where none is as fresh, though the source was asked; KeyError where the text means no instrument.
   */
  async quote(symbol: string, options: MarketReadOptions = {}): Promise<MarketAnswer<Quote> | undefined> {
    const answers = await this.quotes([symbol], options);
    if (answers.errors.has(symbol)) throw answers.errors.get(symbol);
    return answers.quotes.get(symbol);
  }

  /** The same for many, each by itself: what is refused, or could not be had, stands among the errors. */
  async quotes(symbols: Iterable<string>, options: MarketReadOptions = {}): Promise<Omit<Snapshot, 'spreadMs'>> {
    const contract = this.#contract(options.for);
    const quotes = new Map<string, MarketAnswer<Quote>>();
    const errors = new Map<string, unknown>();
    const asked = this.#instruments(symbols, errors);
    const signal = options.signal && { signal: options.signal };
    const found = await this.#quotes.entriesOrLoad(idsOf(asked), { allowStale: contract.allowStale, ...signal });
    const tooOld = [...asked].filter(
      ([, instrument]) => this.#refusal(contract, instrument, found.get(instrument.id)) && found.get(instrument.id)?.tier !== 'source',
    );
    const anew = tooOld.length === 0 ? found : await this.#quotes.entriesOrLoad(idsOf(tooOld), { allowStale: false, maxAge: 0, ...signal });
    for (const [symbol, instrument] of asked) {
      const { id } = instrument;
      // What could not be asked for anew is refused for its age, and the reason why it could not is its cause.
      const entry = anew.get(id) ?? found.get(id);
      const error = anew.errors.get(id) ?? found.errors.get(id);
      const refusal = this.#refusal(contract, instrument, entry, error);
      const answer = entry && !refusal ? answerOf(instrument, entry, this.#hours(instrument), this.#clock.now()) : undefined;
      if (refusal) errors.set(symbol, refusal);
      else if (answer) quotes.set(symbol, answer);
      else if (error !== undefined) errors.set(symbol, error);
    }
    return { quotes, errors };
  }

  /**
   * Quotes of several instruments of one moment: where their sources were asked at times further apart than `within`, those
   * that lag behind are asked for anew, all together. What cannot have changed since it was asked for does not lag.
   *
   * @param within default '1s'.
   */
  async snapshot(symbols: Iterable<string>, within: Duration = '1s', options: MarketReadOptions = {}): Promise<Snapshot> {
    const all = [...symbols];
    const withinMs = toMs(within, 'within');
    const answers = await this.quotes(all, options);
    if (this.#spreadOf(answers.quotes) <= withinMs) return { ...answers, spreadMs: this.#spreadOf(answers.quotes) };
    const now = this.#clock.now();
    const lagging = [...answers.quotes.values()].filter((answer) => now - this.#sameUntil(answer, now) > withinMs);
    const ids = lagging.map(({ instrument }) => instrument.id);
    await this.#quotes.entriesOrLoad(ids, { maxAge: withinMs, ...(options.signal && { signal: options.signal }) });
    const together = await this.quotes(all, options);
    return { ...together, spreadMs: this.#spreadOf(together.quotes) };
  }

  /** Bars that begin from `from` up to `to`: see {@link BarRanges.read}. @throws ConfigError without `bars`. */
  bars(
    symbol: string,
    interval: Interval,
    from: number,
    to: number,
    options: { readonly isAdjusted?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<BarRange> {
    if (!this.#bars) throw new ConfigError('There are no `bars`; give a BarRanges to MarketData');
    const { isAdjusted = false, signal } = options;
    return this.#bars.read({ symbol: this.#kinds.idOf(symbol), interval, isAdjusted }, from, to, signal);
  }

  /** The `size` bars before `end`, or as many as there are within six times as many intervals, and a week. @throws ConfigError without `bars`. */
  async window(symbol: string, interval: Interval, end: number, size: number): Promise<SeriesWindow> {
    const from = end - Math.max(LOOKBACK * size * intervalMs(interval), 7 * intervalMs('1d'));
    const { bars } = await this.bars(symbol, interval, from, end);
    return bars.last(size);
  }

  /** Between the first instant and the last at which what was answered is known to have been so. */
  #spreadOf(quotes: ReadonlyMap<string, MarketAnswer<Quote>>): number {
    const now = this.#clock.now();
    const until = [...quotes.values()].map((answer) => this.#sameUntil(answer, now));
    return until.length === 0 ? 0 : Math.max(...until) - Math.min(...until);
  }

  /** Until when an answer is known to be true: when it was asked for, or now where nothing can have traded since. */
  #sameUntil({ instrument, askedAt }: MarketAnswer<Quote>, now: number): number {
    return marketAge(this.#hours(instrument), TRADING, askedAt, now, 0) === 0 ? now : askedAt;
  }

  #contract(name = 'display'): FreshnessContract {
    const contract = this.#contracts.get(name);
    if (contract) return contract;
    throw new ConfigError(`There is no contract "${String(name)}"; there are ${[...this.#contracts.keys()].join(', ')}`);
  }

  #instruments(symbols: Iterable<string>, errors: Map<string, unknown>): Map<string, Instrument> {
    const asked = new Map<string, Instrument>();
    for (const symbol of symbols) {
      try {
        asked.set(symbol, this.#kinds.instrument(symbol));
      } catch (error) {
        errors.set(symbol, error);
      }
    }
    return asked;
  }

  #hours(instrument: Instrument): MarketHours {
    return calendarFor(instrument, this.#kinds.calendars) ?? this.#kinds.calendars.of('24/7');
  }

  #refusal(contract: FreshnessContract, instrument: Instrument, entry: EntryInfo<Quote> | undefined, cause?: unknown) {
    if (!entry || entry.isNegative) return undefined;
    const judged = { key: `quote:${instrument.id}`, trueAt: entry.eventAt ?? entry.askedAt, hours: this.#hours(instrument) };
    return contract.refusal(judged, this.#clock.now(), cause);
  }
}

function idsOf(asked: Iterable<readonly [string, Instrument]>): Set<string> {
  return new Set(Array.from(asked, ([, { id }]) => id));
}
