import { closeSync, fsyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { peekHeader } from '../../entry/envelope-header.ts';
import { systemClock } from '../../time/clock.ts';
import { afterTurns } from '../../time/event-turn.ts';
import { takesPlace } from '../precedence.ts';
import { unpack } from './packed-entries.ts';
import { LmdbStore } from './store.ts';
import { Sweeper } from './sweeper.ts';
import type { FromWriter, ToWriter, WriterFailure, WriterStart } from './thread-messages.ts';

/** ENOSPC, EDQUOT, EFBIG, and EIO: what LMDB makes of a write that found room for its beginning only. */
const NO_ROOM_CODES: ReadonlySet<number | undefined> = new Set([28, 122, 27, 5]);

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
    if (this.#sweeper.hasMore) this.#goOn(now);
  }

  #makeRoom(bytes: number, now: number): void {
    if (!this.#sweeper.canHold(bytes)) throw new Error(`${bytes} bytes at once are more than it can hold; raise \`maxBytes\``);
    for (let slice = 0; this.#sweeper.needsRoomFor(bytes); slice += 1) {
      if (slice === SLICES_FOR_ROOM) throw new Error('it is full, and room could not be made in time; raise `maxBytes`');
      this.#sweeper.slice(now);
    }
  }

  /** On a full disk the store makes room in itself, and tries once more. */
  #applyWithRoom(packed: ArrayBuffer, now: number): Uint8Array {
    try {
      return this.#apply(packed, now);
    } catch (error) {
      if (!NO_ROOM_CODES.has(failureOf(error).code)) throw error;
      this.#sweeper.shrink();
      for (let slice = 0; slice < SLICES_FOR_ROOM && this.#sweeper.isDropping; slice += 1) this.#sweeper.slice(now, 1);
      return this.#apply(packed, now);
    }
  }

  #apply(packed: ArrayBuffer, now: number): Uint8Array {
    const stored: number[] = [];
    this.#store.write(() => {
      for (const { key, bytes } of unpack(packed)) {
        const incoming = peekHeader(bytes);
        const current = incoming && this.#store.borrow(key);
        const there = current && peekHeader(current, Buffer.from(key.buffer, key.byteOffset, key.length).toString());
        const isTaken = incoming !== undefined && takesPlace(incoming, there && there.deadAt > now ? there : undefined);
        if (isTaken) this.#store.put(key, bytes);
        if (isTaken) this.#sweeper.note(incoming, bytes.length);
        stored.push(isTaken ? 1 : 0);
      }
    });
    return Uint8Array.from(stored);
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
      if (!this.#isClosed && this.#sliceSafely(now) && this.#sweeper.hasMore) this.#goOn(now);
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
      tell({ kind: 'counts', counts: { swept: this.#sweeper.swept, dropped: this.#sweeper.dropped } });
    }
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
  const code = (error as { code?: unknown }).code;
  return { message: error instanceof Error ? error.message : String(error), code: typeof code === 'number' ? code : undefined };
}

function tell(message: FromWriter): void {
  parentPort?.postMessage(message);
}

try {
  const thread = new WriterThread(workerData as WriterStart);
  parentPort?.on('message', (message: ToWriter) => thread.receive(message));
  tell({ kind: 'open' });
} catch (error) {
  tell({ kind: 'not-open', failure: failureOf(error) });
}
