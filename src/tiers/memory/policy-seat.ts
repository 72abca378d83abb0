import type { AccessSample } from '../../analytics/access-sample.ts';
import { type EvictionPolicy, NONE, type Slot } from '../../policy/eviction-policy.ts';
import { hashOf } from '../../policy/key-hash.ts';
import { RoomReckoning } from '../../policy/room-reckoning.ts';
import type { EntryColumns } from './entry-columns.ts';

/** Spreads small numbers over 32 bits (Knuth, volume 3, 6.4). */
const GOLDEN = 0x9e37_79b1;
/** A new policy hears of a use of the half that the last one would have kept longest, of another of the quarter, and so on to this part. */
const HOTTEST_PART = 16;

/** The policy of one part of memory at work: it hears of rows by the hashes of their keys, and another can take its seat. */
export class PolicySeat {
  /** Who decides now. */
  policy: EvictionPolicy;
  /** What other sizes and other policies would do; `undefined` where nobody wants to know. */
  readonly sample: AccessSample | undefined;
  readonly #columns: EntryColumns;
  readonly #hashSeed: number;
  readonly #reckoning: RoomReckoning;

  constructor(policy: EvictionPolicy, columns: EntryColumns, hashSeed: number, maxEntries: number, sample: AccessSample | undefined) {
    this.policy = policy;
    this.sample = sample;
    this.#columns = columns;
    this.#hashSeed = hashSeed;
    this.#reckoning = new RoomReckoning(policy, maxEntries);
  }

  /** An entry came, of a part of the sample; with it there are so many. */
  arrived(slot: Slot, part: number, entries: number): void {
    const { sample, policy } = this;
    const hash = policy.usesHashes || sample ? this.#hashOf(slot) : 0;
    policy.inserted(slot, hash);
    sample?.came(slot, hash, part, entries);
  }

  /** An entry that was there is the policy's again, as if it had come just now. */
  inserted(slot: Slot): void {
    this.policy.inserted(slot, this.policy.usesHashes ? this.#hashOf(slot) : 0);
  }

  /** An entry was used: the way of every hit. */
  touched(slot: Slot): void {
    this.policy.touched(slot);
    const { sample } = this;
    if (sample?.isWanted(slot)) sample.used(slot);
  }

  /** An entry is gone, for want of room or for another cause. */
  left(slot: Slot, isForRoom: boolean): void {
    if (isForRoom) {
      this.policy.evicted(slot);
      this.sample?.left(slot);
    } else {
      this.policy.removed(slot);
      this.sample?.forgotten(slot);
    }
  }

  /** There are rows up to `lastSlot` now. */
  grow(lastSlot: Slot): void {
    this.policy.grow(lastSlot);
    this.sample?.grow(lastSlot);
    this.#reckoning.grown(lastSlot);
  }

  /** There may be so many entries from now on. */
  bound(maxEntries: number): void {
    this.#reckoning.bound(maxEntries);
  }

  /** Who leaves, of `entries` that are too many; rather not `kept`. {@link NONE} when there is nobody. */
  victim(entries: number, kept: Slot): Slot {
    this.#reckoning.full(entries);
    const victim = this.policy.victim();
    if (victim !== kept || victim === NONE) return victim;
    // As if it had come just now: others leave for it, if there are any that may.
    this.policy.removed(kept);
    this.inserted(kept);
    return this.policy.victim();
  }

  /** Another policy decides from now on. What the last would have kept longest, this one begins with as what was used most. */
  use(policy: EvictionPolicy): void {
    const leaving: Slot[] = [];
    for (let slot = this.policy.victim(); slot !== NONE; slot = this.policy.victim()) {
      this.policy.removed(slot);
      leaving.push(slot);
    }
    this.policy = policy;
    policy.grow(this.#columns.lastSlot);
    this.#reckoning.tell(policy);
    for (const slot of leaving) this.inserted(slot);
    for (let part = 2; part <= HOTTEST_PART; part *= 2) {
      for (const slot of leaving.slice(leaving.length - Math.floor(leaving.length / part))) policy.touched(slot);
    }
  }

  #hashOf(slot: Slot): number {
    return hashOf(this.#columns.keys[slot] ?? '', this.#hashSeed ^ Math.imul(this.#columns.owners[slot]!, GOLDEN));
  }
}
