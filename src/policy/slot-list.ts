import { NONE, type Slot } from './eviction-policy.ts';

/**
 * A doubly linked list of slots, kept in two typed arrays.
 *
 * Slot 0 is its anchor: the ring runs anchor → newest → … → oldest → anchor, so
 * no operation needs to ask whether it is at an end.
 */
export class SlotList {
  #older = new Uint32Array(1);
  #newer = new Uint32Array(1);

  grow(lastSlot: Slot): void {
    if (lastSlot < this.#older.length) return;
    this.#older = grown(this.#older, lastSlot);
    this.#newer = grown(this.#newer, lastSlot);
  }

  get newest(): Slot {
    return this.#older[NONE]!;
  }

  get oldest(): Slot {
    return this.#newer[NONE]!;
  }

  /** The next newer slot, or {@link NONE} at the newest. */
  newerThan(slot: Slot): Slot {
    return this.#newer[slot]!;
  }

  /** The next older slot, or {@link NONE} at the oldest. */
  olderThan(slot: Slot): Slot {
    return this.#older[slot]!;
  }

  addNewest(slot: Slot): void {
    const second = this.#older[NONE]!;
    this.#older[slot] = second;
    this.#newer[slot] = NONE;
    this.#newer[second] = slot;
    this.#older[NONE] = slot;
  }

  remove(slot: Slot): void {
    const older = this.#older[slot]!;
    const newer = this.#newer[slot]!;
    this.#newer[older] = newer;
    this.#older[newer] = older;
  }

  moveToNewest(slot: Slot): void {
    const olders = this.#older;
    const newers = this.#newer;
    const second = olders[NONE]!;
    if (second === slot) return;
    const older = olders[slot]!;
    const newer = newers[slot]!;
    newers[older] = newer;
    olders[newer] = older;
    olders[slot] = second;
    newers[slot] = NONE;
    newers[second] = slot;
    olders[NONE] = slot;
  }
}

/** A larger array with the same beginning, so that `lastSlot` is within it. */
function grown(array: Uint32Array<ArrayBuffer>, lastSlot: Slot): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(lastSlot + 1);
  larger.set(array);
  return larger;
}
