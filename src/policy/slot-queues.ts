import { NONE, type Slot } from './eviction-policy.ts';

/**
 * Several doubly linked queues of slots, kept in two typed arrays; a slot is in one of them.
 *
 * The first places of the arrays are the queues' anchors, those of the slots come
 * after them: each ring runs anchor → newest → … → oldest → anchor, so no
 * operation needs to ask whether it is at an end.
 */
export class SlotQueues {
  readonly #count: number;
  /** From a slot to its place in the arrays. */
  readonly #shift: number;
  #older: Uint32Array<ArrayBuffer>;
  #newer: Uint32Array<ArrayBuffer>;

  /** @param count of queues; they are numbered from 0. */
  constructor(count: number) {
    this.#count = count;
    this.#shift = count - 1;
    this.#older = Uint32Array.from({ length: count }, (_, queue) => queue);
    this.#newer = this.#older.slice();
  }

  grow(lastSlot: Slot): void {
    const length = this.#count + lastSlot;
    if (length <= this.#older.length) return;
    this.#older = grown(this.#older, length);
    this.#newer = grown(this.#newer, length);
  }

  /** The oldest slot of a queue, or {@link NONE} when it is empty. */
  oldest(queue: number): Slot {
    return this.#slotAt(this.#newer[queue]!);
  }

  /** The next newer slot in the queue of a slot, or {@link NONE} at the newest. */
  newerThan(slot: Slot): Slot {
    return this.#slotAt(this.#newer[slot + this.#shift]!);
  }

  addNewest(queue: number, slot: Slot): void {
    const at = slot + this.#shift;
    const second = this.#older[queue]!;
    this.#older[at] = second;
    this.#newer[at] = queue;
    this.#newer[second] = at;
    this.#older[queue] = at;
  }

  remove(slot: Slot): void {
    const at = slot + this.#shift;
    const older = this.#older[at]!;
    const newer = this.#newer[at]!;
    this.#newer[older] = newer;
    this.#older[newer] = older;
  }

  /** The way of most uses. */
  moveToNewest(queue: number, slot: Slot): void {
    const olders = this.#older;
    const newers = this.#newer;
    const at = slot + this.#shift;
    const second = olders[queue]!;
    if (second === at) return;
    const older = olders[at]!;
    const newer = newers[at]!;
    newers[older] = newer;
    olders[newer] = older;
    olders[at] = second;
    newers[at] = queue;
    newers[second] = at;
    olders[queue] = at;
  }

  #slotAt(place: number): Slot {
    return place < this.#count ? NONE : place - this.#shift;
  }
}

/** A larger array with the same beginning. */
function grown(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(array);
  return larger;
}
