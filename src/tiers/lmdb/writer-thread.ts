import { type Header, peekHeader } from '../../entry/envelope-header.ts';
import type { PackedEntry } from '../../lmdb/packed-entries.ts';
import type { LmdbStore } from '../../lmdb/store.ts';
import { isNoRoom } from '../../lmdb/store-errors.ts';
import { serveWrites, type ThreadWork } from '../../lmdb/write-thread.ts';
import { systemClock } from '../../time/clock.ts';
import { takesPlace } from '../precedence.ts';
import { LeaseTable } from './lease-table.ts';
import { isLeaseKey } from './store-keys.ts';
import { Sweeper } from './sweeper.ts';

/** On a full disk entries are written, and removed, so few at a time. */
const FEW = 8;

/** Slices of sweeping that a write may wait for when there is no room: some 100 ms. */
const SLICES_FOR_ROOM = 50;

/** What the tier's thread wants to know. */
export interface TierThreadSettings {
  readonly maxBytes: number;
}

/** Writes entries, each unless a newer one is there, and leases; keeps the store in bounds. */
class TierWork implements ThreadWork {
  readonly #store: LmdbStore;
  readonly #sweeper: Sweeper;
  readonly #leases: LeaseTable;

  constructor(store: LmdbStore, { maxBytes }: TierThreadSettings) {
    this.#store = store;
    this.#sweeper = new Sweeper(store, maxBytes, systemClock);
    this.#leases = new LeaseTable(store);
  }

  get counts(): { swept: number; dropped: number } {
    return this.#sweeper;
  }

  get hasMore(): boolean {
    return this.#sweeper.hasMore;
  }

  tend(now: number): void {
    this.#leases.sweep(now);
    this.#sweeper.slice(now);
  }

  write(entries: readonly PackedEntry[], bytes: number, now: number): Float64Array {
    this.#makeRoom(bytes, now);
    return this.#applyWithRoom(entries, bytes, now);
  }

  #makeRoom(bytes: number, now: number): void {
    if (!this.#sweeper.canHold(bytes)) throw new Error(`${bytes} bytes at once are more than it can hold; raise \`maxBytes\``);
    for (let slice = 0; this.#sweeper.needsRoomFor(bytes); slice += 1) {
      if (slice === SLICES_FOR_ROOM) throw new Error('it is full, and room could not be made in time; raise `maxBytes`');
      this.#sweeper.slice(now);
    }
  }

  /** On a full disk the store makes room within its file, and tries once more, in small writes. */
  #applyWithRoom(entries: readonly PackedEntry[], bytes: number, now: number): Float64Array {
    const answers = new Float64Array(entries.length);
    try {
      this.#apply(entries, answers, 0, now);
    } catch (error) {
      if (!isNoRoom(error)) throw error;
      if (this.#sweeper.isTight(bytes)) this.#sweeper.shrink();
      for (let slice = 0; slice < SLICES_FOR_ROOM && this.#sweeper.isDropping; slice += 1) this.#sweeper.slice(now, FEW);
      for (let at = 0; at < entries.length; at += FEW) this.#apply(entries.slice(at, at + FEW), answers, at, now);
    }
    return answers;
  }

  /** Writes entries, and notes from `answers[at]` on: 1 for what was stored, 0 for what was not; of leases, see {@link LeaseTable.ask}. */
  #apply(entries: readonly PackedEntry[], answers: Float64Array, at: number, now: number): void {
    let length = 0;
    for (const { key, bytes } of entries) length += key.length + bytes.length;
    this.#store.write(entries.length, length, () => {
      for (const [n, { key, bytes }] of entries.entries()) {
        answers[at + n] = isLeaseKey(key) ? this.#leases.ask(key, bytes, now) : this.#put(key, bytes, now);
      }
    });
  }

  #put(key: Uint8Array, bytes: Uint8Array, now: number): number {
    const incoming = peekHeader(bytes);
    if (incoming === undefined || !takesPlace(incoming, this.#stored(key, now))) return 0;
    this.#store.put(key, bytes);
    this.#sweeper.note(incoming, bytes.length);
    return 1;
  }

  /** What a new entry must take the place of: nothing where the old one is dead, or damaged. */
  #stored(key: Uint8Array, now: number): Header | undefined {
    const bytes = this.#store.borrow(key);
    const header = bytes && peekHeader(bytes, Buffer.from(key.buffer, key.byteOffset, key.length).toString());
    return header && header.deadAt > now ? header : undefined;
  }
}

serveWrites<TierThreadSettings>((store, settings) => new TierWork(store, settings));
