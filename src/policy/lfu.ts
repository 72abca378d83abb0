import { type EvictionPolicy, type EvictionReason, NONE, type Slot } from './eviction-policy.ts';
import { FrequencySketch } from './frequency-sketch.ts';
import { SlotQueues } from './slot-queues.ts';

/** Frequencies from 0 to 15, a queue for each. */
const LEVELS = 16;

/** After so many uses for each entry there is room for, frequencies are halved. */
const USES_PER_ENTRY = 10;

/**
 * Least frequently used, with aging: the entry used least often lately goes first, of
 * several the one that was not used for longest.
 *
 * Frequencies are those of a sketch, which remembers keys that are not in the cache;
 * it halves them by and by, so that old fame fades. Without that, LFU keeps what was
 * loved once and is worse than chance.
 */
export class Lfu implements EvictionPolicy {
  readonly name = 'lfu';
  readonly usesHashes = true;
  readonly #sketch = new FrequencySketch();
  readonly #queues = new SlotQueues(LEVELS);
  #levels = new Uint8Array(1);
  #hashes = new Int32Array(1);
  #period = USES_PER_ENTRY;
  #uses = 0;
  #newcomer: Slot = NONE;

  resize(capacity: number): void {
    this.#sketch.resize(capacity);
    this.#period = capacity * USES_PER_ENTRY;
  }

  grow(lastSlot: Slot): void {
    this.#queues.grow(lastSlot);
    if (lastSlot < this.#levels.length) return;
    const [levels, hashes] = [new Uint8Array(lastSlot + 1), new Int32Array(lastSlot + 1)];
    levels.set(this.#levels);
    hashes.set(this.#hashes);
    [this.#levels, this.#hashes] = [levels, hashes];
  }

  inserted(slot: Slot, hash: number): void {
    this.#count(hash);
    this.#hashes[slot] = hash;
    this.#levels[slot] = this.#sketch.estimate(hash);
    this.#newcomer = slot;
    this.#queues.addNewest(slot, this.#levels[slot]!);
  }

  touched(slot: Slot): void {
    const hash = this.#hashes[slot]!;
    this.#count(hash);
    const level = this.#sketch.estimate(hash);
    if (level === this.#levels[slot]) {
      this.#queues.moveToNewest(slot, level);
      return;
    }
    this.#queues.remove(slot);
    this.#levels[slot] = level;
    this.#queues.addNewest(slot, level);
  }

  removed(slot: Slot): void {
    if (this.#newcomer === slot) this.#newcomer = NONE;
    this.#queues.remove(slot);
  }

  evicted(slot: Slot): void {
    this.removed(slot);
  }

  victim(): Slot {
    let last: Slot = NONE;
    for (let level = 0; level < LEVELS; level += 1) {
      const oldest = this.#queues.oldest(level);
      if (oldest === NONE) continue;
      if (oldest !== this.#newcomer) return oldest;
      const next = this.#queues.newerThan(oldest);
      if (next !== NONE) return next;
      last = oldest;
    }
    return last;
  }

  reason(): EvictionReason {
    return 'rare';
  }

  #count(hash: number): void {
    this.#sketch.add(hash);
    this.#uses += 1;
    if (this.#uses >= this.#period) this.#age();
  }

  /** A tenth of a step for each use, taken at once. Whoever was higher stays so, and in the order of last use. */
  #age(): void {
    this.#uses = 0;
    for (let level = 1; level < LEVELS; level += 1) {
      for (let slot = this.#queues.oldest(level); slot !== NONE; ) {
        const next = this.#queues.newerThan(slot);
        this.#queues.remove(slot);
        this.#levels[slot] = level >>> 1;
        this.#queues.addNewest(slot, level >>> 1);
        slot = next;
      }
    }
  }
}
