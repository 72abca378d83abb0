import type { EvictionPolicy, Slot } from './eviction-policy.ts';
import { SlotList } from './slot-list.ts';

/** Least recently used: the entry that was not used for longest goes first. */
export class Lru implements EvictionPolicy {
  readonly name = 'lru';
  readonly usesHashes = false;
  readonly #queue = new SlotList();

  resize(): void {}

  grow(lastSlot: Slot): void {
    this.#queue.grow(lastSlot);
  }

  inserted(slot: Slot): void {
    this.#queue.addNewest(slot);
  }

  touched(slot: Slot): void {
    this.#queue.moveToNewest(slot);
  }

  evicted(slot: Slot): void {
    this.removed(slot);
  }

  removed(slot: Slot): void {
    this.#queue.remove(slot);
  }

  victim(): Slot {
    return this.#queue.oldest;
  }
}
