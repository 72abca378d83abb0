import type { Slot } from '../policy/eviction-policy.ts';

const UNSAMPLED = 0;
/** A use tells nothing that is not known. */
const QUIET = 1;
/** The next use is to be told. */
const DUE = 2;
/** Every use is to be told, though it is not due. */
const ALWAYS = 3;

/** There are so many rounds while as many entries are heard of as there are. */
const ROUNDS_PER_ROOM = 4;

/**
 * Whose uses are to be told: a byte for each slot, so that a use of all others costs no
 * more than to read it.
 *
 * In a round a slot is heard of once, however often it is used: what was used just now
 * hits in any cache.
 */
export class SlotMarks {
  #marks = new Uint8Array(1);
  #isAwake = true;
  readonly #told: Slot[] = [];
  #roundLength = 1;

  grow(lastSlot: Slot): void {
    if (lastSlot < this.#marks.length) return;
    const marks = new Uint8Array(lastSlot + 1);
    marks.set(this.#marks);
    this.#marks = marks;
  }

  get bytes(): number {
    return this.#marks.byteLength;
  }

  isSampled(slot: Slot): boolean {
    return this.#marks[slot] !== UNSAMPLED;
  }

  /** Whether a use of the entry in `slot` is to be told. */
  isWanted(slot: Slot): boolean {
    return this.#isAwake && this.#marks[slot]! > QUIET;
  }

  isDue(slot: Slot): boolean {
    return this.#marks[slot] === DUE;
  }

  /** It is not due again before the next round. */
  quiet(slot: Slot, isAlwaysWanted: boolean): void {
    this.#marks[slot] = isAlwaysWanted ? ALWAYS : QUIET;
  }

  /** It was heard of, and is due again in the next round. */
  told(slot: Slot): void {
    this.#told.push(slot);
  }

  get isRoundOver(): boolean {
    return this.#told.length >= this.#roundLength;
  }

  /** Who was heard of is due again. */
  beginRound(residents: number): void {
    for (const slot of this.#told) if (this.#marks[slot] !== UNSAMPLED) this.#marks[slot] = DUE;
    this.#told.length = 0;
    this.#roundLength = Math.max(1, Math.floor(residents / ROUNDS_PER_ROOM));
  }

  /** It is in the sample no more. */
  drop(slot: Slot): void {
    this.#marks[slot] = UNSAMPLED;
  }

  /** Nothing is wanted before it wakes. */
  sleep(): void {
    this.#isAwake = false;
  }

  wake(): void {
    this.#isAwake = true;
  }

  /** It is due in this round. */
  call(slot: Slot): void {
    this.#marks[slot] = DUE;
  }
}
