/** Stops a timer that {@link Clock.after} set; stopping it again is no error. */
export type Cancel = () => void;

/**
 * The time, and the only way to it.
 *
 * Everything that needs time takes a clock, so that a test can hold it still.
 * Instants of one clock are comparable with each other only.
 */
export interface Clock {
  /** The wall clock: milliseconds since 1970 UTC. It may jump either way. */
  now(): number;
  /** Milliseconds since an arbitrary start, with fractions. It never goes back. */
  monotonic(): number;
  /**
   * A monotonic instant no later than now and, unless the event loop has been
   * blocked since, about now: cheap enough for the hot path. Whoever needs the
   * exact instant asks {@link Clock.monotonic}.
   */
  recent(): number;
  /**
   * Calls `action` once, `delayMs` from now.
   *
   * @param holds whether the process stays alive until then: for what somebody waits for, such as an answer. @default false
   */
  after(delayMs: number, action: () => void, holds?: boolean): Cancel;
}

/** A sample of the clock serves at most this many reads, all in one turn of the event loop. */
const READS_PER_SAMPLE = 64;

/** Node cuts longer timers to 1 ms, so they are set again when they ring. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

class SystemClock implements Clock {
  #sampledAt = 0;
  #readsLeft = 0;
  #resetPending = false;

  readonly #reset = (): void => {
    this.#resetPending = false;
    this.#readsLeft = 0;
  };

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  recent(): number {
    if (this.#readsLeft > 0) {
      this.#readsLeft -= 1;
      return this.#sampledAt;
    }
    return this.#sample();
  }

  /** The event loop cannot go to sleep while the reset is pending, so no sample outlives a sleep. */
  #sample(): number {
    this.#sampledAt = performance.now();
    this.#readsLeft = READS_PER_SAMPLE - 1;
    if (!this.#resetPending) {
      this.#resetPending = true;
      setImmediate(this.#reset);
    }
    return this.#sampledAt;
  }

  after(delayMs: number, action: () => void, holds = false): Cancel {
    const endsAt = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      timer = setTimeout(ring, Math.min(leftMs, LONGEST_TIMER_MS));
      if (!holds) timer.unref();
    };
    const ring = (): void => {
      const leftMs = endsAt - performance.now();
      if (delayMs > LONGEST_TIMER_MS && leftMs > 0) arm(leftMs);
      else action();
    };
    arm(delayMs);
    return () => clearTimeout(timer);
  }
}

/** The machine's own clock: the default everywhere. */
export const systemClock: Clock = new SystemClock();
