import type { Eviction } from '../../telemetry/evictions.ts';
import type { Clock } from '../../time/clock.ts';

/** Of the entries that left for room, so many are remembered. */
const MAX_EVICTIONS = 256;

/** An eviction as it is remembered: on the clock that nobody sets. */
export type Departure = Omit<Eviction, 'at'> & {
  /** Monotonic. */
  readonly leftAt: number;
};

/** The last entries that left for room, and why. */
export class EvictionLog {
  readonly #clock: Clock;
  readonly #departures: Departure[] = [];
  #next = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(departure: Departure): void {
    this.#departures[this.#next] = departure;
    this.#next = (this.#next + 1) % MAX_EVICTIONS;
  }

  /** The last evictions that match, newest first: `limit` at most, and none where that is no number above 0. */
  last(limit: number, matches: (departure: Departure) => boolean = () => true): Eviction[] {
    if (!(limit > 0)) return [];
    const ordered = [...this.#departures.slice(this.#next), ...this.#departures.slice(0, this.#next)];
    const wall = this.#clock.now() - this.#clock.monotonic();
    return ordered
      .filter(matches)
      .reverse()
      .slice(0, limit)
      .map(({ leftAt, ...rest }) => ({ at: Math.round(wall + leftAt), ...rest }));
  }
}
