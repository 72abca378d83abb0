import { type EvictionReason, NONE, type Slot } from './eviction-policy.ts';
import type { FrequencySketch } from './frequency-sketch.ts';
import { GhostKeys } from './ghost-keys.ts';
import { SlotQueues } from './slot-queues.ts';

const WINDOW = 0;
const PROBATION = 1;
const PROTECTED = 2;

/** Of what is not window, so much is for keys that were used again. */
const PROTECTED_SHARE = 0.8;

/** A window or a protected segment that has become too large gives so many to probation with each key that comes. */
const MAX_MOVES = 8;

/**
 * Who is asked for by less than a quarter more often does not get in. Counts differ by
 * that much by chance, and by when they were halved: in a loop all would take turns.
 */
const MARGIN_SHIFT = 2;

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
 * Einziger, Eytan, Friedman and Manes, "Adaptive Software Cache Management" (Middleware
 * 2018), for window, admission and segments; the memory of who was turned away is
 * that of 2Q (Johnson and Shasha, VLDB 1994).
 */
export class Segments {
  readonly #sketch: FrequencySketch;
  readonly #queues = new SlotQueues(3);
  readonly #ghosts = new GhostKeys();
  #regions = new Uint8Array(1);
  #hashes = new Int32Array(1);
  #capacity = 1;
  #division: Division;
  #windowLimit = 1;
  #protectedLimit = 0;
  #windowSize = 0;
  #protectedSize = 0;
  #newcomer: Slot = NONE;
  #chance = 1;

  constructor(sketch: FrequencySketch, division: Division) {
    this.#sketch = sketch;
    this.#division = division;
  }

  grow(lastSlot: Slot): void {
    this.#queues.grow(lastSlot);
    if (lastSlot < this.#regions.length) return;
    const regions = new Uint8Array(lastSlot + 1);
    regions.set(this.#regions);
    this.#regions = regions;
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
    this.#ghosts.resize(Math.floor(division.ghosts * capacity));
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
    for (let moves = 0; moves < MAX_MOVES; moves += 1) {
      if (this.#windowSize > this.#windowLimit) this.#settle(this.#queues.oldest(WINDOW));
      else if (this.#protectedSize > this.#protectedLimit) this.#demote();
      else break;
    }
    this.#hashes[slot] = hash;
    this.#newcomer = slot;
    const region = this.#ghosts.take(hash) ? PROBATION : WINDOW;
    this.#regions[slot] = region;
    if (region === WINDOW) this.#windowSize += 1;
    this.#queues.addNewest(region, slot);
  }

  touch(slot: Slot): void {
    const region = this.#regions[slot]!;
    if (region !== PROBATION) {
      this.#queues.moveToNewest(region, slot);
      return;
    }
    this.#queues.remove(slot);
    this.#queues.addNewest(PROTECTED, slot);
    this.#regions[slot] = PROTECTED;
    this.#protectedSize += 1;
    if (this.#protectedSize > this.#protectedLimit) this.#demote();
  }

  remove(slot: Slot): void {
    const region = this.#regions[slot]!;
    if (region === WINDOW) this.#windowSize -= 1;
    else if (region === PROTECTED) this.#protectedSize -= 1;
    if (this.#newcomer === slot) this.#newcomer = NONE;
    this.#queues.remove(slot);
  }

  /** The slot leaves for room: if it was turned away, its key is remembered. */
  evict(slot: Slot): void {
    if (this.#regions[slot] === WINDOW) this.#ghosts.add(this.#hashes[slot]!);
    this.remove(slot);
  }

  /** Who leaves next. A window that is full gives one to the segments, if that is asked for more often than who is to leave there. */
  victim(): Slot {
    const victim = this.#segmentsVictim();
    if (this.#windowSize <= this.#windowLimit) return victim === NONE ? this.#queues.oldest(WINDOW) : victim;
    const candidate = this.#queues.oldest(WINDOW);
    if (victim === NONE || !this.#isAdmitted(candidate, victim)) return candidate;
    this.#intoProbation(candidate);
    return victim;
  }

  /** What leaves a full window was turned away; from anywhere else, it is the one not used for longest. */
  reason(victim: Slot): EvictionReason {
    return this.#regions[victim] === WINDOW && this.#windowSize > this.#windowLimit ? 'not-admitted' : 'idle';
  }

  /** The newcomer is not asked to leave before others. */
  #segmentsVictim(): Slot {
    const oldest = this.#queues.oldest(PROBATION);
    const other = oldest === this.#newcomer && oldest !== NONE ? this.#queues.newerThan(oldest) : oldest;
    if (other !== NONE) return other;
    const last = this.#queues.oldest(PROTECTED);
    return last === NONE ? oldest : last;
  }

  #isAdmitted(candidate: Slot, victim: Slot): boolean {
    const count = this.#sketch.estimate(this.#hashes[candidate]!);
    const other = this.#sketch.estimate(this.#hashes[victim]!);
    if (count > other + (other >>> MARGIN_SHIFT)) return true;
    return count >= LUCKY_FROM && this.#draw() % LUCKY_ONE_IN === 0;
  }

  #intoProbation(slot: Slot): void {
    this.#queues.remove(slot);
    this.#queues.addNewest(PROBATION, slot);
    this.#regions[slot] = PROBATION;
    this.#windowSize -= 1;
  }

  /** Leaves the window though nobody has to leave for it. */
  #settle(slot: Slot): void {
    this.#intoProbation(slot);
    if (this.#protectedSize < this.#protectedLimit && this.#sketch.estimate(this.#hashes[slot]!) >= PROMOTED_FROM) this.touch(slot);
  }

  #demote(): void {
    const slot = this.#queues.oldest(PROTECTED);
    this.#queues.remove(slot);
    this.#queues.addNewest(PROBATION, slot);
    this.#regions[slot] = PROBATION;
    this.#protectedSize -= 1;
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
