import { closeSync, openSync } from 'node:fs';
import { type Database, openAsClass } from 'lmdb';
import { ensureTail } from './file-tail.ts';
import { type Meta, readLatestMeta } from './meta-page.ts';

/** A key may have this many bytes of UTF-8: LMDB's limit at 4 096-byte pages. */
export const MAX_KEY_BYTES = 1_978;

/**
 * An entry may have fewer than this many bytes. From here on lmdb-js may hand out
 * views of the mapped file instead of copies, which do not outlive a transaction.
 */
export const MAX_ENTRY_BYTES: number = 16 * 1_024 * 1_024;

/** How many read transactions all processes together may hold; LMDB's own default, 126, is one busy host. */
export const MAX_READERS = 2_048;

/**
 * What is kept past the end for LMDB's list of free pages, and for the removals
 * that make room when the disk is full; on a full disk a part of it must do.
 */
const SPARE_BYTES = 1_024 * 1_024;
const LEAST_SPARE_BYTES = 256 * 1_024;

/** A place in the store: its key, or the bytes of it where they come from a packed batch. */
export type StoreKey = string | Uint8Array;

/** How full a store is. */
export interface StoreSize {
  readonly entries: number;
  /** What the pages in use take. */
  readonly bytes: number;
  /** What the file takes: pages that are free now are used again, not given back. */
  readonly fileBytes: number;
}

type Store = Database<Uint8Array, StoreKey> & {
  /** Where the value last read ends in the buffer that {@link Database.getBinaryFast} lends. */
  readonly lastSize: number;
  ensureReadTxn(): void;
};
type StoreClass = new (name: null, options: object) => Store;

const keyEncoder = {
  writeKey(key: StoreKey, target: Buffer, start: number): number {
    if (typeof key === 'string') return start + target.write(key, start);
    target.set(key, start);
    return start + key.length;
  },
  readKey(source: Buffer, start: number, end: number): string {
    return source.toString('utf8', start, end);
  },
};

/**
 * Values by key in one file, for one thread: the only use Tiercel makes of `lmdb`.
 *
 * Reads never wait for a lock, whatever other processes do. Writes do, so they
 * belong in a thread that may wait (docs/decisions/020).
 */
export class LmdbStore {
  readonly #db: Store;
  /** Another way to the file than LMDB's, for what its pages say and for room at its end. */
  readonly #file: number;

  /**
   * Opens the file at `path`, made if it is not there.
   *
   * `noSync` leaves flushing to the system: what is written survives the death
   * of the process, not that of the machine. `useWritemap` stays off: with it a
   * full disk is a signal, not an error.
   *
   * @param reservedBytes the addresses to set aside; the file may grow past them.
   */
  constructor(path: string, reservedBytes: number, mode: 'read' | 'write') {
    const options = {
      path,
      noSubdir: true,
      noSync: true,
      maxReaders: MAX_READERS,
      mapSize: reservedBytes,
      permissionsMode: 0o600,
      encoding: 'binary' as const,
      keyEncoder,
      create: false,
      // With it, closing the one database closes the file.
      isRoot: true,
    };
    const Writing = openAsClass(options) as unknown as StoreClass;
    this.#db = new (mode === 'write' ? Writing : readingOnly(Writing))(null, options);
    this.#file = openSync(path, 'r+');
  }

  /** A copy of the bytes under `key`. */
  get(key: StoreKey): Uint8Array | undefined {
    const lent = this.#db.getBinaryFast(key);
    return lent && Buffer.copyBytesFrom(lent, 0, this.#db.lastSize);
  }

  /** The bytes under `key`, lent until the next call. */
  borrow(key: StoreKey): Uint8Array | undefined {
    return this.#db.getBinaryFast(key)?.subarray(0, this.#db.lastSize);
  }

  /** Up to `limit` keys from `start` on, in the order of their bytes. */
  keysFrom(start: string, limit: number): string[] {
    return Array.from(this.#db.getKeys({ start, limit }) as Iterable<string>);
  }

  /**
   * Runs `action` as one write: all of it, or nothing when it throws.
   *
   * @param entries how many entries it puts or removes, at most.
   * @param bytes how many bytes they have together.
   * @throws an error with the code `ENOSPC` or such when the disk has no room for it.
   */
  write<T>(entries: number, bytes: number, action: () => T): T {
    return this.#db.transactionSync(() => {
      this.#reserve(entries, bytes);
      return action();
    });
  }

  /** Only within {@link write}. */
  put(key: StoreKey, bytes: Uint8Array): void {
    this.#db.putSync(key, bytes);
  }

  /** Only within {@link write}. */
  remove(key: StoreKey): void {
    this.#db.removeSync(key);
  }

  /** Lets later reads see what was written since this turn of the event loop first read. */
  refresh(): void {
    this.#db.resetReadTxn();
  }

  /** Frees the places of readers whose process died: their snapshots would make the file grow for ever. */
  checkReaders(): void {
    this.#db.readerCheck();
  }

  /** As the latest commit left it, be it of whatever process. */
  size(): StoreSize {
    const { entries, pages, pageSize, lastPage } = this.#meta();
    return { entries, bytes: pages * pageSize, fileBytes: (lastPage + 1) * pageSize };
  }

  async close(): Promise<void> {
    await this.#db.close();
    closeSync(this.#file);
  }

  /**
   * Each entry may have its own path through the tree copied, a page for each
   * level and one for a split, but no page is copied twice; then there are the
   * pages of the entries themselves, and those of LMDB's list of free pages.
   */
  #reserve(entries: number, bytes: number): void {
    const { depth, pages, pageSize, lastPage } = this.#meta();
    const copied = Math.min(entries * (depth + 1), pages + entries);
    const own = 2 * Math.ceil(bytes / pageSize) + entries;
    const needed = (copied + own) * pageSize;
    ensureTail(this.#file, (lastPage + 1) * pageSize, needed + SPARE_BYTES, needed + LEAST_SPARE_BYTES);
  }

  /**
   * Read from the file and not asked of lmdb-js, which makes an object of its
   * answer: in a thread that is being ended that is not possible, and lmdb-js
   * then ends the process.
   */
  #meta(): Meta {
    const meta = readLatestMeta(this.#file);
    if (typeof meta === 'string') throw new Error(`its file is ${meta}`);
    return meta;
  }
}

/**
 * lmdb-js opens its one database within a write transaction, and that waits for
 * whoever holds the write lock, be it a stopped process. The database without a
 * name is always there, so a read transaction does as well.
 */
function readingOnly(Writing: StoreClass): StoreClass {
  return class extends Writing {
    override transactionSync<T>(action: () => T): T {
      this.ensureReadTxn();
      return action();
    }
  };
}
