import { ConfigError, textOf } from '../../errors.ts';
import { type Duration, toMs } from '../../time/duration.ts';
import type { DataKindName } from '../data-kinds/data-kind.ts';
import type { Instrument } from '../instrument/instrument.ts';
import { barsFault } from './bar-checks.ts';
import { MoveWatch } from './move-watch.ts';
import { readPrice, timeFault } from './quote-checks.ts';
import { FAULTS, type Fault, GOOD, type Refusal, refused, type Verdict } from './verdict.ts';

/** How market values are judged. */
export interface QuarantineOptions {
  /** The volatility of an instrument per square root of a second, by its id: that of `Volatilities`. @default one that is usual for its class */
  readonly volatilityOf?: (id: string) => number | undefined;
  /** How many standard deviations a price may move over the time since the last good one. @default 12 */
  readonly sigmas?: number;
  /** For how long a source must repeat a doubted price of the same time until it is believed. @default '2m' */
  readonly repeatFor?: Duration;
  /** How far ahead of now the time of a value may be: clocks differ. @default '10s' */
  readonly maxAhead?: Duration;
  /** How old a price may be. @default '14d' */
  readonly maxAge?: Duration;
  /** Instruments whose last good price is remembered; who was judged longest ago leaves first. @default 10_000 */
  readonly maxSymbols?: number;
}

/** A value that was refused: what, when and why. */
export interface Quarantined extends Refusal {
  readonly kind: DataKindName;
  /** The instrument's id. */
  readonly id: string;
  /** When it was judged: epoch milliseconds. */
  readonly at: number;
}

/** Refusals that are remembered. */
const MAX_RECENT = 64;

/**
 * Judges market values before they may replace good ones.
 *
 * A value is judged by itself, for what cannot be; and by the last good one, for what is
 * not likely. What is good is remembered as such. Nothing that a source may send
 * makes it throw.
 *
 * @example
 * const quarantine = new Quarantine({ volatilityOf: (id) => volatilities.of(id) });
 * const verdict = quarantine.judge('quote', instrument, fetched, clock.now());
 * if (!verdict.ok) keepTheGoodOne(verdict.fault, verdict.detail);
 */
export class Quarantine {
  readonly #moves: MoveWatch;
  readonly #bounds: { readonly maxAheadMs: number; readonly maxAgeMs: number };
  readonly #counts = new Map<Fault, number>();
  readonly #recent: Quarantined[] = [];
  #judged = 0;

  /** @throws ConfigError when an option cannot be used. */
  constructor(options: QuarantineOptions = {}) {
    const { volatilityOf = () => undefined, sigmas = 12, maxSymbols = 10_000 } = options;
    if (!(sigmas > 0)) throw new ConfigError(`\`sigmas\` is ${sigmas}; give a number above 0, such as 12`);
    if (!(maxSymbols >= 1)) throw new ConfigError(`\`maxSymbols\` is ${maxSymbols}; give a number from 1 up`);
    this.#bounds = { maxAheadMs: toMs(options.maxAhead ?? '10s', 'maxAhead'), maxAgeMs: toMs(options.maxAge ?? '14d', 'maxAge') };
    this.#moves = new MoveWatch({ volatilityOf, sigmas, maxSymbols, repeatMs: toMs(options.repeatFor ?? '2m', 'repeatFor') });
  }

  /** Values judged, good ones among them. */
  get judgedCount(): number {
    return this.#judged;
  }

  /**
   * Whether a value may replace a good one.
   *
   * Quotes and trades are judged by their price, bid, ask and time, and by how far the price
   * is from the last good one; bars each by itself and by their order; all else by
   * whether there is anything, and by its time where it tells one.
   *
   * @param now epoch milliseconds: when it was asked for, or now.
   */
  judge(kind: DataKindName, instrument: Instrument, value: unknown, now: number): Verdict {
    this.#judged += 1;
    const refusal = this.#refusalOf(kind, instrument, value, now);
    if (refusal === undefined) return GOOD;
    this.#counts.set(refusal.fault, (this.#counts.get(refusal.fault) ?? 0) + 1);
    this.#recent.push({ ...refusal, kind, id: instrument.id, at: now });
    if (this.#recent.length > MAX_RECENT) this.#recent.shift();
    return refusal;
  }

  /**
   * Tells of a corporate action, so that the step it makes in the price is no outlier.
   *
   * @param factor what the price is multiplied by: 0.25 for four shares where there was one.
   * @param at from when on: epoch milliseconds.
   * @throws ConfigError when the factor is none.
   */
  expectAction(instrument: Instrument, factor: number, at: number): void {
    if (!(factor > 0 && factor < Infinity))
      throw new ConfigError(`The factor is ${factor}; give one above 0, such as 0.25 for a split by 4`);
    this.#moves.expect(instrument.id, factor, at);
  }

  /** How many values were refused, by fault. */
  counts(): Readonly<Record<Fault, number>> {
    const entries = FAULTS.map((fault): [Fault, number] => [fault, this.#counts.get(fault) ?? 0]);
    return Object.fromEntries(entries) as Record<Fault, number>;
  }

  /** The last values that were refused, newest first; up to 64 are remembered. */
  recent(limit: number = MAX_RECENT): readonly Quarantined[] {
    return this.#recent.slice(-Math.max(1, limit)).reverse();
  }

  #refusalOf(kind: DataKindName, instrument: Instrument, value: unknown, now: number): Refusal | undefined {
    try {
      if (kind === 'quote' || kind === 'trade') return this.#priceFault(instrument, value, now);
      if (kind === 'bars') return barsFault(value, instrument.assetClass, now + this.#bounds.maxAheadMs);
      return this.#otherFault(value, now);
    } catch (thrown) {
      return refused('unreadable', `Reading it threw: ${textOf(thrown).slice(0, 200)}`);
    }
  }

  #priceFault(instrument: Instrument, value: unknown, now: number): Refusal | undefined {
    const read = readPrice(value, instrument.assetClass, now, this.#bounds);
    if ('ok' in read) return read;
    const doubt = this.#moves.doubt(instrument.id, instrument.assetClass, read, now);
    return doubt === undefined ? undefined : refused('outlier', doubt);
  }

  /** Of what is no price, only what is there and from when is known here; age is no fault of it. */
  #otherFault(value: unknown, now: number): Refusal | undefined {
    if (value === undefined || value === null || value === '') return refused('empty', 'There is nothing');
    if (value instanceof Error) return refused('unreadable', `It is an error: ${textOf(value).slice(0, 200)}`);
    if (typeof value === 'number' && Number.isNaN(value)) return refused('not-a-number', 'It is NaN');
    if (typeof value === 'string' && /^\s*</.test(value))
      return refused('unreadable', 'It is a page of markup, such as a server sends with an error');
    if (typeof value !== 'object') return undefined;
    const { asOf } = value as { readonly asOf?: unknown };
    return asOf === undefined ? undefined : timeFault(asOf, now, { ...this.#bounds, maxAgeMs: Number.POSITIVE_INFINITY });
  }
}
