import type { KindCache } from '../../cache/kind-cache.ts';
import { orAborted } from '../../cache/reading/read-through.ts';
import { assertNames, ConfigError } from '../../errors.ts';
import { type Clock, systemClock } from '../../time/clock.ts';
import { type Duration, toMs } from '../../time/duration.ts';
import type { Bar } from '../bar.ts';
import { INTERVALS, intervalMs, isInterval } from '../interval.ts';
import { BarBook } from './bar-book.ts';
import { BarCalls } from './bar-calls.ts';
import { type BarChunk, rowsOf } from './bar-chunk.ts';
import { type BarCall, type BarSource, type BarSubject, inOrder } from './bar-source.ts';
import { type BarTime, barsWithin, callsFor, finalUntil } from './bar-time.ts';
import type { SeriesWindow } from './series-window.ts';

/** Of so many subjects it is remembered whether their source is behind. */
const MAX_BOOKS = 10_000;

/** What ranges of bars are made of. */
export interface BarRangesOptions {
  /** Keeps final bars, in chunks; they live as long as its lifetime says. */
  readonly chunks: KindCache<string, BarChunk>;
  /** Keeps the bars that are not final yet, for as long as its lifetime says. */
  readonly tails: KindCache<string, BarTail>;
  readonly source: BarSource;
  /** @default the machine's */
  readonly clock?: Clock;
  /** When bars of a subject can be, and when they are complete. */
  readonly timeOf: (subject: BarSubject) => BarTime;
  /** The source tells what happens so much later. @default 0 */
  readonly lag?: Duration;
  /** A bar may still be corrected for so long after it should be complete. @default '30s' */
  readonly settle?: Duration;
  /** A source that lacks the last bars that should be final may still bring them for so long. @default '1d' */
  readonly patience?: Duration;
  /** Bars in one answer of the source, at most: no more than it gives at once. @default 1_000 */
  readonly pageSize?: number;
  /** Calls made at a time; others wait for their turn. @default 4 */
  readonly maxConcurrentCalls?: number;
  /** A call that takes longer has failed. @default '30s' */
  readonly deadline?: Duration;
}

const OPTIONS = {
  chunks: true,
  tails: true,
  source: true,
  clock: true,
  timeOf: true,
  lag: true,
  settle: true,
  patience: true,
  pageSize: true,
  maxConcurrentCalls: true,
  deadline: true,
} as const satisfies Record<keyof BarRangesOptions, true>;

/** A range may be of so many intervals. */
const MAX_BARS = 5_000_000;

/** Bars that are not final yet, as they were at one asking. */
export interface BarTail {
  readonly bars: readonly Bar[];
}

/** Bars of a range. */
export interface BarRange {
  /** In order of time; the columns are those of a bar. */
  readonly bars: SeriesWindow;
  /** Bars that begin before this instant are final; of those from there on, all may yet change. */
  readonly finalUntil: number;
  /** When the source was asked for those that are not final, epoch ms; `undefined` where it was not asked for any. */
  readonly tailAskedAt: number | undefined;
}

/**
 * Bars of ranges, of which the source is asked for each final one once.
 *
 * Final bars are kept in chunks, with what is known of each; a range asks for what is missing of it alone, in as few
 * calls as there can be. Time in which nothing trades is known without asking. The bars that are not final are
 * kept apart, for a short while, and are asked for once more when they are.
 */
export class BarRanges {
  readonly #options: BarRangesOptions;
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #patienceMs: number;
  readonly #pageSize: number;
  readonly #calls: BarCalls;
  readonly #books = new Map<string, BarBook>();

  /** @throws ConfigError naming the option at fault. */
  constructor(options: BarRangesOptions) {
    assertNames(options, OPTIONS, 'BarRanges');
    const { pageSize = 1_000, maxConcurrentCalls = 4 } = options;
    for (const name of ['source', 'timeOf'] as const)
      if (typeof options[name] !== 'function') throw new ConfigError(`\`${name}\` is no function; give one`);
    for (const [name, count] of Object.entries({ pageSize, maxConcurrentCalls }))
      if (!(Number.isInteger(count) && count >= 1)) throw new ConfigError(`\`${name}\` is ${count}; give a whole number from 1 up`);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#pageSize = pageSize;
    this.#calls = new BarCalls(options.source, this.#clock, toMs(options.deadline ?? '30s', 'deadline'), maxConcurrentCalls);
    this.#delayMs = toMs(options.lag ?? 0, 'lag') + toMs(options.settle ?? '30s', 'settle');
    this.#patienceMs = toMs(options.patience ?? '1d', 'patience');
  }

