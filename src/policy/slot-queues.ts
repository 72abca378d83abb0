import { NONE, type Slot } from './eviction-policy.ts';

/**
 * Doubly linked queues of slots, kept in one typed array; a slot is in one of them.
 *
 * A place in the array is two links side by side, for they are fetched together: to the
 * next older and to the next newer. The first places are the queues' anchors, those of
 * the slots come after them: each ring runs anchor → newest → … → oldest → anchor, so no
 * operation needs to ask whether it is at an end.
 */
export class SlotQueues {
  /** Where the place of the last anchor begins; those of the slots follow. */
  readonly #lastAnchor: number;
  #links: Int32Array<ArrayBuffer>;

  /** @param count of queues; they are numbered from 0. */
  constructor(count = 1) {
    this.#lastAnchor = 2 * (count - 1);
    this.#links = Int32Array.from({ length: 2 * count }, (_, at) => at - (at % 2));
  }

  grow(lastSlot: Slot): void {
    const length = this.#placeOf(lastSlot) + 2;
    if (length <= this.#links.length) return;
    const links = new Int32Array(length);
    links.set(this.#links);
    this.#links = links;
  }

  /** The oldest slot of a queue, or {@link NONE} when it is empty. */
  oldest(queue = 0): Slot {
    return this.#slotAt(this.#links[2 * queue + 1]!);
  }

  /** The next newer slot in the queue of a slot, or {@link NONE} at the newest. */
  newerThan(slot: Slot): Slot {
    return this.#slotAt(this.#links[this.#placeOf(slot) + 1]!);
  }

  addNewest(slot: Slot, queue = 0): void {
    const links = this.#links;
    const at = this.#placeOf(slot);
    const anchor = 2 * queue;
    const second = links[anchor]!;
    links[at] = second;
    links[at + 1] = anchor;
    links[second + 1] = at;
    links[anchor] = at;
  }

  remove(slot: Slot): void {
    const links = this.#links;
    const at = this.#placeOf(slot);
    const older = links[at]!;
    const newer = links[at + 1]!;
    links[older + 1] = newer;
    links[newer] = older;
  }

  moveToNewest(slot: Slot, queue = 0): void {
    if (this.#links[2 * queue] === this.#placeOf(slot)) return;
    this.remove(slot);
    this.addNewest(slot, queue);
  }

  #placeOf(slot: Slot): number {
    return this.#lastAnchor + 2 * slot;
  }

  #slotAt(place: number): Slot {
    return place <= this.#lastAnchor ? NONE : (place - this.#lastAnchor) >> 1;
  }
}
