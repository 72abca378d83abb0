import { NONE, type Slot } from './eviction-policy.ts';

/**
 * Finds slots by the hashes of their keys: a table with chains, in typed arrays. 12 to
 * 16 bytes a slot.
 */
export class SlotsByHash {
  #hashes = new Int32Array(1);
  /** Of a place in the table, the slot that came last of those whose hashes belong there. */
  #newest = new Int32Array(1);
  /** By slot, the one that came before it to the same place. */
  #older = new Int32Array(1);

  grow(lastSlot: Slot): void {
    if (lastSlot < this.#hashes.length) return;
    const [newest, older] = [this.#newest, this.#older];
    const hashes = new Int32Array(lastSlot + 1);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#older = new Int32Array(lastSlot + 1);
    let places = newest.length;
    while (places <= lastSlot) places *= 2;
    this.#newest = new Int32Array(places);
    for (let slot of newest) for (; slot !== NONE; slot = older[slot]!) this.#place(slot);
  }

  /** The slot of a hash, or {@link NONE}. */
  find(hash: number): Slot {
    let slot = this.#newest[this.#placeOf(hash)]!;
    while (slot !== NONE && this.#hashes[slot] !== hash) slot = this.#older[slot]!;
    return slot;
  }

  add(slot: Slot, hash: number): void {
    this.#hashes[slot] = hash;
    this.#place(slot);
  }

  remove(slot: Slot): void {
    const older = this.#older;
    const place = this.#placeOf(this.#hashes[slot]!);
    if (this.#newest[place] === slot) {
      this.#newest[place] = older[slot]!;
      return;
    }
    let newer = this.#newest[place]!;
    while (older[newer] !== slot) newer = older[newer]!;
    older[newer] = older[slot]!;
  }

  #place(slot: Slot): void {
    const place = this.#placeOf(this.#hashes[slot]!);
    this.#older[slot] = this.#newest[place]!;
    this.#newest[place] = slot;
  }

  #placeOf(hash: number): number {
    return hash & (this.#newest.length - 1);
  }
}
