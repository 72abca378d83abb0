import { ConfigError } from '../../errors.ts';
import type { Bar } from '../../market/bar.ts';
import { resample } from '../../market/bar.ts';
import type { Interval } from '../../market/interval.ts';
import { INTERVALS, intervalMs } from '../../market/interval.ts';
import type { Quote } from '../../market/quote.ts';
import type { Clock } from '../../time/clock.ts';
import { systemClock } from '../../time/clock.ts';
import type { Duration } from '../../time/duration.ts';
import { toMs } from '../../time/duration.ts';
import type { BarsQuery, Provider, ProviderCall } from '../provider.ts';
import { RecordedBars } from './recorded-bars.ts';
import type { RecordedSeries } from './recorded-index.ts';
import { BUNDLED_DATA, readRecordedIndex } from './recorded-index.ts';
import { Tape } from './tape.ts';

/** How recorded data is played. */
export interface ReplayOptions {
  /** The folder of recorded data. @default the data that comes with Tiercel */
  readonly folder?: string;
  /** How fast quotes move: 2 is twice as fast. @default 1 */
  readonly speed?: number;
  /** How long each call takes, whatever it asks for. @default '40ms' */
  readonly latency?: Duration;
  readonly clock?: Clock;
}

/**
 * A provider that needs no network: it plays recorded market data.
 *
 * Quotes move on today's clock, so that caching them means something; bars keep
 * the dates at which they were recorded, so that they can be checked. A symbol
 * is quoted from its finest series. Every call takes a while, as a real source
 * does, and costs the same for one symbol as for all.
 */
export class ReplayProvider implements Provider {
  readonly name = 'replay';
  readonly #clock: Clock;
  readonly #speed: number;
  readonly #latencyMs: number;
  readonly #recorded: RecordedBars;
  readonly #series = new Map<string, RecordedSeries[]>();
  readonly #tapes = new Map<string, Tape>();

  /** @throws ConfigError when the folder holds no recorded data. */
  constructor(options: ReplayOptions = {}) {
    const folder = options.folder ?? BUNDLED_DATA;
    this.#clock = options.clock ?? systemClock;
    this.#speed = options.speed ?? 1;
    if (!(this.#speed > 0 && this.#speed < Infinity))
      throw new ConfigError(`\`speed\` is ${this.#speed}; give a number above 0, such as 1 or 10`);
    this.#latencyMs = toMs(options.latency ?? 40, 'latency');
    this.#recorded = new RecordedBars(folder);
    for (const series of readRecordedIndex(folder).series) {
      const finestFirst = [...(this.#series.get(series.symbol) ?? []), series].sort(
        (a, b) => intervalMs(a.interval) - intervalMs(b.interval),
      );
      this.#series.set(series.symbol, finestFirst);
    }
  }

  symbols(): readonly string[] {
    return [...this.#series.keys()];
  }

  /** An interval can be had when it was recorded, or can be made of a finer one that was. */
  intervals(symbol: string): readonly Interval[] {
    return INTERVALS.filter((interval) => this.#coarsestFor(symbol, interval) !== undefined);
  }

  async quotes(symbols: readonly string[], call: ProviderCall): Promise<Map<string, Quote>> {
    await this.#takeTime(call.signal);
    const tapes = await Promise.all(symbols.map((symbol) => this.#tapeOf(symbol)));
    const now = this.#clock.now();
    const quotes = new Map<string, Quote>();
    for (const [at, symbol] of symbols.entries()) {
      const quote = tapes[at]?.quoteAt(now, this.name);
      if (quote) quotes.set(symbol, quote);
    }
    return quotes;
  }

  async bars(symbol: string, query: BarsQuery): Promise<readonly Bar[] | undefined> {
    const series = this.#coarsestFor(symbol, query.interval);
    await this.#takeTime(query.signal);
    if (series === undefined) return undefined;
    const recorded = await this.#recorded.of(series);
    const bars = series.interval === query.interval ? recorded : resample(recorded, query.interval);
    const { from = -Infinity, to = Infinity, limit = Infinity } = query;
    const wanted = bars.filter((bar) => bar.startAt >= from && bar.startAt < to);
    return wanted.slice(Math.max(0, wanted.length - limit));
  }

  #coarsestFor(symbol: string, interval: Interval): RecordedSeries | undefined {
    return this.#series.get(symbol)?.findLast((series) => intervalMs(series.interval) <= intervalMs(interval));
  }

  async #tapeOf(symbol: string): Promise<Tape | undefined> {
    const known = this.#tapes.get(symbol);
    if (known) return known;
    const [finest] = this.#series.get(symbol) ?? [];
    if (finest === undefined) return undefined;
    const tape = new Tape(finest, await this.#recorded.of(finest), this.#speed);
    this.#tapes.set(symbol, tape);
    return tape;
  }

  /** Resolves when the latency is over; rejects when the call is ended before. */
  #takeTime(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const end = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const answer = (): void => {
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#clock.after(this.#latencyMs, answer, true);
      signal?.addEventListener('abort', end, { once: true });
    });
  }
}
