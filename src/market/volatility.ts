import { ConfigError } from '../errors.ts';
import { DAY, type Duration, SECOND, toMs } from '../time/duration.ts';

/** How volatilities are estimated. */
export interface VolatilityOptions {
  /** After how much market time what was seen counts half. @default '30m' */
  readonly halfLife?: Duration;
  /**
   * Values nearer to the last that was counted are passed over, and counted with the next: prices that jump
   * between bid and ask from one second to the next would look like motion. 0 counts all. @default '15s'
   */
  readonly sampling?: Duration;
  /** A longer pause between two values is a closed market, unless the caller says how long it was open. @default '1h' */
  readonly maxGap?: Duration;
  /** Whether a move over a closed market counts too, spread over all the time it took. @default false */
  readonly countGaps?: boolean;
  /** Moves that must be seen before anything is said. @default 10 */
  readonly minMoves?: number;
  /** Market time that they must span. @default '1m' */
  readonly minSpan?: Duration;
  /** The least volatility that is told, per square root of a second. @default 1e-6 */
  readonly min?: number;
  /** The greatest. @default 5e-3 */
  readonly max?: number;
  /** Symbols that are followed; who was updated longest ago leaves first. @default 10_000 */
  readonly maxSymbols?: number;
}

/** What a price did since it was first seen. Squares and seconds fade alike, so that their ratio is a rate at any spacing. */
interface Motion {
  /** The last price that was counted, and when it was true. */
  logPrice: number;
  countedAt: number;
  /** When the last price was true, counted or not. */
  lastAt: number;
  squares: number;
  seconds: number;
  moveCount: number;
  spanMs: number;
}

/** The share of `b² / σ²` after which a price has left a band of ±b with even odds; see {@link ttlFor}. */
const EVEN_ODDS = (8 / Math.PI ** 2) * Math.log(8 / Math.PI);

/** The seconds of a year in which US stocks are traded: 252 days of 6.5 hours. */
export const STOCK_SECONDS_A_YEAR: number = 252 * 6.5 * 3_600;
/** The seconds of a year of 365.25 days, in which coins are traded. */
export const CALENDAR_SECONDS_A_YEAR: number = (365.25 * DAY) / SECOND;

/**
 * How much prices move, by symbol: an exponentially weighted mean of squared
 * logarithmic returns, which fades by market time.
 *
 * This is RiskMetrics' estimate (J.P. Morgan/Reuters, Technical Document, 4th edition,
 * 1996, chapter 5) for values that come at any spacing: squared returns and the seconds they took
 * are both faded by `2^(-t / halfLife)`, and the variance of a second is their ratio.
 * With values at one distance d it is the same, with λ = `2^(-d / halfLife)`. The
 * mean return is taken for 0, as there.
 *
 * Values that come every second are sampled: there a price jumps between bid and ask,
 * and the squares of such jumps add up to a multiple of what it moves (Aït-Sahalia,
 * Mykland and Zhang, How Often to Sample a Continuous-Time Process in the Presence of
 * Market Microstructure Noise, 2005).
 *
 * A pause while the market was closed is no slow motion: the move over it is left out,
 * and so is its time.
 */
export class Volatilities {
  readonly #halfLifeMs: number;
  readonly #samplingMs: number;
  readonly #maxGapMs: number;
  readonly #countGaps: boolean;
  readonly #minMoves: number;
  readonly #minSpanMs: number;
  readonly #min: number;
  readonly #max: number;
  readonly #maxSymbols: number;
  readonly #motions = new Map<string, Motion>();

