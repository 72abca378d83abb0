import { type EvictionReason, NONE, type Slot } from './eviction-policy.ts';
import type { FrequencySketch } from './frequency-sketch.ts';
import { GhostKeys } from './ghost-keys.ts';
import { SlotQueues } from './slot-queues.ts';
import { UseMarks } from './use-marks.ts';

const WINDOW = 0;
const PROBATION = 1;
const PROTECTED = 2;

/** Of what is not window, so much is for keys that were used again. */
const PROTECTED_SHARE = 0.7;

/** A window or a protected segment that has become too large gives so many to others with each key that comes. */
const MAX_MOVES = 8;

/** So many that were used are passed over at a time, at most: who comes after all were used does not wait until all are looked at. */
const MAX_SPARED = 64;

/**
 * Who is asked for by less than a quarter more often does not get in. Counts differ by
 * that much by chance, and by when they were halved: in a loop all would take turns.
 */
const MARGIN_SHIFT = 2;
const MARGIN = 1 + 2 ** -MARGIN_SHIFT;

/** Who was seen so often and leaves the window while there is room is protected at once: a scan soon after must not find it in probation. */
const PROMOTED_FROM = 3;

/** One in so many that lose is let in all the same, if it was seen so often: nobody may keep it out by keys that collide with it. */
const LUCKY_ONE_IN = 128;
const LUCKY_FROM = 6;

/** How the room is divided: what the window has of it, and how many keys that were turned away are remembered, both as shares. */
export interface Division {
  readonly window: number;
  readonly ghosts: number;
}

/**
 * W-TinyLFU: a window of what came last, and behind it segments of what was used,
 * into which only who is asked for more often gets than who would have to leave.
 * Who was turned away and comes back soon gets in at once.
 *
 * A use only leaves a mark. What it changes is done when the slot has become the oldest
 * of its queue: its uses are counted, and it moves on instead of leaving, as in CLOCK
 * (Corbató, "A Paging Experiment with the Multics System", 1968).
 *
 * Einziger, Eytan, Friedman and Manes, "Adaptive Software Cache Management" (Middleware
 * 2018), for window, admission and segments; the memory of who was turned away is
 * that of 2Q (Johnson and Shasha, VLDB 1994).
 */
export class Segments {
  readonly #sketch: FrequencySketch;
  readonly #isCounting: boolean;
  readonly #weightOf: ((slot: Slot) => number) | undefined;
  readonly #queues = new SlotQueues(3);
  readonly #ghosts = new GhostKeys();
  /** By queue. */
  readonly #sizes = new Uint32Array(3);
  #regions = new Uint8Array(1);
  #hashes = new Int32Array(1);
  readonly #marks = new UseMarks();
  #capacity = 1;
  #division: Division;
  #windowLimit = 1;
  #protectedLimit = 0;
  #newcomer: Slot = NONE;
  #chance = 1;

  /**
   * @param isCounting whether the sketch is told of keys that come and are used; a shadow leaves that to what it is the shadow of.
   * @param weightOf a slot, where admission is by frequency per byte.
   */
  constructor(sketch: FrequencySketch, division: Division, isCounting: boolean, weightOf?: (slot: Slot) => number) {
    this.#weightOf = weightOf;
    this.#sketch = sketch;
    this.#division = division;
    this.#isCounting = isCounting;
  }

