import { ConfigError, textOf } from '../errors.ts';
import type { Clock } from '../time/clock.ts';
import { stayAlive } from '../time/event-turn.ts';
import type { LmdbWarning } from './lmdb-warning.ts';
import { isProvenWhole } from './proof.ts';
import { LmdbStore } from './store.ts';
import { isDenied, isFatal } from './store-errors.ts';
import { StoreFolder } from './store-folder.ts';
import type { WriterFailure } from './thread-messages.ts';
import { type StoreError, Writer, type WriterPlan } from './writer.ts';

/** After a failure to open, the next attempt waits this long. */
const RETRY_AFTER_MS = 1_000;

/** While another process opens the store, it is looked after it this often, and no longer than that. */
const ENTER_EVERY_MS = 20;
const ENTER_WITHIN_MS = 10_000;

/** A store that can be read and written. */
export interface OpenStore {
  readonly store: LmdbStore;
  readonly writer: Writer;
  /** Which file was opened. */
  readonly identity: string | undefined;
}

export interface KeeperOptions {
  /** The folder, and the name of the file in it, without its ending. */
  readonly path: string;
  readonly file: string;
  /** The addresses to set aside for the file. */
  readonly reservedBytes: number;
  /** Who writes. */
  readonly thread: Pick<WriterPlan, 'script' | 'settings' | 'maxWaitingBytes'>;
  readonly clock: Clock;
  readonly onWarning: (warning: LmdbWarning) => void;
  readonly errorOf: StoreError;
}

/** What happened to a store since it was first opened. */
export interface KeeperCounts {
  readonly swept: number;
  readonly dropped: number;
  readonly quarantined: number;
  readonly reopened: number;
  readonly writeErrors: number;
}

/**
 * Opens a store, and opens it again when it fails or its file is taken away.
 *
 * A file that was closed in order is opened at once. One whose last writer died
 * is first read from end to end by a child process; calls wait meanwhile. One
 * that cannot be trusted is moved aside, and an empty one takes its place.
 */
export class StoreKeeper {
  readonly #options: KeeperOptions;
  readonly #folder: StoreFolder;
  readonly #past = { swept: 0, dropped: 0, quarantined: 0, reopened: 0, writeErrors: 0 };
  /** From monotonic time to the wall clock, as it stood at the start. */
  readonly #wallOffset: number;
  #current: OpenStore | undefined;
  #opening: Promise<OpenStore> | undefined;
  #failure: Error | undefined;
  #mayOpenAt = Number.NEGATIVE_INFINITY;

