import { type Header, peekHeader } from '../../entry/envelope-header.ts';
import type { LmdbStore } from '../../lmdb/store.ts';
import type { Clock } from '../../time/clock.ts';
import { DeathSample } from './death-sample.ts';
import { FIRST_KEY } from './store-keys.ts';

/** The share of `maxBytes` from which on live entries are dropped, and the share at which that ends. */
const CROWDED_SHARE = 0.9;
const ROOMY_SHARE = 0.8;

/** A file that cannot grow is tight when less than this share of it is free. */
const TIGHT_SHARE = 0.05;

/** Pages are not filled to the brim: entries take up to so much more than their bytes. */
const PAGES_PER_BYTES = 2;

/** Keys are read in runs of this many; the time is looked at after each. */
const RUN = 64;

/** No slice of work takes much longer than this. */
const SLICE_MS = 4;

/** A slice that found more than this share dead is followed by another at once (as Redis does it). */
const FRUITFUL_SHARE = 0.25;

/**
 * Keeps the store in bounds: goes through it from end to end, a slice at a time,
 * and removes what is dead. While the store is crowded it also drops the live
 * entries that would die soonest; how soon that is, it knows from a sample.
 *
 * Every removal is decided within the write that removes it, so any number of
 * processes may sweep one store. Tombstones stay until their end, however
 * crowded it is: they are small, and one that goes early lets an older entry in.
 */
export class Sweeper {
  swept = 0;
  dropped = 0;
  readonly #store: LmdbStore;
  readonly #maxBytes: number;
  readonly #clock: Clock;
  readonly #sample: DeathSample = new DeathSample();
  #nextKey = FIRST_KEY;
  /** While dropping: whatever dies before this instant goes. */
  #dropBefore: number | undefined;
  /** Dropping ends when the pages in use take no more than this. */
  #goalBytes = 0;
  #isFruitful = false;
  /** Removals since the last time it came round, and how often it came round without any. */
  #removals = 0;
  #barrenRounds = 0;

  constructor(store: LmdbStore, maxBytes: number, clock: Clock) {
    this.#store = store;
    this.#maxBytes = maxBytes;
    this.#clock = clock;
    this.#sample.spread(store.size().bytes);
  }

  /** Takes note of an entry that was written. */
  note(header: Header, bytes: number): void {
    if (!header.isTombstone) this.#sample.note(header.deadAt, bytes);
  }

  /** Whether live entries are being dropped. */
  get isDropping(): boolean {
    return this.#dropBefore !== undefined;
  }

  /** Whether a slice should follow at once. */
  get hasMore(): boolean {
    return this.#barrenRounds < 2 && (this.isDropping || this.#isFruitful || this.#isCrowded());
  }

  /** Whether `bytes` could be kept at all, were the store empty. */
  canHold(bytes: number): boolean {
    return bytes * PAGES_PER_BYTES <= this.#maxBytes;
  }

  /** Whether `bytes` more could lead past the limit; then live entries are dropped from now on. */
  needsRoomFor(bytes: number): boolean {
    const room = bytes * PAGES_PER_BYTES;
    const isFull = this.#store.size().bytes + room > this.#maxBytes;
    if (isFull && !this.isDropping) this.#dropTo(Math.min(this.#maxBytes * ROOMY_SHARE, this.#maxBytes - room));
    return isFull;
  }

  /** Whether little is free within the file, for one that cannot grow and has to take `bytes` more. */
  isTight(bytes: number): boolean {
    const size = this.#store.size();
    return size.fileBytes - size.bytes < Math.max(2 * bytes * PAGES_PER_BYTES, size.fileBytes * TIGHT_SHARE);
  }

  /** Has live entries dropped until a tenth of what is used is free: the disk is fuller than the limit foresaw. */
  shrink(): void {
    this.#dropTo(this.#store.size().bytes * 0.9);
  }

  /**
   * Goes on from where the last slice ended. @throws what the store throws when it cannot write.
   *
   * @param perWrite how many removals make one write; on a full disk only small ones succeed.
   */
  slice(now: number, perWrite: number = RUN): void {
    const endsAt = this.#clock.monotonic() + SLICE_MS;
    let seen = 0;
    let found = 0;
    do {
      this.#adjust();
      const keys = this.#store.keysFrom(this.#nextKey, RUN);
      const leaving = keys.filter((key) => this.#look(key, now));
      for (let at = 0; at < leaving.length; at += perWrite) this.#remove(leaving.slice(at, at + perWrite), now);
      seen += keys.length;
      found += leaving.length;
      const last = keys.at(-1);
      this.#nextKey = keys.length < RUN || last === undefined ? FIRST_KEY : `${last}\u0000`;
      if (this.#nextKey === FIRST_KEY) this.#comeRound();
    } while (this.#nextKey !== FIRST_KEY && this.#clock.monotonic() < endsAt);
    this.#isFruitful = found > seen * FRUITFUL_SHARE;
  }

  /** Dropping begins when it is crowded, ends at its goal, and looks at a new sample when it has come round. */
  #adjust(): void {
    const { bytes } = this.#store.size();
    this.#sample.spread(bytes);
    if (!this.isDropping) {
      if (this.#isCrowded()) this.#dropTo(this.#maxBytes * ROOMY_SHARE);
    } else if (bytes <= this.#goalBytes) {
      this.#dropBefore = undefined;
    } else if (this.#nextKey === FIRST_KEY) {
      this.#dropTo(this.#goalBytes);
    }
  }

  /** The first round may only have filled the sample; after two without removals there is nothing that may go. */
  #comeRound(): void {
    this.#barrenRounds = this.#removals > 0 ? 0 : this.#barrenRounds + 1;
    this.#removals = 0;
  }

  #isCrowded(): boolean {
    return this.#store.size().bytes > this.#maxBytes * CROWDED_SHARE;
  }

  #dropTo(goalBytes: number): void {
    const { bytes } = this.#store.size();
    this.#goalBytes = goalBytes;
    this.#dropBefore = this.#sample.soonest((bytes - goalBytes) / bytes);
  }

  /** Whether the entry should go, as far as can be seen outside a write. */
  #look(key: string, now: number): boolean {
    const bytes = this.#store.borrow(key);
    const header = bytes && peekHeader(bytes);
    if (!bytes || !header) return this.isDropping;
    if (header.deadAt > now) this.note(header, bytes.length);
    return header.deadAt <= now || this.#isForRoom(header);
  }

  #isForRoom(header: Header): boolean {
    return this.#dropBefore !== undefined && !header.isTombstone && header.deadAt <= this.#dropBefore;
  }

  #remove(keys: readonly string[], now: number): void {
    let swept = 0;
    let dropped = 0;
    this.#store.write(keys.length, 0, () => {
      for (const key of keys) {
        const bytes = this.#store.borrow(key);
        if (!bytes) continue;
        const header = peekHeader(bytes);
        if (header && header.deadAt <= now) swept += 1;
        else if (header ? this.#isForRoom(header) : this.isDropping) dropped += 1;
        else continue;
        this.#store.remove(key);
      }
    });
    this.swept += swept;
    this.dropped += dropped;
    this.#removals += swept + dropped;
  }
}
