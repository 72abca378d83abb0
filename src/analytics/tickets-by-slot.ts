import type { Slot } from '../policy/eviction-policy.ts';

/** The number under which a key of the sample is known. */
export type Ticket = number;

/** The key is not in the sample. */
export const NO_TICKET: Ticket = 0;

/** About twice as many as entries are sampled at most; a power of two. */
const PLACES = 2_048;

/**
 * Finds the tickets of entries by their slots: a table with chains, in typed arrays.
 * 2 bytes a ticket, and 4 KB.
 */
export class TicketsBySlot {
  /** Of a place, the ticket that came last of those whose slots belong there. */
  readonly #newest = new Uint16Array(PLACES);
  /** By ticket, the one that came before it to the same place. */
  #older = new Uint16Array(1);

  get bytes(): number {
    return this.#newest.byteLength + this.#older.byteLength;
  }

  grow(lastTicket: Ticket): void {
    const older = new Uint16Array(lastTicket + 1);
    older.set(this.#older);
    this.#older = older;
  }

  /** @param slots by ticket. */
  find(slot: Slot, slots: Uint32Array): Ticket {
    let ticket = this.#newest[slot % PLACES]!;
    while (ticket !== NO_TICKET && slots[ticket] !== slot) ticket = this.#older[ticket]!;
    return ticket;
  }

  add(ticket: Ticket, slot: Slot): void {
    this.#older[ticket] = this.#newest[slot % PLACES]!;
    this.#newest[slot % PLACES] = ticket;
  }

  remove(ticket: Ticket, slot: Slot): void {
    const place = slot % PLACES;
    const older = this.#older;
    if (this.#newest[place] === ticket) {
      this.#newest[place] = older[ticket]!;
      return;
    }
    let newer = this.#newest[place]!;
    while (older[newer] !== ticket) newer = older[newer]!;
    older[newer] = older[ticket]!;
  }
}
