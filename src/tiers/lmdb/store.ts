import { type Database, openAsClass } from 'lmdb';

/** A key may have this many bytes of UTF-8: LMDB's limit at 4 096-byte pages. */
export const MAX_KEY_BYTES = 1_978;

/**
 * An entry may have fewer than this many bytes. From here on lmdb-js may hand out
 * views of the mapped file instead of copies, which do not outlive a transaction.
 */
export const MAX_ENTRY_BYTES: number = 16 * 1_024 * 1_024;

/** How many read transactions all processes together may hold; LMDB's own default, 126, is one busy host. */
export const MAX_READERS = 2_048;

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
    };
    const Writing = openAsClass(options) as unknown as StoreClass;
    this.#db = new (mode === 'write' ? Writing : readingOnly(Writing))(null, options);
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

  /** Runs `action` as one write: all of it, or nothing when it throws or the disk fails. */
  write<T>(action: () => T): T {
    return this.#db.transactionSync(action);
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

  size(): StoreSize {
    const stats = this.#db.getStats() as {
      readonly pageSize: number;
      readonly entryCount: number;
      readonly treeBranchPageCount: number;
      readonly treeLeafPageCount: number;
      readonly overflowPages: number;
      readonly lastPageNumber: number;
    };
    const pages = stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages;
    return { entries: stats.entryCount, bytes: pages * stats.pageSize, fileBytes: (stats.lastPageNumber + 1) * stats.pageSize };
  }

  async close(): Promise<void> {
    await this.#db.close();
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
