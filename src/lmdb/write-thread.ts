import { closeSync, fsyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { afterTurns } from '../time/event-turn.ts';
import { type PackedEntry, unpack } from './packed-entries.ts';
import { LmdbStore } from './store.ts';
import { ThreadGate } from './thread-gate.ts';
import type { FromWriter, ToWriter, WriterCounts, WriterFailure, WriterStart } from './thread-messages.ts';

/** What a thread that writes knows of what it writes. */
export interface ThreadWork {
  readonly counts: WriterCounts;
  /** Whether there is something left to tend to at once. */
  readonly hasMore: boolean;
  /**
   * Writes a batch; what it throws is told to who asked for it.
   *
   * @param bytes what the batch takes.
   * @param now the wall clock of who asked for it.
   * @returns a number for each entry.
   */
  write(entries: readonly PackedEntry[], bytes: number, now: number): Float64Array;
  /** Removes some of what may go. What it throws is passed over, and it is called again another time. */
  tend(now: number): void;
}

/**
 * Has this thread write to the store it was started for.
 *
 * It may wait for the store's write lock as long as it takes; the thread that
 * reads never does.
 *
 * @param begin makes the work, of the store and of what {@link WriterStart.settings} says.
 */
export function serveWrites<Settings>(begin: (store: LmdbStore, settings: Settings) => ThreadWork): void {
  const start = workerData as WriterStart;
  const gate = new ThreadGate(start.gate);
  gate.pass(() => {
    try {
      const store = new LmdbStore(start.path, start.reservedBytes, 'write');
      const thread = new WriteThread(start.path, store, begin(store, start.settings as Settings), gate);
      parentPort?.on('message', (message: ToWriter) => gate.pass(() => thread.receive(message)));
      tell({ kind: 'open' });
    } catch (error) {
      tell({ kind: 'not-open', failure: failureOf(error) });
    }
  });
}

class WriteThread {
  readonly #path: string;
  readonly #store: LmdbStore;
  readonly #work: ThreadWork;
  readonly #gate: ThreadGate;
  #isGoingOn = false;
  /** The removals that the other thread knows of. */
  #told = 0;
  #isClosed = false;

  constructor(path: string, store: LmdbStore, work: ThreadWork, gate: ThreadGate) {
    this.#path = path;
    this.#store = store;
    this.#work = work;
    this.#gate = gate;
  }

  receive(message: ToWriter): void {
    if (message.kind === 'write') this.#write(message.packed, message.now);
    else if (message.kind === 'tend') this.#tend(message.now);
    else this.#close();
  }

  #write(packed: ArrayBuffer, now: number): void {
    try {
      tell({ kind: 'written', answers: this.#work.write([...unpack(packed)], packed.byteLength, now) });
    } catch (error) {
      tell({ kind: 'failed', failure: failureOf(error) });
    }
    this.#tellCounts();
    if (this.#work.hasMore) this.#goOn(now);
  }

  #tend(now: number): void {
    this.#tendSafely(now);
    if (this.#work.hasMore) this.#goOn(now);
  }

  /** Slice by slice, with a turn for waiting writes after each. */
  #goOn(now: number): void {
    if (this.#isGoingOn) return;
    this.#isGoingOn = true;
    afterTurns(1, () => {
      this.#isGoingOn = false;
      this.#gate.pass(() => {
        if (!this.#isClosed && this.#tendSafely(now) && this.#work.hasMore) this.#goOn(now);
      });
    });
  }

  #tendSafely(now: number): boolean {
    try {
      this.#store.checkReaders();
      this.#work.tend(now);
      return true;
    } catch {
      return false;
    } finally {
      this.#tellCounts();
    }
  }

  #tellCounts(): void {
    const { swept, dropped } = this.#work.counts;
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
