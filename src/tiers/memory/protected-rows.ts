import type { Slot } from '../../policy/eviction-policy.ts';
import type { EntryColumns } from './entry-columns.ts';
import type { Part, Room } from './room.ts';

/** The rows of one part of memory that never leave for room: no policy knows of them, so they cost the others nothing. */
export class ProtectedRows {
  entries = 0;
  bytes = 0;
  /** Entries that were to be protected while too much was. */
  refused = 0;
  readonly #columns: EntryColumns;
  readonly #room: Room;
  readonly #part: Pick<Part, 'maxEntries' | 'maxBytes'>;

  constructor(columns: EntryColumns, room: Room, part: Pick<Part, 'maxEntries' | 'maxBytes'>) {
    this.#columns = columns;
    this.#room = room;
    this.#part = part;
  }

  has(slot: Slot): boolean {
    return this.#columns.isProtected(slot);
  }

  /** Protects a row; tells whether it is: not where too much would be, of the whole or of the part. */
  add(slot: Slot): boolean {
    const weight = this.#columns.weights[slot]!;
    const { maxEntries, maxBytes } = this.#part;
    if (!this.#room.mayProtect(weight) || this.entries + 1 > maxEntries || this.bytes + weight > maxBytes) {
      this.refused += 1;
      return false;
    }
    this.#columns.setProtected(slot, true);
    this.#count(1, weight);
    return true;
  }

  remove(slot: Slot): void {
    this.#columns.setProtected(slot, false);
    this.#count(-1, -this.#columns.weights[slot]!);
  }

  /** One of them weighs so much more. */
  grew(bytes: number): void {
    this.#count(0, bytes);
  }

  /** Whether they are more than may be protected. */
  get isTooMuch(): boolean {
    return this.#room.isOverprotected || this.entries > this.#part.maxEntries || this.bytes > this.#part.maxBytes;
  }

  #count(entries: number, bytes: number): void {
    this.entries += entries;
    this.bytes += bytes;
    this.#room.tookProtected(entries, bytes);
  }
}
