import { NONE } from './eviction-policy.ts';
import { SlotQueues } from './slot-queues.ts';

/**
 * The keys that left last, by their hashes and without anything else: a key that comes
 * back while it is remembered was turned away too early.
 *
 * First in, first out, and exact but for keys whose hashes are equal. A list in typed
 * arrays, found by a table with open addressing. 20 to 28 bytes a key remembered.
 */
export class GhostQueue {
  readonly #queue = new SlotQueues();
  #hashes = new Int32Array(1);
  /** Of a place, the slot whose hash belongs there or a little further on; 0 is none. */
  #table = new Uint32Array(2);
  #mask = 1;
  #limit = 0;
  #size = 0;
  #lastSlot = 0;
  #free: number[] = [];

  /** Remembers so many from now on. */
  resize(limit: number): void {
    this.#limit = limit;
    while (this.#size > limit) this.#forget(this.#queue.oldest());
    let length = 2;
    while (length < limit * 2) length *= 2;
    if (length <= this.#table.length) return;
    this.#table = new Uint32Array(length);
    this.#mask = length - 1;
    for (let slot = this.#queue.oldest(); slot !== NONE; slot = this.#queue.newerThan(slot)) this.#place(slot);
  }

  add(hash: number): void {
    if (this.#limit === 0 || this.#find(hash) !== -1) return;
    if (this.#size === this.#limit) this.#forget(this.#queue.oldest());
    const slot = this.#free.pop() ?? this.#freshSlot();
    this.#hashes[slot] = hash;
    this.#queue.addNewest(slot);
    this.#place(slot);
    this.#size += 1;
  }

  /** Whether a key left lately; it is forgotten then, for it is back. */
  take(hash: number): boolean {
    const place = this.#find(hash);
    if (place === -1) return false;
    this.#forget(this.#table[place]!);
    return true;
  }

  #find(hash: number): number {
    for (let place = hash & this.#mask; this.#table[place] !== NONE; place = (place + 1) & this.#mask) {
      if (this.#hashes[this.#table[place]!] === hash) return place;
    }
    return -1;
  }

  #place(slot: number): void {
    let place = this.#hashes[slot]! & this.#mask;
    while (this.#table[place] !== NONE) place = (place + 1) & this.#mask;
    this.#table[place] = slot;
  }

  /** Those behind it that were kept from their places move up, so that no search ends before them (Knuth, volume 3, 6.4, algorithm R). */
  #forget(slot: number): void {
    let gap = this.#find(this.#hashes[slot]!);
    for (let place = (gap + 1) & this.#mask; this.#table[place] !== NONE; place = (place + 1) & this.#mask) {
      const home = this.#hashes[this.#table[place]!]! & this.#mask;
      if (((place - home) & this.#mask) < ((place - gap) & this.#mask)) continue;
      this.#table[gap] = this.#table[place]!;
      gap = place;
    }
    this.#table[gap] = NONE;
    this.#queue.remove(slot);
    this.#free.push(slot);
    this.#size -= 1;
  }

  #freshSlot(): number {
    this.#lastSlot += 1;
    if (this.#lastSlot >= this.#hashes.length) {
      const larger = new Int32Array(Math.min(this.#limit, this.#lastSlot * 2) + 1);
      larger.set(this.#hashes);
      this.#hashes = larger;
      this.#queue.grow(larger.length - 1);
    }
    return this.#lastSlot;
  }
}
