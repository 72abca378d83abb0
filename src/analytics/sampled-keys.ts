import type { Slot } from '../policy/eviction-policy.ts';
import { remixed } from '../policy/key-hash.ts';
import { NO_TICKET, type Ticket, TicketsBySlot } from './tickets-by-slot.ts';
import { LONG_AGO, UseOrder } from './use-order.ts';

/** More than can be told. */
export const NEVER = 0x7fff_ffff;

/** No slot: the key is known, and its entry is gone. */
const GONE = 0;
/** In place of a slot: the ticket is free. */
const FREE = 0xffff_ffff;

const NO_SLOTS: readonly Slot[] = [];

const FIRST_TICKETS = 256;
export const MAX_TICKETS = 8_192;
const MAX_RESIDENTS = 1_024;
/** At half the rate so many times as many entries are followed: of a large cache more is told, and at less of the price. */
const MORE_AT_HALF = 4;

/** Keys are known until so many times as many others as are there were used since. */
const DEPTH = 4;
const MIN_DEPTH = 64;
/** As finely are the keys that are there told apart by their last use. */
const BLOCKS_PER_ROOM = 16;

/**
 * Some of the keys, chosen by their hashes, in the order in which they were used last.
 *
 * Waldspurger et al., "Efficient MRC Construction with SHARDS" (FAST 2015): of a key all
 * uses are followed or none, and when there are too many keys the threshold goes down.
 * Too many are told here by the entries that are there, not by the keys ever seen, for
 * of those there is no end. 8 192 keys at most, in 150 KB.
 */
export class SampledKeys {
  readonly #order = new UseOrder();
  #rate: number;
  #room: number;
  /** Of a key that is there, its slot. */
  #slots = new Uint32Array(FIRST_TICKETS + 1).fill(FREE);
  /** Of a free ticket, the next one. */
  #hashes = new Int32Array(FIRST_TICKETS + 1);
  #blocks = new Uint16Array(FIRST_TICKETS + 1);
  /** Of a place, the ticket of the key that belongs there or a little further on. */
  #table = new Uint16Array(2 * FIRST_TICKETS);
  #firstFree: Ticket = NO_TICKET;
  #lastTicket: Ticket = NO_TICKET;
  readonly #bySlot = new TicketsBySlot();
  #residents = 0;
  /** What was used last before the order was kept without a gap; {@link LONG_AGO} where it was from the beginning. */
  #beginning = LONG_AGO;

  /** @param room for so many entries at the first rate. */
  constructor(rate: number, room: number) {
    this.#rate = rate;
    this.#room = room;
    this.#bySlot.grow(FIRST_TICKETS);
  }

  /** The share of keys that is in the sample. */
  get rate(): number {
    return this.#rate;
  }

  /** How many of the entries that are there are in the sample. */
  get residents(): number {
    return this.#residents;
  }

  /** The slots of the entries that are there and in the sample. */
  get slots(): IterableIterator<Slot> {
    return this.#slots.filter((slot) => slot !== GONE && slot !== FREE).values();
  }

