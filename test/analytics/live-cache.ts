import { AccessSample, type SampleOptions } from '../../src/analytics/access-sample.ts';
import type { EvictionPolicy, PolicyName, Slot } from '../../src/policy/eviction-policy.ts';
import { POLICIES } from '../../src/policy/policies.ts';

/** A cache of hashes without values that tells a sample what is asked of it, as memory does. */
export class LiveCache {
  readonly sample: AccessSample;
  readonly traffic = { hits: 0, arrivals: 0 };
  readonly parts: readonly { hits: number; arrivals: number }[];
  /** Uses that the sample was told of. */
  told = 0;
  readonly #policy: EvictionPolicy;
  readonly #slots = new Map<number, Slot>();
  readonly #hashes = new Map<Slot, number>();
  readonly #free: Slot[] = [];
  #capacity = 0;

  constructor(policy: PolicyName, capacity: number, options: SampleOptions = {}, parts = 1) {
    this.#policy = POLICIES[policy]();
    this.sample = new AccessSample(this.traffic, options);
    this.parts = Array.from({ length: parts }, () => ({ hits: 0, arrivals: 0 }));
    for (const part of this.parts) this.sample.join(part);
    this.resize(capacity);
  }

  get hitRatio(): number {
    return this.traffic.hits / (this.traffic.hits + this.traffic.arrivals);
  }

  /** How many of the entries that are there the sample wants to hear of. */
  get wanted(): number {
    return [...this.#slots.values()].filter((slot) => this.sample.isWanted(slot)).length;
  }

  ask(hash: number, part = 0): boolean {
    const known = this.#slots.get(hash);
    if (known !== undefined) {
      this.#count('hits', part);
      this.#policy.touched(known);
      if (this.sample.isWanted(known)) {
        this.told += 1;
        this.sample.used(known);
      }
      return true;
    }
    this.#count('arrivals', part);
    const slot = this.#free.pop() ?? this.#slots.size + 1;
    this.#slots.set(hash, slot);
    this.#hashes.set(slot, hash);
    this.#policy.inserted(slot, hash);
    this.sample.came(slot, hash, part, this.#slots.size);
    this.#makeRoom();
    return false;
  }

  /** The entry expires. */
  expire(hash: number): void {
    const slot = this.#slots.get(hash);
    if (slot === undefined) return;
    this.#policy.removed(slot);
    this.sample.forgotten(slot);
    this.#vacate(slot);
  }

  resize(capacity: number): void {
    this.#capacity = capacity;
    this.#policy.resize(capacity);
    this.#policy.grow(capacity + 1);
    this.sample.grow(capacity + 1);
    this.#makeRoom();
  }

  #makeRoom(): void {
    while (this.#slots.size > this.#capacity) {
      const victim = this.#policy.victim();
      this.#policy.evicted(victim);
      this.sample.left(victim);
      this.#vacate(victim);
    }
  }

  #vacate(slot: Slot): void {
    this.#slots.delete(this.#hashes.get(slot) ?? 0);
    this.#hashes.delete(slot);
    this.#free.push(slot);
  }

  #count(what: 'hits' | 'arrivals', part: number): void {
    this.traffic[what] += 1;
    this.parts[part]![what] += 1;
  }
}