  grow(lastSlot: Slot): void {
    this.#queues.grow(lastSlot);
    if (lastSlot < this.#regions.length) return;
    this.#regions = grown(this.#regions, lastSlot);
    this.#marks.grow(lastSlot);
    const hashes = new Int32Array(lastSlot + 1);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
  }

  /** Divides the room for `capacity` entries; entries move over by and by. */
  divide(capacity: number, division: Division): void {
    this.#capacity = capacity;
    this.#division = division;
    this.#windowLimit = Math.max(1, Math.round(division.window * capacity));
    this.#protectedLimit = Math.floor(PROTECTED_SHARE * (capacity - this.#windowLimit));
    this.#marks.resize(capacity);
    this.#ghosts.resize(Math.floor(division.ghosts * capacity));
  }

  get size(): number {
    return this.#sizes[WINDOW]! + this.#sizes[PROBATION]! + this.#sizes[PROTECTED]!;
  }

  get capacity(): number {
    return this.#capacity;
  }

  get division(): Division {
    return this.#division;
  }

  /** Every slot there is. */
  *slots(): IterableIterator<Slot> {
    for (const queue of [WINDOW, PROBATION, PROTECTED]) {
      for (let slot = this.#queues.oldest(queue); slot !== NONE; slot = this.#queues.newerThan(slot)) yield slot;
    }
  }

  hashOf(slot: Slot): number {
    return this.#hashes[slot]!;
  }

  insert(slot: Slot, hash: number): void {
    if (this.#isCounting) this.#sketch.add(hash);
    for (let moves = 0; moves < MAX_MOVES; moves += 1) {
      if (this.#sizes[WINDOW]! > this.#windowLimit) this.#settle(this.#oldest(WINDOW));
      else if (this.#sizes[PROTECTED]! > this.#protectedLimit) this.#demote();
      else break;
    }
    this.#marks.came(slot);
    this.#hashes[slot] = hash;
    this.#newcomer = slot;
    this.#enter(slot, this.#ghosts.take(hash) ? PROBATION : WINDOW);
  }

  /** Marks a use. Tells whether the slot had neither come nor been used in this burst. */
  touch(slot: Slot): boolean {
    return this.#marks.used(slot);
  }

  remove(slot: Slot): void {
    this.#countUses(slot);
    if (this.#newcomer === slot) this.#newcomer = NONE;
    this.#leave(slot);
  }

  /** The slot leaves for room: if it was turned away, its key is remembered. */
  evict(slot: Slot): void {
    if (this.#regions[slot] === WINDOW) this.#ghosts.add(this.#hashes[slot]!);
    this.remove(slot);
  }

  /** Who leaves next. A window that is full gives one to the segments, if that is asked for more often than who is to leave there. */
  victim(): Slot {
    const victim = this.#segmentsVictim();
    if (this.#sizes[WINDOW]! <= this.#windowLimit) return victim === NONE ? this.#oldest(WINDOW) : victim;
    const candidate = this.#oldest(WINDOW);
    if (victim === NONE || !this.#isAdmitted(candidate, victim)) return candidate;
    this.#move(candidate, PROBATION);
    return victim;
  }

  /** What leaves a full window was turned away; from anywhere else, it is the one not used for longest. */
  reason(victim: Slot): EvictionReason {
    return this.#regions[victim] === WINDOW && this.#sizes[WINDOW]! > this.#windowLimit ? 'not-admitted' : 'idle';
  }

  /** The newcomer is not asked to leave before others. */
  #segmentsVictim(): Slot {
    const oldest = this.#oldest(PROBATION);
    const other = oldest === this.#newcomer && oldest !== NONE ? this.#queues.newerThan(oldest) : oldest;
    if (other !== NONE && this.#sizes[PROTECTED]! <= this.#protectedLimit) return other;
    const last = this.#oldest(PROTECTED);
    if (other === NONE) return last === NONE ? oldest : last;
    // The room has shrunk: more is protected than should be, and not all of it was used more than what is not.
    return this.#estimateOf(last) < this.#estimateOf(other) ? last : other;
  }

  #estimateOf(slot: Slot): number {
    return this.#sketch.estimate(this.#hashes[slot]!);
  }

  #isAdmitted(candidate: Slot, victim: Slot): boolean {
    const count = this.#estimateOf(candidate);
    const other = this.#estimateOf(victim);
    const weigh = this.#weightOf;
    if (weigh ? count * weigh(victim) > other * weigh(candidate) * MARGIN : count > other + (other >>> MARGIN_SHIFT)) return true;
    return count >= LUCKY_FROM && this.#draw() % LUCKY_ONE_IN === 0;
  }

  /** The oldest of a queue that was not used lately; who was becomes its newest, or is protected. */
  #oldest(queue: number): Slot {
    for (let left = MAX_SPARED; ; left -= 1) {
      const slot = this.#queues.oldest(queue);
      if (slot === NONE || !this.#countUses(slot) || left === 0) return slot;
      if (queue === PROBATION) this.#promote(slot);
      else this.#renew(slot, queue);
    }
  }

  /** Becomes the newest of its queue but for the newcomer, who came later. */
  #renew(slot: Slot, queue: number): void {
    const newcomer = this.#newcomer;
    this.#queues.moveToNewest(slot, queue);
    if (newcomer !== NONE && this.#regions[newcomer] === queue) this.#queues.moveToNewest(newcomer, queue);
  }

  /** Whether there are uses of a slot that were not counted; they are now. */
  #countUses(slot: Slot): boolean {
    const uses = this.#marks.take(slot);
    if (uses === 0) return false;
    if (this.#isCounting) this.#sketch.add(this.#hashes[slot]!, uses);
    return true;
  }

  /** Leaves the window though nobody has to leave for it. */
  #settle(slot: Slot): void {
    const isWellKnown = this.#estimateOf(slot) >= PROMOTED_FROM;
    this.#move(slot, isWellKnown && this.#sizes[PROTECTED]! < this.#protectedLimit ? PROTECTED : PROBATION);
  }

  #promote(slot: Slot): void {
    this.#move(slot, PROTECTED);
    if (this.#sizes[PROTECTED]! > this.#protectedLimit) this.#demote();
  }

  #demote(): void {
    this.#move(this.#oldest(PROTECTED), PROBATION);
  }

  #move(slot: Slot, region: number): void {
    this.#leave(slot);
    this.#enter(slot, region);
  }

  #enter(slot: Slot, region: number): void {
    this.#regions[slot] = region;
    this.#sizes[region]! += 1;
    this.#queues.addNewest(slot, region);
  }

  #leave(slot: Slot): void {
    this.#sizes[this.#regions[slot]!]! -= 1;
    this.#queues.remove(slot);
  }

  /** Marsaglia, "Xorshift RNGs" (2003). */
  #draw(): number {
    let chance = this.#chance;
    chance ^= chance << 13;
    chance ^= chance >>> 17;
    chance ^= chance << 5;
    this.#chance = chance;
    return chance >>> 0;
  }
}

/** A larger array with the same beginning, so that `lastSlot` is within it. */
function grown(array: Uint8Array<ArrayBuffer>, lastSlot: Slot): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(lastSlot + 1);
  larger.set(array);
  return larger;
}
