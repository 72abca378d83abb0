import { type EvictionPolicy, type EvictionReason, NONE, type Slot } from './eviction-policy.ts';
import { SlotQueues } from './slot-queues.ts';

/**
 * SIEVE: a first-in, first-out queue and a hand that walks it from old to new,
 * passes over entries used since it last came by, and stops at the first that was not.
 *
 * Zhang et al., "SIEVE is Simpler than LRU" (NSDI 2024). A hit costs one flag.
 */
export class Sieve implements EvictionPolicy {
  readonly name = 'sieve';
  readonly usesHashes = false;
  readonly #queue = new SlotQueues();
  #used = new Uint8Array(1);
  #hand: Slot = NONE;
  #newcomer: Slot = NONE;

  resize(): void {}

  grow(lastSlot: Slot): void {
    this.#queue.grow(lastSlot);
    if (lastSlot < this.#used.length) return;
    const used = new Uint8Array(lastSlot + 1);
    used.set(this.#used);
    this.#used = used;
  }

  inserted(slot: Slot): void {
    this.#used[slot] = 0;
    this.#queue.addNewest(slot);
    this.#newcomer = slot;
  }

  touched(slot: Slot): void {
    this.#used[slot] = 1;
  }

  evicted(slot: Slot): void {
    this.removed(slot);
  }

  removed(slot: Slot): void {
    if (this.#newcomer === slot) this.#newcomer = NONE;
    if (this.#hand === slot) this.#hand = this.#after(slot);
    this.#queue.remove(slot);
  }

  /** Amortised constant: each flag it clears was set by a use. */
  victim(): Slot {
    let slot = this.#hand === NONE ? this.#queue.oldest() : this.#hand;
    while (this.#used[slot] === 1) {
      this.#used[slot] = 0;
      slot = this.#after(slot);
      if (slot === NONE) slot = this.#queue.oldest();
    }
    this.#hand = slot;
    return slot;
  }

  reason(): EvictionReason {
    return 'idle';
  }

  /** The newcomer, for whom others leave, has not joined the queue yet: behind the slot before it the hand begins anew. */
  #after(slot: Slot): Slot {
    const newer = this.#queue.newerThan(slot);
    return newer === this.#newcomer ? NONE : newer;
  }
}