  /** @throws ConfigError when an option cannot be used. */
  constructor(options: VolatilityOptions = {}) {
    this.#halfLifeMs = toMs(options.halfLife ?? '30m', 'halfLife');
    this.#samplingMs = toMs(options.sampling ?? '15s', 'sampling');
    this.#maxGapMs = toMs(options.maxGap ?? '1h', 'maxGap');
    this.#countGaps = options.countGaps ?? false;
    this.#minMoves = options.minMoves ?? 10;
    this.#minSpanMs = toMs(options.minSpan ?? '1m', 'minSpan');
    this.#min = options.min ?? 1e-6;
    this.#max = options.max ?? 5e-3;
    this.#maxSymbols = options.maxSymbols ?? 10_000;
    if (!(this.#halfLifeMs > 0)) throw new ConfigError('`halfLife` is 0; give a time such as "30m"');
    if (!(this.#minMoves >= 1)) throw new ConfigError(`\`minMoves\` is ${this.#minMoves}; give a number from 1 up`);
    if (!(this.#min > 0 && this.#max >= this.#min && this.#max < Infinity))
      throw new ConfigError(`\`min\` is ${this.#min} and \`max\` ${this.#max}; give two numbers above 0, the lesser one first`);
    if (!(this.#maxSymbols >= 1)) throw new ConfigError(`\`maxSymbols\` is ${this.#maxSymbols}; give a number from 1 up`);
  }

  /** Symbols that are followed. */
  get size(): number {
    return this.#motions.size;
  }

  /**
   * Takes in a price. One that is no later than the last, or is not above 0, says nothing
   * and is passed over.
   *
   * @param at when the price was true: epoch milliseconds.
   * @param openMs for how long the market was open since the last price, where a calendar tells. @default all of the time, up to `maxGap`
   */
  update(symbol: string, price: number, at: number, openMs?: number): void {
    if (!(price > 0 && price < Infinity && Number.isFinite(at))) return;
    const motion = this.#motions.get(symbol);
    const logPrice = Math.log(price);
    if (motion === undefined) {
      this.#begin(symbol, { logPrice, countedAt: at, lastAt: at, squares: 0, seconds: 0, moveCount: 0, spanMs: 0 });
      return;
    }
    const gapMs = at - motion.lastAt;
    if (gapMs <= 0) return;
    const wasOpen = this.#countGaps || (openMs === undefined ? gapMs <= this.#maxGapMs : openMs >= gapMs);
    const tookMs = at - motion.countedAt;
    if (wasOpen && tookMs >= this.#samplingMs) this.#count(motion, logPrice - motion.logPrice, tookMs);
    if (!wasOpen || tookMs >= this.#samplingMs) {
      motion.logPrice = logPrice;
      motion.countedAt = at;
    }
    motion.lastAt = at;
    this.#motions.delete(symbol);
    this.#motions.set(symbol, motion);
  }

  /** The volatility per square root of a second; `undefined` while too little is known. See {@link annualised}. */
  of(symbol: string): number | undefined {
    const motion = this.#motions.get(symbol);
    if (motion === undefined || motion.moveCount < this.#minMoves || motion.spanMs < this.#minSpanMs) return undefined;
    return Math.min(this.#max, Math.max(this.#min, Math.sqrt(motion.squares / motion.seconds)));
  }

  /** Forgets a symbol: after a split, for one, when its last price is none of what it costs now. */
  forget(symbol: string): void {
    this.#motions.delete(symbol);
  }

  #begin(symbol: string, motion: Motion): void {
    this.#motions.set(symbol, motion);
    if (this.#motions.size <= this.#maxSymbols) return;
    for (const longestAgo of this.#motions.keys()) {
      this.#motions.delete(longestAgo);
      break;
    }
  }

  /** A move is spread evenly over the time it took, and each part of it fades by its own age. */
  #count(motion: Motion, move: number, tookMs: number): void {
    const fades = (Math.LN2 * tookMs) / this.#halfLifeMs;
    const left = Math.exp(-fades);
    const kept = fades < 1e-9 ? 1 : -Math.expm1(-fades) / fades;
    motion.squares = motion.squares * left + move * move * kept;
    motion.seconds = motion.seconds * left + (tookMs / SECOND) * kept;
    motion.moveCount += 1;
    motion.spanMs += tookMs;
  }
}

/** A volatility per year, of one per square root of a second: 0.2 is 20 % a year. */
export function annualised(volatility: number, secondsAYear: number = STOCK_SECONDS_A_YEAR): number {
  return volatility * Math.sqrt(secondsAYear);
}

/** How far a price may move while it still counts as the same, and the bounds of the answer. */
export interface TtlDemand {
  /** In basis points: 5 is 0.05 %. */
  readonly tolerance: number;
  /** @default '1s' */
  readonly min?: Duration;
  /** @default '60s' */
  readonly max?: Duration;
}

/**
 * The milliseconds until a price has moved by the tolerance, either way, with even odds.
 *
 * The logarithm of the price is taken for a Brownian motion without drift. The chance
 * that it is still within ±b after t is `4/π Σ (-1)^k/(2k+1) exp(-(2k+1)² π² σ² t / 8b²)`
 * (Feller, An Introduction to Probability Theory and Its Applications, volume II, X.5). Its first term
 * is a half at `t = 8/π² ln(8/π) b²/σ²`, about `0.758 b²/σ²`; the others change that by
 * less than a ten-thousandth. The mean time is `b²/σ²`, a third longer.
 *
 * @param volatility per square root of a second, as {@link Volatilities.of} tells it.
 * @throws ConfigError when the tolerance or the volatility is none.
 */
export function ttlFor(volatility: number, { tolerance, min = '1s', max = '60s' }: TtlDemand): number {
  if (!(tolerance > 0)) throw new ConfigError(`\`tolerance\` is ${tolerance}; give basis points above 0, such as 5`);
  if (!(volatility >= 0)) throw new ConfigError(`The volatility is ${volatility}; give one per square root of a second, from 0 up`);
  const [minMs, maxMs] = [toMs(min, 'min'), toMs(max, 'max')];
  if (maxMs < minMs) throw new ConfigError(`\`max\` is ${maxMs} ms, and \`min\` is ${minMs} ms; give the longer one as \`max\``);
  const ratio = tolerance / 1e4 / volatility;
  return Math.min(maxMs, Math.max(minMs, EVEN_ODDS * ratio * ratio * SECOND));
}