  get bytes(): number {
    const columns = [this.#slots, this.#hashes, this.#blocks, this.#table];
    return columns.reduce((sum, { byteLength }) => sum + byteLength, this.#order.bytes + this.#bySlot.bytes);
  }

  /** How many keys were used since the order is kept without a gap: a distance of more than that is only known to be more. */
  get reach(): number {
    return this.#beginning === LONG_AGO ? NEVER : this.#order.after(this.#beginning);
  }

  /** By a mixture of the bits of the hash that no policy uses. */
  isSampled(hash: number): boolean {
    return shareOf(hash) < this.#rate;
  }

  ticketIn(slot: Slot): Ticket {
    return this.#bySlot.find(slot, this.#slots);
  }

  hashOf(ticket: Ticket): number {
    return this.#hashes[ticket]!;
  }

  /** How many keys of the sample were used since this one was. */
  distanceOf(ticket: Ticket): number {
    const block = this.#blocks[ticket]!;
    return block === LONG_AGO ? NEVER : this.#order.since(block);
  }

  /** The ticket of a key of the sample: that under which it is known, or a new one. */
  ticketFor(hash: number): Ticket {
    return this.#table[this.#find(hash)] || this.#issue(hash);
  }

  /** The key is used now. */
  use(ticket: Ticket): void {
    this.#moveTo(this.#order.add(), ticket);
    if (this.#order.isFull) this.#tidy();
  }

  /** The entry of a key came into `slot`. Returns which slots are in the sample no more: there were too many. */
  enter(ticket: Ticket, slot: Slot): readonly Slot[] {
    // Another key with the same hash.
    const other = this.#slots[ticket]!;
    this.#leave(ticket);
    this.#slots[ticket] = slot;
    this.#bySlot.add(ticket, slot);
    this.#residents += 1;
    if (other === GONE && this.#residents <= this.#room) return NO_SLOTS;
    const dropped = other === GONE ? [] : [other];
    while (this.#residents > this.#room) this.#lowerRate(dropped);
    return dropped;
  }

  /** The entry in `slot` is gone; its key is known on. */
  left(slot: Slot): void {
    this.#leave(this.ticketIn(slot));
  }

  /** The entry in `slot` is gone, and in a cache of any size it would be: the key's next use is as if it were the first. */
  forget(slot: Slot): void {
    const ticket = this.ticketIn(slot);
    this.#moveTo(LONG_AGO, ticket);
    this.#leave(ticket);
  }

  /** Uses were not told for a while: what was used before is told apart from what will be. */
  resume(): void {
    this.#order.endBlock();
    this.#beginning = this.#order.newest;
    if (this.#order.isFull) this.#tidy();
  }

  #leave(ticket: Ticket): void {
    const slot = this.#slots[ticket]!;
    if (slot === GONE) return;
    this.#bySlot.remove(ticket, slot);
    this.#residents -= 1;
    this.#slots[ticket] = GONE;
  }

  #moveTo(block: number, ticket: Ticket): void {
    this.#order.remove(this.#blocks[ticket]!);
    this.#blocks[ticket] = block;
  }

  /** The place of a hash in the table, or the empty one where it would stand. */
  #find(hash: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let place = hash & mask;
    while (table[place] !== NO_TICKET && this.#hashes[table[place]!] !== hash) place = (place + 1) & mask;
    return place;
  }

  #issue(hash: number): Ticket {
    if (this.#firstFree === NO_TICKET && this.#lastTicket === this.#slots.length - 1) this.#makeRoom();
    let ticket = this.#firstFree;
    if (ticket === NO_TICKET) ticket = this.#lastTicket += 1;
    else this.#firstFree = this.#hashes[ticket]!;
    this.#hashes[ticket] = hash;
    this.#slots[ticket] = GONE;
    this.#blocks[ticket] = LONG_AGO;
    this.#table[this.#find(hash)] = ticket;
    return ticket;
  }

  #release(ticket: Ticket): void {
    this.#slots[ticket] = FREE;
    this.#hashes[ticket] = this.#firstFree;
    this.#firstFree = ticket;
  }

  /** Half of the tickets are for keys that are known, half for those that come meanwhile. */
  get #depth(): number {
    return Math.min(MAX_TICKETS / 2, Math.max(MIN_DEPTH, DEPTH * this.residents));
  }

  #makeRoom(): void {
    const tickets = this.#slots.length - 1;
    if (tickets >= Math.min(MAX_TICKETS, 2 * this.#depth)) {
      this.#tidy();
      return;
    }
    this.#slots = grown(this.#slots, new Uint32Array(2 * tickets + 1));
    this.#hashes = grown(this.#hashes, new Int32Array(2 * tickets + 1));
    this.#blocks = grown(this.#blocks, new Uint16Array(2 * tickets + 1));
    this.#table = new Uint16Array(4 * tickets);
    this.#bySlot.grow(2 * tickets);
    this.#enterAll();
  }

  /** Joins what need not be told apart any more, and lets go of keys that are gone and were used long ago. */
  #tidy(): void {
    const blocks = this.#order.join(Math.max(1, Math.floor(this.residents / BLOCKS_PER_ROOM)), this.#depth);
    this.#beginning = blocks[this.#beginning]!;
    for (let ticket = 1; ticket <= this.#lastTicket; ticket += 1) {
      if (this.#slots[ticket] === FREE) continue;
      const block = blocks[this.#blocks[ticket]!]!;
      this.#blocks[ticket] = block;
      if (block === LONG_AGO && this.#slots[ticket] === GONE) this.#release(ticket);
    }
    this.#enterAll();
  }

  #lowerRate(dropped: Slot[]): void {
    this.#rate /= 2;
    this.#room = Math.min(MAX_RESIDENTS, MORE_AT_HALF * this.#room);
    for (let ticket = 1; ticket <= this.#lastTicket; ticket += 1) {
      const slot = this.#slots[ticket]!;
      if (slot === FREE || this.isSampled(this.#hashes[ticket]!)) continue;
      if (slot !== GONE) dropped.push(slot);
      this.#leave(ticket);
      this.#moveTo(LONG_AGO, ticket);
    }
    this.#tidy();
  }

  #enterAll(): void {
    this.#table.fill(NO_TICKET);
    for (let ticket = 1; ticket <= this.#lastTicket; ticket += 1) {
      if (this.#slots[ticket] !== FREE) this.#table[this.#find(this.#hashes[ticket]!)] = ticket;
    }
  }
}

/** From 0 up to 1. */
export function shareOf(hash: number): number {
  return (remixed(remixed(hash)) >>> 0) / 2 ** 32;
}

function grown<A extends Uint16Array | Uint32Array | Int32Array>(array: A, larger: A): A {
  larger.set(array);
  return larger;
}
