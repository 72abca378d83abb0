import type { EvictionPolicy } from './eviction-policy.ts';

/** The policy is told anew of its room when that has changed by one in so many. */
const STEPS = 8;

/**
 * Tells a policy how many entries there is room for: as many as there are rows, while
 * they grow; and where a bound in bytes leaves room for fewer, as many as fit of late.
 */
export class RoomReckoning {
  #policy: EvictionPolicy;
  #maxEntries: number;
  #rows = 0;
  #room = 0;

  constructor(policy: EvictionPolicy, maxEntries: number) {
    this.#policy = policy;
    this.#maxEntries = maxEntries;
  }

  /** There are rows for so many entries now. */
  grown(rows: number): void {
    this.#rows = rows;
    this.#tell(Math.min(rows, this.#maxEntries));
  }

  /** There may be so many entries from now on. */
  bound(maxEntries: number): void {
    if (maxEntries === this.#maxEntries) return;
    this.#maxEntries = maxEntries;
    if (this.#rows > 0) this.#tell(Math.min(this.#rows, maxEntries));
  }

  /** Another policy is told from now on, of the same room first. */
  tell(policy: EvictionPolicy): void {
    this.#policy = policy;
    if (this.#room > 0) policy.resize(this.#room);
  }

  /** So many entries are too many. */
  full(entries: number): void {
    const room = Math.min(this.#maxEntries, Math.max(1, entries - 1));
    if (Math.abs(room - this.#room) * STEPS >= this.#room) this.#tell(room);
  }

  #tell(room: number): void {
    this.#room = room;
    this.#policy.resize(room);
  }
}
