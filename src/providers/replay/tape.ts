import { intervalMs } from '../../market/interval.ts';
import type { Quote } from '../../market/quote.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../time/duration.ts';
import type { RecordedBar } from './recorded-bars.ts';
import type { RecordedSeries } from './recorded-index.ts';

/** Where every tape begins: a fixed instant, so that all processes play the same point at the same time. */
const STARTS_AT = Date.UTC(2020, 0, 1);

/** No market is closed for longer; what was recorded before a longer gap is no day before. */
const LONGEST_CLOSURE_MS = 6 * DAY;

/** How long a tape stays at one bar, at speed 1: a recorded minute goes by in a second. */
function stepMsOf(series: RecordedSeries): number {
  const lengthMs = intervalMs(series.interval);
  if (lengthMs <= MINUTE) return SECOND;
  return lengthMs <= HOUR ? 2 * SECOND : 5 * SECOND;
}

/**
 * A recorded series, played in a loop on today's clock.
 *
 * The point it stands at is a function of the wall clock alone: a restart, or
 * another process, sees the same quotes, and as long as the clock does not go
 * back, neither does `asOf`. Each symbol starts a fraction of a step apart, or
 * all would move at once.
 */
export class Tape {
  readonly #series: RecordedSeries;
  readonly #bars: readonly RecordedBar[];
  readonly #stepMs: number;
  readonly #startsAt: number;

  /** @param bars not empty, in order of time; @param speed 2 plays twice as fast. */
  constructor(series: RecordedSeries, bars: readonly RecordedBar[], speed: number) {
    this.#series = series;
    this.#bars = bars;
    this.#stepMs = Math.max(1, Math.round(stepMsOf(series) / speed));
    this.#startsAt = STARTS_AT - (hash(series.symbol) % this.#stepMs);
  }

  /** The quote at an instant: `asOf` is when the tape came to its present point. */
  quoteAt(now: number, source: string): Quote | undefined {
    const steps = Math.floor((now - this.#startsAt) / this.#stepMs);
    const { length } = this.#bars;
    const at = ((steps % length) + length) % length;
    const bar = this.#bars[at];
    if (bar === undefined) return undefined;
    return {
      symbol: this.#series.symbol,
      ...pricesOf(bar),
      ...this.#dayUntil(at),
      currency: this.#series.currency,
      asOf: this.#startsAt + steps * this.#stepMs,
      recordedAt: bar.startAt,
      source,
    };
  }

  /** What is known of the recorded day, in UTC, at the end of a bar of it. */
  #dayUntil(at: number): Partial<Quote> {
    const last = this.#bars[at];
    if (last === undefined) return {};
    const day = dayOf(last);
    let { open, high, low } = last;
    let volume = last.volume ?? 0;
    let before = at - 1;
    for (; before >= 0; before -= 1) {
      const bar = this.#bars[before];
      if (bar === undefined || dayOf(bar) !== day) break;
      open = bar.open;
      high = Math.max(high, bar.high);
      low = Math.min(low, bar.low);
      volume += bar.volume ?? 0;
    }
    const earlier = this.#bars[before];
    const previous = earlier && last.startAt - earlier.startAt < LONGEST_CLOSURE_MS ? earlier : undefined;
    return {
      open,
      high,
      low,
      ...(last.volume === undefined ? {} : { volume: rounded(volume) }),
      ...(previous === undefined ? {} : { previousClose: previous.close }),
    };
  }
}

function pricesOf(bar: RecordedBar): Pick<Quote, 'price' | 'bid' | 'ask'> {
  if (bar.ask === undefined) return { price: bar.close };
  return { price: rounded((bar.close + bar.ask) / 2), bid: bar.close, ask: bar.ask };
}

function dayOf(bar: RecordedBar): number {
  return Math.floor(bar.startAt / DAY);
}

/** Without the dust of binary fractions. */
function rounded(value: number): number {
  return Math.round(value * 1e8) / 1e8;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