  /**
   * The bars that begin from `from` up to `to`.
   *
   * @param signal ends this reader's wait; what was asked for comes all the same.
   * @throws ConfigError when the range is none; and whatever the source throws.
   */
  async read(subject: BarSubject, from: number, to: number, signal?: AbortSignal): Promise<BarRange> {
    if (!(Number.isFinite(from) && Number.isFinite(to) && from <= to))
      throw new ConfigError(`Bars from ${from} to ${to}; give epoch milliseconds, the first no later than the second`);
    const { timeOf, tails } = this.#options;
    const { interval } = subject;
    const time = timeOf(subject);
    if (!isInterval(interval)) throw new ConfigError(`\`interval\` is "${String(interval)}"; give one of ${INTERVALS.join(', ')}`);
    const length = intervalMs(interval);
    if ((to - from) / length > MAX_BARS)
      throw new ConfigError(`A range of ${Math.ceil((to - from) / length)} bars; ask for ${MAX_BARS} at most at once`);
    const now = this.#clock.now();
    const first = Math.ceil(from / length) * length;
    const end = Math.ceil(to / length) * length;
    const edge = finalUntil(time, interval, now, this.#delayMs);
    const book = this.#bookOf(subject, time);
    const { series, coverage } = await orAborted(book.read(first, Math.min(end, edge)), signal);
    const [gap] = coverage.missing(first, Math.min(end, edge));
    const known = gap?.from ?? edge;
    const last = Math.min(end, now + 1);
    if (time.stretches(Math.max(first, edge), last, interval).length === 0)
      return { bars: series.between(first, end), finalUntil: known, tailAskedAt: undefined };

    const tail = await tails.entryOrLoad(book.key, () => this.#tail(subject, time, edge, now), signal && { signal });
    const open = barsWithin(tail.value?.bars ?? [], time, interval, Math.max(first, edge), end);
    series.put(rowsOf(open));
    return { bars: series.between(first, end), finalUntil: known, tailAskedAt: tail.askedAt };
  }

  /**
   * What is being asked for of a symbol is delivered to those who wait, and not kept, and nobody joins it any more: to be
   * said when its prices were adjusted, before what the cache has of it is invalidated.
   */
  cut(symbol: string): void {
    for (const [key, book] of this.#books) if (key.startsWith(`${symbol}:`)) book.cut();
  }

  /** Bars that are not final, in pages as well: with a late feed there may be many. */
  async #tail(subject: BarSubject, time: BarTime, from: number, now: number): Promise<BarTail> {
    const length = intervalMs(subject.interval);
    const to = (Math.floor(now / length) + 1) * length;
    const pages = callsFor([{ from, to }], time, subject.interval, this.#pageSize);
    const answers = pages.map(async (page) => {
      const answer = inOrder(await this.#calls.make({ ...subject, ...page }), subject);
      return barsWithin(answer, time, subject.interval, page.from, page.to);
    });
    return { bars: (await Promise.all(answers)).flat() };
  }

  #bookOf(subject: BarSubject, time: BarTime): BarBook {
    const { symbol, interval, isAdjusted = false } = subject;
    const key = `${symbol}:${interval}${isAdjusted ? ':adjusted' : ''}`;
    const known = this.#books.get(key);
    if (known) return known;
    if (this.#books.size >= MAX_BOOKS) this.#forget();
    const { chunks } = this.#options;
    const source = (call: Omit<BarCall, 'signal'>): Promise<readonly Bar[]> => this.#calls.make(call);
    const parts = { chunks, source, time, pageSize: this.#pageSize, patienceMs: this.#patienceMs, now: () => this.#clock.now() };
    const book = new BarBook(key, subject, parts);
    this.#books.set(key, book);
    return book;
  }

  /** Of the books at rest, all; they say nothing that the cache does not. */
  #forget(): void {
    for (const [key, book] of this.#books) if (book.isIdle) this.#books.delete(key);
  }
}
