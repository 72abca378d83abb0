import { closeSync, fsyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type Header, peekHeader } from '../../entry/envelope-header.ts';
import { type PackedEntry, unpack } from '../../lmdb/packed-entries.ts';
import { LmdbStore } from '../../lmdb/store.ts';
import { isNoRoom } from '../../lmdb/store-errors.ts';
import { ThreadGate } from '../../lmdb/thread-gate.ts';
import type { FromWriter, ToWriter, WriterFailure, WriterStart } from '../../lmdb/thread-messages.ts';
import { systemClock } from '../../time/clock.ts';
import { afterTurns } from '../../time/event-turn.ts';
import { takesPlace } from '../precedence.ts';
import { Sweeper } from './sweeper.ts';

/** On a full disk entries are written, and removed, so few at a time. */
const FEW = 8;

/** Slices of sweeping that a write may wait for when there is no room: some 100 ms. */
const SLICES_FOR_ROOM = 50;

/**
 * The thread that writes. It may wait for the store's write lock as long as it
 * takes; the thread that reads never does.
 */
class WriterThread {
  readonly #store: LmdbStore;
  readonly #sweeper: Sweeper;
  readonly #path: string;
  #isGoingOn = false;
  /** The removals that the tier knows of. */
  #told = 0;
  #isClosed = false;

  constructor({ path, reservedBytes, maxBytes }: WriterStart) {
    this.#path = path;
    this.#store = new LmdbStore(path, reservedBytes, 'write');
    this.#sweeper = new Sweeper(this.#store, maxBytes, systemClock);
  }

  receive(message: ToWriter): void {
    if (message.kind === 'write') this.#write(message.packed, message.now);
    else if (message.kind === 'sweep') this.#sweep(message.now);
    else this.#close();
  }

  #write(packed: ArrayBuffer, now: number): void {
    try {
      this.#makeRoom(packed.byteLength, now);
      tell({ kind: 'written', stored: this.#applyWithRoom(packed, now) });
    } catch (error) {
      tell({ kind: 'failed', failure: failureOf(error) });
    }
    this.#tellCounts();
    if (this.#sweeper.hasMore) this.#goOn(now);
  }

  #makeRoom(bytes: number, now: number): void {
    if (!this.#sweeper.canHold(bytes)) throw new Error(`${bytes} bytes at once are more than it can hold; raise \`maxBytes\``);
    for (let slice = 0; this.#sweeper.needsRoomFor(bytes); slice += 1) {
      if (slice === SLICES_FOR_ROOM) throw new Error('it is full, and room could not be made in time; raise `maxBytes`');
      this.#sweeper.slice(now);
    }
  }

  /** On a full disk the store makes room within its file, and tries once more, in small writes. */
  #applyWithRoom(packed: ArrayBuffer, now: number): Uint8Array {
    const entries = [...unpack(packed)];
    const stored = new Uint8Array(entries.length);
    try {
      this.#apply(entries, stored, 0, now);
    } catch (error) {
      if (!isNoRoom(error)) throw error;
      if (this.#sweeper.isTight(packed.byteLength)) this.#sweeper.shrink();
      for (let slice = 0; slice < SLICES_FOR_ROOM && this.#sweeper.isDropping; slice += 1) this.#sweeper.slice(now, FEW);
      for (let at = 0; at < entries.length; at += FEW) this.#apply(entries.slice(at, at + FEW), stored, at, now);
    }
    return stored;
  }

  /** Writes entries, and notes which from `stored[at]` on. */
  #apply(entries: readonly PackedEntry[], stored: Uint8Array, at: number, now: number): void {
    let length = 0;
    for (const { key, bytes } of entries) length += key.length + bytes.length;
    this.#store.write(entries.length, length, () => {
      for (const [n, { key, bytes }] of entries.entries()) {
        const incoming = peekHeader(bytes);
        const isTaken = incoming !== undefined && takesPlace(incoming, this.#stored(key, now));
        stored[at + n] = isTaken ? 1 : 0;
        if (!isTaken) continue;
        this.#store.put(key, bytes);
        this.#sweeper.note(incoming, bytes.length);
      }
    });
  }

  /** What a new entry must take the place of: nothing where the old one is dead, or damaged. */
  #stored(key: Uint8Array, now: number): Header | undefined {
    const bytes = this.#store.borrow(key);
    const header = bytes && peekHeader(bytes, Buffer.from(key.buffer, key.byteOffset, key.length).toString());
    return header && header.deadAt > now ? header : undefined;
  }

  #sweep(now: number): void {
    this.#sliceSafely(now);
    if (this.#sweeper.hasMore) this.#goOn(now);
  }

  /** Sweeps slice by slice, with a turn for waiting writes after each. */
  #goOn(now: number): void {
    if (this.#isGoingOn) return;
    this.#isGoingOn = true;
    afterTurns(1, () => {
      this.#isGoingOn = false;
      gate.pass(() => {
        if (!this.#isClosed && this.#sliceSafely(now) && this.#sweeper.hasMore) this.#goOn(now);
      });
    });
  }

  /** Sweeping that fails is tried again at the next turn to sweep. */
  #sliceSafely(now: number): boolean {
    try {
      this.#store.checkReaders();
      this.#sweeper.slice(now);
      return true;
    } catch {
      return false;
    } finally {
      this.#tellCounts();
    }
  }

  #tellCounts(): void {
    const { swept, dropped } = this.#sweeper;
    if (swept + dropped === this.#told) return;
    this.#told = swept + dropped;
    tell({ kind: 'counts', counts: { swept, dropped } });
  }

  #close(): void {
    this.#isClosed = true;
    try {
      const file = openSync(this.#path, 'r');
      fsyncSync(file);
      closeSync(file);
    } finally {
      void this.#store.close().finally(() => {
        tell({ kind: 'closed' });
        parentPort?.close();
      });
    }
  }
}

function failureOf(error: unknown): WriterFailure {
  const { message, code } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error), code: undefined };
  return { message, code };
}

function tell(message: FromWriter): void {
  parentPort?.postMessage(message);
}

const start = workerData as WriterStart;
const gate = new ThreadGate(start.gate);
gate.pass(() => {
  try {
    const thread = new WriterThread(start);
    parentPort?.on('message', (message: ToWriter) => gate.pass(() => thread.receive(message)));
    tell({ kind: 'open' });
  } catch (error) {
    tell({ kind: 'not-open', failure: failureOf(error) });
  }
});
