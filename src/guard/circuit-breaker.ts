import { assertNames } from '../errors.ts';
import type { Clock } from '../time/clock.ts';
import { type Duration, toDeadlineMs } from '../time/duration.ts';

/** `closed`: calls go through. `open`: none do. `half-open`: one does, and decides. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** When a breaker opens, and for how long. */
export interface BreakerOptions {
  /** Opens after so many failures in a row. @default 4 */
  readonly failures?: number;
  /** Opens when this share of the calls within the window failed. @default 0.5 */
  readonly failureShare?: number;
  /** The share counts once so many calls ended within the window. @default 20 */
  readonly minimumCalls?: number;
  /** @default '10s' */
  readonly window?: Duration;
  /** How long it stays open at first; each failed probe doubles it. @default '500ms' */
  readonly openFor?: Duration;
  /** No longer than this. @default '5s' */
  readonly maxOpenFor?: Duration;
}

const OPTIONS = {
  failures: true,
  failureShare: true,
  minimumCalls: true,
  window: true,
  openFor: true,
  maxOpenFor: true,
} as const satisfies Record<keyof BreakerOptions, true>;

/** A change of state, and the failure that led to it, if one did. */
export interface BreakerChange {
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly reason?: unknown;
}

/** What a breaker is given by its owner. */
export interface BreakerSetting {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly onChange: (change: BreakerChange) => void;
}

/**
 * Keeps calls from a store that fails, and finds out by single calls when it is back
 * (Nygard, "Release It!", 2007).
 *
 * An open breaker stays so for a time drawn from the upper half of its term, so
 * that processes which lost one store do not come back to it all at once.
 * Each call is admitted in a term; how it ends counts within that term only,
 * so calls from before the breaker opened do not speak for the store later on.
 */
export class CircuitBreaker {
  readonly #failuresInARow: number;
  readonly #failureShare: number;
  readonly #minimumCalls: number;
  readonly #windowMs: number;
  readonly #firstOpenMs: number;
  readonly #maxOpenMs: number;
  readonly #setting: BreakerSetting;
  #state: BreakerState = 'closed';
  /** Counts the changes of state, from 1. */
  #term = 1;
  #inARow = 0;
  #windowBeganAt = Number.NEGATIVE_INFINITY;
  #successes = 0;
  #failures = 0;
  #openMs: number;
  #opensUntil = 0;

  /** @throws ConfigError when an option is unknown, or a time is no duration. */
  constructor(options: BreakerOptions, setting: BreakerSetting) {
    assertNames(options, OPTIONS, 'breaker');
    this.#failuresInARow = options.failures ?? 4;
    this.#failureShare = options.failureShare ?? 0.5;
    this.#minimumCalls = options.minimumCalls ?? 20;
    this.#windowMs = toDeadlineMs(options.window ?? '10s', 'breaker.window');
    this.#firstOpenMs = toDeadlineMs(options.openFor ?? '500ms', 'breaker.openFor');
    this.#maxOpenMs = toDeadlineMs(options.maxOpenFor ?? '5s', 'breaker.maxOpenFor');
    this.#setting = setting;
    this.#openMs = this.#firstOpenMs;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** The present term. */
  get term(): number {
    return this.#term;
  }

  /** The term in which a call may be made now; 0 when none may. */
  admit(): number {
    if (this.#state === 'closed') return this.#term;
    if (this.#state === 'half-open' || this.#setting.clock.monotonic() < this.#opensUntil) return 0;
    this.#become('half-open');
    return this.#term;
  }

  /** A call that was admitted in `term` ended well. */
  succeeded(term: number): void {
    if (term !== this.#term) return;
    if (this.#state === 'half-open') {
      this.#openMs = this.#firstOpenMs;
      this.#become('closed');
    }
    this.#inARow = 0;
    this.#successes += 1;
  }

  /** A call that was admitted in `term` failed. */
  failed(term: number, reason: unknown): void {
    if (term !== this.#term) return;
    if (this.#state === 'half-open') {
      this.#openMs = Math.min(this.#openMs * 2, this.#maxOpenMs);
      this.#open(reason);
    } else if (this.#isTooMuch()) {
      this.#open(reason);
    }
  }

  #isTooMuch(): boolean {
    const now = this.#setting.clock.monotonic();
    if (now - this.#windowBeganAt > this.#windowMs) {
      this.#windowBeganAt = now;
      this.#successes = 0;
      this.#failures = 0;
    }
    this.#inARow += 1;
    this.#failures += 1;
    const calls = this.#successes + this.#failures;
    return this.#inARow >= this.#failuresInARow || (calls >= this.#minimumCalls && this.#failures >= calls * this.#failureShare);
  }

  #open(reason: unknown): void {
    this.#opensUntil = this.#setting.clock.monotonic() + this.#openMs * (0.5 + this.#setting.random() / 2);
    this.#become('open', reason);
  }

  #become(to: BreakerState, reason?: unknown): void {
    const from = this.#state;
    this.#state = to;
    this.#term += 1;
    this.#inARow = 0;
    this.#windowBeganAt = Number.NEGATIVE_INFINITY;
    this.#setting.onChange(reason === undefined ? { from, to } : { from, to, reason });
  }
}
