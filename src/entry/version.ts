/**
 * When a value was asked for, comparable across processes: a hybrid logical clock.
 *
 * Kulkarni et al., "Logical Physical Clocks" (2014). `stamp` holds the
 * milliseconds since 2020 times 8 192 plus a counter, a safe integer until 2054;
 * `origin` tells processes apart that wrote in the same tick.
 */
export interface Version {
  readonly stamp: number;
  /** An unsigned 32-bit number, drawn at random by each process. */
  readonly origin: number;
}

const EPOCH = Date.UTC(2020, 0, 1);
/** A stamp has so many ticks in a millisecond. */
export const TICKS_PER_MS = 8_192;

/** A stamp further ahead of the clock than this is none: who followed it could run out of stamps. */
const MAX_AHEAD = 10 * 365 * 86_400_000 * TICKS_PER_MS;
/** No stamp that is earlier is too far ahead, for a clock may never have been set. */
const FIRST_STAMPS = (Date.UTC(2026, 0, 1) - EPOCH) * TICKS_PER_MS;

/** The version before all others. */
export const OLDEST: Version = { stamp: 0, origin: 0 };

/** Negative when `a` is older than `b`, 0 when they are the same, positive when it is newer. */
export function compareVersions(a: Version, b: Version): number {
  return a.stamp - b.stamp || a.origin - b.origin;
}

/** The last version before another: what is older than the one is up to the other. */
export function justBefore({ stamp }: Version): Version {
  return { stamp: stamp - 1, origin: 0xffff_ffff };
}

/** The wall-clock milliseconds at which a stamp was taken. */
export function stampTime(stamp: number): number {
  return EPOCH + Math.floor(stamp / TICKS_PER_MS);
}

/** Hands out versions, each newer than all it handed out or has seen. */
export class VersionClock {
  readonly #now: () => number;
  readonly origin: number;
  #last = 0;

  /** @param now the wall clock; @param origin an unsigned 32-bit number of this process. */
  constructor(now: () => number, origin: number) {
    this.#now = now;
    this.origin = origin >>> 0;
  }

  /** The stamp of a new version. */
  next(): number {
    const wall = (this.#now() - EPOCH) * TICKS_PER_MS;
    this.#last = wall > this.#last ? Math.floor(wall) : this.#last + 1;
    return this.#last;
  }

  /** The newest stamp handed out or seen. */
  get newest(): number {
    return this.#last;
  }

  /** Takes note of a stamp from elsewhere: later versions of ours are newer. Tells whether it can be one, and is not years ahead of the clock. */
  observe(stamp: number): boolean {
    if (stamp <= this.#last) return true;
    const wall = (this.#now() - EPOCH) * TICKS_PER_MS;
    const isPossible = stamp <= Math.max(wall, FIRST_STAMPS) + MAX_AHEAD;
    if (isPossible) this.#last = stamp;
    return isPossible;
  }
}
