import type { Clock } from './clock.ts';

/**
 * The wall clock with parts of a millisecond, for telling what two processes of a
 * host did one after the other within the same one.
 *
 * The machine's tells whole milliseconds, rounded down. So the difference to the
 * monotonic clock is at least what it seems, and less than one more: the greatest
 * difference seen is the best known, for as long as it is possible at all.
 */
export class FineWall {
  readonly #clock: Clock;
  #ahead = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970 UTC, with fractions; within one of {@link Clock.now}, and never before it. */
  now(): number {
    const monotonic = this.#clock.monotonic();
    const least = this.#clock.now() - monotonic;
    if (least > this.#ahead || this.#ahead >= least + 1) this.#ahead = least;
    return monotonic + this.#ahead;
  }
}