  /** @throws ConfigError when the folder cannot be made or written to. */
  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#wallOffset = options.clock.now() - options.clock.monotonic();
    this.#folder = new StoreFolder(options.path, options.file);
    this.#tryToOpen();
    const cause = this.#failure?.cause;
    if (isDenied(cause)) {
      throw new ConfigError(`The store in "${options.path}" belongs to somebody else; give \`path\` a folder of this process's own`, {
        cause,
      });
    }
  }

  get current(): OpenStore | undefined {
    return this.#current;
  }

  get counts(): KeeperCounts {
    const { swept, dropped } = this.#current?.writer.counts ?? { swept: 0, dropped: 0 };
    return { ...this.#past, swept: this.#past.swept + swept, dropped: this.#past.dropped + dropped };
  }

  /** The store, as soon as it is open. It rejects while it cannot be opened. */
  open(): OpenStore | Promise<OpenStore> {
    if (!this.#current && !this.#opening && this.#options.clock.monotonic() >= this.#mayOpenAt) this.#tryToOpen();
    return this.#current ?? this.#opening ?? Promise.reject(this.#failure);
  }

  /** Resolves when every write asked for so far is done. */
  async idle(): Promise<void> {
    await this.#opening?.catch(() => {});
    await this.#current?.writer.idle();
  }

  /** Takes note of an error of the store. */
  failed(error: unknown): void {
    if (isFatal(error)) this.#reopen(textOf(error));
  }

  /** Sees that the file is still the one that was opened. */
  check(): void {
    const open = this.#current;
    if (open && this.#folder.identity() !== open.identity) this.#reopen('its file was moved or deleted');
  }

  /** Sees that the file is still the one that was opened, and has the store swept. */
  tend(): void {
    this.check();
    // Only what is dead by both clocks goes: the wall clock may jump ahead, and back.
    const { clock } = this.#options;
    this.#current?.writer.tend(Math.min(clock.now(), clock.monotonic() + this.#wallOffset));
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => {});
    const open = this.#current;
    if (!open) return;
    const isOrderly = await open.writer.close();
    this.#leave(open);
    await open.store.close();
    this.#folder.depart(isOrderly);
  }

  #tryToOpen(): void {
    try {
      const opening = this.#folder.enter() ? this.#openEntered() : this.#enterLater().then(() => this.#openEntered());
      if (opening instanceof Promise) this.#await(opening);
      else this.#current = opening;
    } catch (error) {
      this.#failedToOpen(error);
    }
  }

  #await(opening: Promise<OpenStore>): void {
    this.#opening = opening.then(
      (open) => {
        this.#opening = undefined;
        this.#current = open;
        return open;
      },
      (error) => {
        this.#opening = undefined;
        throw this.#failedToOpen(error);
      },
    );
    // Whoever asks is told; that nobody asks is no error.
    this.#opening.catch(() => {});
  }

  #failedToOpen(cause: unknown): Error {
    this.#mayOpenAt = this.#options.clock.monotonic() + RETRY_AFTER_MS;
    const reason = textOf(cause);
    this.#failure = this.#options.errorOf(`its store cannot be opened: ${reason}`, { cause });
    return this.#failure;
  }

  /** While this process alone decides about the file, see {@link StoreFolder.enter}. */
  #openEntered(): OpenStore | Promise<OpenStore> {
    let opening: OpenStore | Promise<OpenStore> | undefined;
    try {
      opening = this.#needsProof() ? this.#proveAndOpen() : this.#openFile();
      return opening;
    } finally {
      if (!(opening instanceof Promise)) this.#folder.leave();
    }
  }

  /** Whether the file must be read through before it is used. One that others live on is as good as they are. */
  #needsProof(): boolean {
    const isShared = this.#folder.isOpenElsewhere();
    const state = this.#folder.inspect();
    if (state === 'absent') this.#folder.forgetLocks();
    if (isShared || state === 'absent' || state === 'closed') return false;
    if (state !== 'left') this.#quarantine(state);
    return state === 'left';
  }

  async #proveAndOpen(): Promise<OpenStore> {
    try {
      if (!(await isProvenWhole(this.#folder.dataPath, this.#options.clock))) this.#quarantine('damaged');
      return this.#openFile();
    } finally {
      this.#folder.leave();
    }
  }

  async #enterLater(): Promise<void> {
    const { clock } = this.#options;
    const givesUpAt = clock.monotonic() + ENTER_WITHIN_MS;
    const mayEnd = stayAlive();
    try {
      while (!this.#folder.enter()) {
        if (clock.monotonic() >= givesUpAt) throw new Error('another process has been opening it for too long');
        await new Promise<void>((resolve) => clock.after(ENTER_EVERY_MS, resolve));
      }
    } finally {
      mayEnd();
    }
  }

  #openFile(): OpenStore {
    const { reservedBytes, thread, clock, errorOf } = this.#options;
    const path = this.#folder.dataPath;
    this.#folder.arrive();
    try {
      const store = new LmdbStore(path, reservedBytes, 'read');
      const writer = new Writer({ ...thread, path, reservedBytes }, errorOf, clock, {
        onWritten: () => store.refresh(),
        onFailed: (failure) => this.#writeFailed(failure),
      });
      return { store, writer, identity: this.#folder.identity() };
    } catch (error) {
      this.#folder.depart(false);
      throw error;
    }
  }

  #writeFailed(failure: WriterFailure): void {
    this.#past.writeErrors += 1;
    if (isFatal(failure)) this.#reopen(failure.message);
  }

  #reopen(reason: string): void {
    const open = this.#current;
    if (!open) return;
    this.#leave(open);
    this.#past.reopened += 1;
    this.#options.onWarning({ kind: 'reopened', message: `The store "${this.#folder.dataPath}" is opened again: ${reason}` });
    this.#await(
      this.#letGo(open, reason)
        .then(() => this.#enterLater())
        .then(() => this.#openEntered()),
    );
  }

  async #letGo(open: OpenStore, reason: string): Promise<void> {
    await open.writer.abandon(reason);
    await open.store.close();
    this.#folder.depart(false);
  }

  #leave({ writer }: OpenStore): void {
    this.#past.swept += writer.counts.swept;
    this.#past.dropped += writer.counts.dropped;
    this.#current = undefined;
  }

  #quarantine(why: string): void {
    const movedTo = this.#folder.quarantine(this.#options.clock.now());
    this.#folder.forgetLocks();
    this.#past.quarantined += 1;
    const message = `The data file "${this.#folder.dataPath}" is ${why} and cannot be trusted; the store starts empty. It was moved to "${movedTo}"`;
    this.#options.onWarning({ kind: 'quarantined', message, movedTo });
  }
}
