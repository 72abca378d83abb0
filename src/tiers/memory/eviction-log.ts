import type { Eviction } from '../../telemetry/evictions.ts';
import type { Clock } from '../../time/clock.ts';

/** Of the entries that left for room, so many are remembered. */
const MAX_EVICTIONS = 256;

/** The last entries that left for room, and why. */
export class EvictionLog {
  readonly #clock: Clock;
  /** Their instants are monotonic here. */
  readonly #evictions: Eviction[] = [];
  #next = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Remembers an eviction; its `at` is monotonic. */
  add(eviction: Eviction): void {
    this.#evictions[this.#next] = eviction;
    this.#next = (this.#next + 1) % MAX_EVICTIONS;
  }

  /** The last evictions that match, newest first. */
  last(limit: number, matches: (eviction: Eviction) => boolean = () => true): Eviction[] {
    const ordered = [...this.#evictions.slice(this.#next), ...this.#evictions.slice(0, this.#next)];
    const wall = this.#clock.now() - this.#clock.monotonic();
    return ordered
      .filter(matches)
      .reverse()
      .slice(0, limit)
      .map((eviction) => ({ ...eviction, at: Math.round(wall + eviction.at) }));
  }
}
