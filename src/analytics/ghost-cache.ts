import type { EvictionPolicy, PolicyName, Slot } from '../policy/eviction-policy.ts';
import { POLICIES } from '../policy/policies.ts';

/** A cache of keys without values, by their hashes: what a policy would keep. */
export class GhostCache {
  readonly #policy: EvictionPolicy;
  readonly #capacity: number;
  readonly #slots = new Map<number, Slot>();
  readonly #hashes: Int32Array;
  readonly #free: Slot[] = [];

  constructor(policy: PolicyName, capacity: number) {
    this.#policy = POLICIES[policy]();
    this.#capacity = capacity;
    // One more than there is room for: a new entry comes before another leaves for it.
    this.#hashes = new Int32Array(capacity + 2);
    this.#policy.resize(capacity);
    this.#policy.grow(capacity + 1);
  }

  /** A key is asked for, and brought if it is not there. Tells whether it was. */
  request(hash: number): boolean {
    const known = this.#slots.get(hash);
    if (known !== undefined) {
      this.#policy.touched(known);
      return true;
    }
    const slot = this.#free.pop() ?? this.#slots.size + 1;
    this.#slots.set(hash, slot);
    this.#hashes[slot] = hash;
    this.#policy.inserted(slot, hash);
    if (this.#slots.size > this.#capacity) {
      const victim = this.#policy.victim();
      this.#policy.evicted(victim);
      this.#vacate(victim);
    }
    return false;
  }

  /** A key is removed, if it is there. */
  forget(hash: number): void {
    const slot = this.#slots.get(hash);
    if (slot === undefined) return;
    this.#policy.removed(slot);
    this.#vacate(slot);
  }

  #vacate(slot: Slot): void {
    this.#slots.delete(this.#hashes[slot]!);
    this.#free.push(slot);
  }
}
