import { randomBytes } from 'node:crypto';
import type { PackedEntry } from '../../lmdb/packed-entries.ts';
import type { LmdbStore } from '../../lmdb/store.ts';
import { isNoRoom } from '../../lmdb/store-errors.ts';
import type { WriterCounts } from '../../lmdb/thread-messages.ts';
import { serveWrites, type ThreadWork } from '../../lmdb/write-thread.ts';
import { ring } from './bell.ts';
import {
  headBytes,
  headKey,
  type LogHead,
  type LogTrack,
  newHead,
  readHead,
  recordBytes,
  recordKey,
  type TrackName,
  writtenAt,
} from './log-head.ts';

/** So many are written in one transaction: it holds the lock of all, and finds room first for every page it may touch. */
const PER_WRITE = 32;

/** One that appends also removes what may go, up to so many records more than it brings: so the log shrinks faster than it grows. */
const MORE = 8;

/** On a full disk only small transactions succeed: so many records are appended, or removed, in one. */
const FEW = 4;

/** Transactions that only remove, after those of a batch and before its answer. */
const TRIMS_PER_BATCH = 32;

/** Beats are of no use any more when so many came after them, or when they take this share of the log. */
const MAX_BEATS = 256;
const BEATS_SHARE = 0.5;

/** What a record takes beside its bytes, about: its key, and its place in a page. */
const RECORD_OVERHEAD = 48;

/** What the thread is to do, by the key of what it is given: append to a track, or only see that there is a log. */
export type Errand = TrackName | 'found';

/** What the bus's thread wants to know. */
export interface LogThreadSettings {
  readonly channel: string;
  readonly keepMs: number;
  readonly maxBytes: number;
  /** See {@link ring}. */
  readonly bellPath: string;
}

/**
 * Appends to the log of a channel, and removes its oldest.
 *
 * Numbers are given within the write, so over all processes they have no gap,
 * and nobody can read one before all that come before it.
 */
class LogWork implements ThreadWork {
  readonly #store: LmdbStore;
  readonly #settings: LogThreadSettings;
  #swept = 0;
  #hasMore = false;

  constructor(store: LmdbStore, settings: LogThreadSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  get counts(): WriterCounts {
    return { swept: this.#swept, dropped: 0 };
  }

  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** @returns the number that each message, or beat, was given. */
  write(entries: readonly PackedEntry[], _bytes: number, now: number): Float64Array {
    const numbers = new Float64Array(entries.length);
    try {
      for (let at = 0; at < entries.length; at += PER_WRITE) this.#appendWithRoom(entries.slice(at, at + PER_WRITE), numbers, at, now);
    } finally {
      ring(this.#settings.bellPath, now);
    }
    this.#trim(now);
    return numbers;
  }

  /** What was appended is in the log, whether its oldest can be removed now or not. */
  #trim(now: number): void {
    try {
      for (let round = 0; this.#hasMore && round < TRIMS_PER_BATCH; round += 1) this.tend(now);
    } catch {
      this.#hasMore = false;
    }
  }

  tend(now: number): void {
    this.#change(2 * PER_WRITE, 0, (head) => this.#trimmed(head, PER_WRITE, now));
  }

  /** On a full disk the older half of the log makes room, and what is to be written is tried once more, in small writes. */
  #appendWithRoom(entries: readonly PackedEntry[], numbers: Float64Array, at: number, now: number): void {
    try {
      this.#append(entries, numbers, at, now, entries.length + MORE);
    } catch (error) {
      if (!isNoRoom(error)) throw error;
      this.#halve();
      for (let n = 0; n < entries.length; n += FEW) this.#append(entries.slice(n, n + FEW), numbers, at + n, now, 0);
    }
  }

  /** Appends, and notes the numbers given from `numbers[at]` on; removes up to `limit` of each track. */
  #append(entries: readonly PackedEntry[], numbers: Float64Array, at: number, now: number, limit: number): void {
    let length = 0;
    for (const { bytes } of entries) length += bytes.length + RECORD_OVERHEAD;
    this.#change(entries.length + 2 * limit, length, (before) => {
      let head = before;
      for (const [n, { key, bytes }] of entries.entries()) {
        const errand = Buffer.from(key).toString() as Errand;
        if (errand === 'found') continue;
        const { first, next, bytes: kept } = head[errand];
        this.#store.put(this.#keyOf(errand, next), recordBytes(now, bytes));
        numbers[at + n] = next;
        head = { ...head, [errand]: { first, next: next + 1, bytes: kept + bytes.length + RECORD_OVERHEAD } };
      }
      return limit > 0 ? this.#trimmed(head, limit, now) : head;
    });
  }

  /** Changes the log, which is made where there is none, in one write of up to so many records with so many bytes. */
  #change(records: number, bytes: number, change: (head: LogHead) => LogHead): void {
    const key = headKey(this.#settings.channel);
    this.#swept += this.#store.write(records + 1, bytes, () => {
      const found = readHead(this.#store.borrow(key));
      const head = found ?? newHead(randomBytes(16));
      const changed = change(head);
      if (changed !== found) this.#store.put(key, headBytes(changed));
      return changed.messages.first - head.messages.first;
    });
  }

  /** Without what is too old or too much, up to `limit` of each track. */
  #trimmed(head: LogHead, limit: number, now: number): LogHead {
    const { keepMs, maxBytes } = this.#settings;
    const messages = this.#shortened(head, 'messages', limit, ({ bytes }, record) => bytes > maxBytes || writtenAt(record) < now - keepMs);
    const both = this.#shortened(
      messages,
      'beats',
      limit,
      ({ first, next, bytes }) => next - first > MAX_BEATS || bytes > maxBytes * BEATS_SHARE,
    );
    this.#hasMore = both.messages.first - head.messages.first === limit || both.beats.first - head.beats.first === limit;
    return both;
  }

  /** Without its oldest, as long as each may go. */
  #shortened(head: LogHead, name: TrackName, limit: number, mayGo: (track: LogTrack, oldest: Uint8Array) => boolean): LogHead {
    let track = head[name];
    for (let removed = 0; removed < limit && track.first < track.next; removed += 1) {
      const key = this.#keyOf(name, track.first);
      const oldest = this.#store.borrow(key);
      if (oldest && !mayGo(track, oldest)) break;
      this.#store.remove(key);
      const bytes = Math.max(0, track.bytes - (oldest?.length ?? 0) - RECORD_OVERHEAD);
      track = { first: track.first + 1, next: track.next, bytes };
    }
    return track === head[name] ? head : { ...head, [name]: track };
  }

  #halve(): void {
    this.#store.refresh();
    const head = readHead(this.#store.borrow(headKey(this.#settings.channel)));
    if (!head) return;
    const { first, next } = head.messages;
    for (let left = Math.ceil((next - first) / 2); left > 0; left -= FEW) {
      this.#change(FEW, 0, (current) => this.#shortened(current, 'messages', FEW, () => true));
    }
  }

  #keyOf(track: TrackName, number: number): string {
    return recordKey(this.#settings.channel, track, number);
  }
}

serveWrites<LogThreadSettings>((store, settings) => new LogWork(store, settings));
