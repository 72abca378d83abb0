import { type EvictionPolicy, type EvictionReason, NONE, type Slot } from './eviction-policy.ts';
import { GhostQueue } from './ghost-queue.ts';
import { SlotQueues } from './slot-queues.ts';

const SMALL = 0;
const MAIN = 1;

/** What comes first has this share of the room; of what left it, as many keys are remembered as the rest has entries. */
const SMALL_SHARE = 0.1;

/** From so many uses on an entry goes from the small queue to the main one. */
const PROMOTED_FROM = 2;
/** More uses are not counted: each is worth one more round in the main queue. */
const MAX_USES = 3;

/**
 * S3-FIFO: a small queue in which what is used once and never again passes quickly, a
 * main one in which what was used goes round again, and a memory of what left the small one.
 *
 * Yang et al., "FIFO queues are all you need for cache eviction" (SOSP 2023). A hit
 * counts up a byte.
 */
export class S3Fifo implements EvictionPolicy {
  readonly name = 's3-fifo';
  readonly usesHashes = true;
  readonly #queues = new SlotQueues(2);
  readonly #ghosts = new GhostQueue();
  #uses = new Uint8Array(1);
  #regions = new Uint8Array(1);
  #hashes = new Int32Array(1);
  #mainLimit = 1;
  #mainSize = 0;
  #newcomer: Slot = NONE;

  resize(capacity: number): void {
    this.#mainLimit = capacity - Math.max(1, Math.floor(capacity * SMALL_SHARE));
    this.#ghosts.resize(this.#mainLimit);
  }

  grow(lastSlot: Slot): void {
    this.#queues.grow(lastSlot);
    if (lastSlot < this.#uses.length) return;
    const [uses, regions, hashes] = [new Uint8Array(lastSlot + 1), new Uint8Array(lastSlot + 1), new Int32Array(lastSlot + 1)];
    uses.set(this.#uses);
    regions.set(this.#regions);
    hashes.set(this.#hashes);
    [this.#uses, this.#regions, this.#hashes] = [uses, regions, hashes];
  }

  inserted(slot: Slot, hash: number): void {
    this.#uses[slot] = 0;
    this.#hashes[slot] = hash;
    this.#newcomer = slot;
    this.#add(this.#ghosts.take(hash) ? MAIN : SMALL, slot);
  }

  touched(slot: Slot): void {
    const uses = this.#uses[slot]!;
    if (uses < MAX_USES) this.#uses[slot] = uses + 1;
  }

  removed(slot: Slot): void {
    if (this.#newcomer === slot) this.#newcomer = NONE;
    if (this.#regions[slot] === MAIN) this.#mainSize -= 1;
    this.#queues.remove(slot);
  }

  evicted(slot: Slot): void {
    if (this.#regions[slot] === SMALL) this.#ghosts.add(this.#hashes[slot]!);
    this.removed(slot);
    // What went round again did so before it came.
    if (this.#newcomer !== NONE) this.#queues.moveToNewest(this.#newcomer, this.#regions[this.#newcomer]!);
  }

  /** Amortised constant: each step takes away a use that was counted. The newcomer, for whom others leave, is in no queue yet. */
  victim(): Slot {
    if (this.#sizeOfMain() <= this.#mainLimit) {
      for (let oldest = this.#oldest(SMALL); oldest !== NONE; oldest = this.#oldest(SMALL)) {
        if (this.#uses[oldest]! < PROMOTED_FROM) return oldest;
        this.#uses[oldest] = 0;
        this.#move(oldest);
      }
    }
    for (let oldest = this.#oldest(MAIN); oldest !== NONE; oldest = this.#oldest(MAIN)) {
      if (this.#uses[oldest] === 0) return oldest;
      this.#uses[oldest] = this.#uses[oldest]! - 1;
      this.#queues.moveToNewest(oldest, MAIN);
    }
    return this.#oldest(SMALL) || this.#newcomer;
  }

  /** What leaves the small queue was hardly used since it came. */
  reason(victim: Slot): EvictionReason {
    return this.#regions[victim] === SMALL ? 'not-admitted' : 'idle';
  }

  #oldest(queue: number): Slot {
    const oldest = this.#queues.oldest(queue);
    return oldest === this.#newcomer && oldest !== NONE ? this.#queues.newerThan(oldest) : oldest;
  }

  #sizeOfMain(): number {
    return this.#newcomer !== NONE && this.#regions[this.#newcomer] === MAIN ? this.#mainSize - 1 : this.#mainSize;
  }

  #move(slot: Slot): void {
    this.#queues.remove(slot);
    this.#add(MAIN, slot);
  }

  #add(queue: number, slot: Slot): void {
    this.#regions[slot] = queue;
    if (queue === MAIN) this.#mainSize += 1;
    this.#queues.addNewest(slot, queue);
  }
}
