import type { Slot } from './eviction-policy.ts';

/**
 * Uses of an entry close together count as one, for what is asked for twice at once is
 * no better known for it (O'Neil et al., "The LRU-K Page Replacement Algorithm",
 * SIGMOD 1993). As many requests as there is room for entries are so many bursts.
 */
const BURSTS_PER_ROOM = 10;

/** What is marked of a slot is one byte: the burst in which it came or was last used, and above that in how many it was used, to so many. */
const BURST_BITS = 6;
const LAST_BURST = 2 ** BURST_BITS - 1;
const MAX_USES = 3;

/**
 * The upper part of a mark after a use, by the mark before it with the bits of the burst
 * turned: those are 0 for a use in the same burst, which does not count. A table, for no
 * processor foretells which way a branch would go here.
 */
const AFTER_USE = Uint8Array.from({ length: 256 }, (_, turned) => {
  const uses = (turned >>> BURST_BITS) + Math.min(turned & LAST_BURST, 1);
  return Math.min(uses, MAX_USES) << BURST_BITS;
});

/** In how many bursts each slot was used and not yet counted: a byte for each. */
export class UseMarks {
  #marks = new Uint8Array(1);
  #burst = 0;
  #burstLength = 1;
  #leftInBurst = 1;

  grow(lastSlot: Slot): void {
    if (lastSlot < this.#marks.length) return;
    const marks = new Uint8Array(lastSlot + 1);
    marks.set(this.#marks);
    this.#marks = marks;
  }

  /** There is room for so many entries. */
  resize(capacity: number): void {
    this.#burstLength = Math.max(1, Math.floor(capacity / BURSTS_PER_ROOM));
  }

  came(slot: Slot): void {
    this.#tick();
    this.#marks[slot] = this.#burst;
  }

  /** Marks a use. Tells whether the slot had neither come nor been used in this burst. */
  used(slot: Slot): boolean {
    this.#tick();
    const turned = this.#marks[slot]! ^ this.#burst;
    this.#marks[slot] = AFTER_USE[turned]! | this.#burst;
    return (turned & LAST_BURST) !== 0;
  }

  /** The uses that are marked, which are none from then on. */
  take(slot: Slot): number {
    const mark = this.#marks[slot]!;
    this.#marks[slot] = mark & LAST_BURST;
    return mark >>> BURST_BITS;
  }

  /** A request more in this burst. */
  #tick(): void {
    this.#leftInBurst -= 1;
    if (this.#leftInBurst > 0) return;
    this.#leftInBurst = this.#burstLength;
    this.#burst = (this.#burst + 1) & LAST_BURST;
  }
}
