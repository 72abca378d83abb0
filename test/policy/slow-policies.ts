import { NONE, type PolicyName, type Slot } from '../../src/policy/eviction-policy.ts';

/** A policy as its paper tells it, in plain lists: slow, and easy to see to be right. */
export interface SlowPolicy {
  /** From the oldest to the newest. */
  readonly queue: readonly Slot[];
  inserted(slot: Slot): void;
  touched(slot: Slot): void;
  removed(slot: Slot): void;
  victim(): Slot;
}

class SlowLru implements SlowPolicy {
  queue: Slot[] = [];

  inserted(slot: Slot): void {
    this.queue.push(slot);
  }

  touched(slot: Slot): void {
    this.removed(slot);
    this.queue.push(slot);
  }

  removed(slot: Slot): void {
    this.queue = this.queue.filter((other) => other !== slot);
  }

  victim(): Slot {
    return this.queue[0] ?? NONE;
  }
}

/** The hand is a place in the queue: who it points at, counted from the oldest. */
class SlowSieve implements SlowPolicy {
  queue: Slot[] = [];
  readonly #used = new Set<Slot>();
  #hand = 0;

  inserted(slot: Slot): void {
    this.queue.push(slot);
  }

  touched(slot: Slot): void {
    this.#used.add(slot);
  }

  removed(slot: Slot): void {
    const place = this.queue.indexOf(slot);
    this.queue.splice(place, 1);
    this.#used.delete(slot);
    if (place < this.#hand) this.#hand -= 1;
    if (this.#hand === this.queue.length) this.#hand = 0;
  }

  victim(): Slot {
    for (;;) {
      const slot = this.queue[this.#hand];
      if (slot === undefined) return NONE;
      if (!this.#used.delete(slot)) return slot;
      this.#hand = (this.#hand + 1) % this.queue.length;
    }
  }
}

/** Makes the slow model of each policy by its name. */
export const SLOW_POLICIES: Readonly<Record<PolicyName, () => SlowPolicy>> = {
  lru: () => new SlowLru(),
  sieve: () => new SlowSieve(),
};
