import type { EvictionPolicy, Slot } from '../../policy/eviction-policy.ts';
import type { Eviction, EvictionNeed } from '../../telemetry/evictions.ts';
import type { Clock } from '../../time/clock.ts';
import type { EntryColumns } from './entry-columns.ts';
import type { SlotOwner } from './slot-owners.ts';

/** Of the entries that left for room, so many are remembered. */
const MAX_EVICTIONS = 256;

/** An eviction as it is remembered: on the clock that nobody sets. */
type Departure = Omit<Eviction, 'at'> & {
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

  /** Counts and remembers an entry that is about to leave for room. */
  note({ namespace, kind, evictions }: SlotOwner, columns: EntryColumns, victim: Slot, policy: EvictionPolicy, need: EvictionNeed): void {
    const reason = policy.reason(victim);
    const leftAt = this.#clock.recent();
    const ageMs = Math.max(0, leftAt - columns.askedAt[victim]!);
    evictions.count(policy.name, reason, need, ageMs);
    const [key, bytes] = [columns.keys[victim]!, columns.weights[victim]!];
    this.#departures[this.#next] = { leftAt, namespace, kind, key, policy: policy.name, reason, need, ageMs, bytes };
    this.#next = (this.#next + 1) % MAX_EVICTIONS;
  }

  /** The last evictions that match, newest first: `limit` at most, and none where that is no number above 0. */
  last(limit: number, matches: (departure: Departure) => boolean = () => true): Eviction[] {
    if (typeof limit !== 'number' || !(limit > 0)) return [];
    const ordered = [...this.#departures.slice(this.#next), ...this.#departures.slice(0, this.#next)];
    const wall = this.#clock.now() - this.#clock.monotonic();
    return ordered
      .filter(matches)
      .reverse()
      .slice(0, limit)
      .map(({ leftAt, ...rest }) => ({ at: Math.round(wall + leftAt), ...rest }));
  }
}
