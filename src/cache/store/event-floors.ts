/** Of so many keys of a kind it is remembered; of the one longest known it is forgotten first. */
const MAX_KEYS = 10_000;
/** News, and what they tell of, come in their order again within a fraction of this. */
const FLOOR_MS = 60_000;

interface Floor {
  readonly eventAt: number;
  /** Monotonic. */
  readonly until: number;
  /** How many tags had removed something when it was raised. */
  readonly marksSeen: number;
}

/**
 * The newest event times that were heard of, by key, where memory has nothing that could tell: its entry was made old by
 * the news of a newer one, or a tier refused it for one. What is older may not come in its place, or a reader would
 * be taken back; not even when the tiers cannot be asked.
 */
export class EventFloors {
  readonly #floors = new Map<string, Floor>();

  /** There is a value of `eventAt` somewhere. */
  raise(key: string, eventAt: number | undefined, now: number, marksSeen: number): void {
    if (eventAt === undefined) return;
    const floor = this.#floors.get(key);
    const isLess = floor !== undefined && now < floor.until && floor.marksSeen === marksSeen && floor.eventAt > eventAt;
    this.#floors.delete(key);
    this.#floors.set(key, { eventAt: isLess ? floor.eventAt : eventAt, until: now + FLOOR_MS, marksSeen });
    if (this.#floors.size <= MAX_KEYS) return;
    for (const oldest of this.#floors.keys()) {
      this.#floors.delete(oldest);
      return;
    }
  }

  /** Whether something newer than `eventAt` was heard of, and no tag has removed anything since, which it may have been. */
  isAbove(key: string, eventAt: number | undefined, now: number, marksSeen: number): boolean {
    if (eventAt === undefined || this.#floors.size === 0) return false;
    const floor = this.#floors.get(key);
    if (!floor) return false;
    if (now < floor.until && floor.marksSeen === marksSeen) return floor.eventAt > eventAt;
    this.#floors.delete(key);
    return false;
  }

  /** What was heard of is gone: removed on request. */
  lift(key: string): void {
    this.#floors.delete(key);
  }

  /** The same for all keys. */
  liftAll(): void {
    this.#floors.clear();
  }
}
