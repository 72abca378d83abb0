import type { EvictionPolicy, EvictionReason, PolicyName, Slot } from './eviction-policy.ts';
import { SlotQueues } from './slot-queues.ts';

/** First in, first out: what has been there longest goes first, used or not. A use costs nothing. */
export class Fifo implements EvictionPolicy {
  readonly name: PolicyName = 'fifo';
  readonly usesHashes = false;
  protected readonly queue: SlotQueues = new SlotQueues();

  resize(): void {}

  grow(lastSlot: Slot): void {
    this.queue.grow(lastSlot);
  }

  inserted(slot: Slot): void {
    this.queue.addNewest(slot);
  }

  touched(_slot: Slot): void {}

  removed(slot: Slot): void {
    this.queue.remove(slot);
  }

  evicted(slot: Slot): void {
    this.queue.remove(slot);
  }

  victim(): Slot {
    return this.queue.oldest();
  }

  reason(): EvictionReason {
    return 'oldest';
  }
}
