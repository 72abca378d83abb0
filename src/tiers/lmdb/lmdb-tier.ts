import { resolve } from 'node:path';
import type { SealedEntry } from '../../entry/entry.ts';
import { sealTombstone } from '../../entry/envelope.ts';
import { peekHeader } from '../../entry/envelope-header.ts';
import type { Pattern } from '../../entry/pattern.ts';
import { toBytes } from '../../entry/size.ts';
import type { Version } from '../../entry/version.ts';
import { assertNames, ClosedError, TierError, textOf } from '../../errors.ts';
import { type LmdbStore, MAX_ENTRY_BYTES } from '../../lmdb/store.ts';
import { type OpenStore, StoreKeeper } from '../../lmdb/store-keeper.ts';
import { type Clock, systemClock } from '../../time/clock.ts';
import { toMs } from '../../time/duration.ts';
import { nextTurn } from '../../time/event-turn.ts';
import { type Answer, chain } from '../answer.ts';
import type { Leases } from '../leases.ts';
import type { RemoteTier } from '../remote-tier.ts';
import { LmdbLeases } from './lmdb-leases.ts';
import { LMDB_OPTIONS, type LmdbOptions, type LmdbStats } from './lmdb-options.ts';
import { FIRST_KEY, isEntryKey } from './store-keys.ts';
import type { TierThreadSettings } from './writer-thread.ts';

const NAME = 'lmdb';

/** Its file, by the form of what is kept. */
const FILE = 'entries-1';

/** Writes that wait may take this many bytes together; further ones are refused. */
const MAX_WAITING_BYTES = 64 * 1_024 * 1_024;

/** How often the store is swept and its file looked after. */
const TEND_EVERY_MS = 2_000;

/** Keys are read in runs of this many by a scan, each run in a turn of the event loop of its own. */
const SCAN_RUN = 512;

/** Entries on the host's disk: shared by its processes, kept across restarts, with no server. */
export function lmdb(options: LmdbOptions = {}): LmdbTier {
  return new LmdbTier(options);
}

/**
 * A remote tier in LMDB, a file that the processes of a host map into memory.
 *
 * Reads are answered at once and wait for nobody. The bytes they hand out are
 * copies, good for as long as they are held. Writes go through a thread of
 * their own, for they may have to wait for another process.
 */
export class LmdbTier implements RemoteTier {
  readonly name: string = NAME;
  readonly reach = 'host';
  readonly leases: Leases;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #tombstoneMs: number;
  readonly #keeper: StoreKeeper;
  #refused = 0;
  #readErrors = 0;
  #closing: Promise<void> | undefined;
  #stopTending: () => void = () => {};

  /** @throws ConfigError when the folder cannot be made or written to, or an option is no size or duration. */
  constructor(options: LmdbOptions = {}) {
    assertNames(options, LMDB_OPTIONS, 'lmdb');
    this.#clock = options.clock ?? systemClock;
    this.#maxBytes = toBytes(options.maxBytes ?? '1gb', 'maxBytes');
    this.#tombstoneMs = toMs(options.tombstoneFor ?? '5m', 'tombstoneFor');
    this.#keeper = new StoreKeeper({
      path: resolve(options.path ?? '.tiercel'),
      file: FILE,
      reservedBytes: 2 * this.#maxBytes,
      thread: {
        script: new URL('./writer-thread.ts', import.meta.url),
        settings: { maxBytes: this.#maxBytes } satisfies TierThreadSettings,
        maxWaitingBytes: MAX_WAITING_BYTES,
      },
      clock: this.#clock,
      onWarning: options.onWarning ?? (({ message }) => process.emitWarning(message, 'TiercelWarning')),
      errorOf: (message, cause) => new TierError(NAME, message, cause),
    });
    this.leases = new LmdbLeases((requests) => this.#write(requests));
    this.#tendLater();
  }

  get isUp(): boolean {
    return this.#closing === undefined && this.#keeper.current !== undefined;
  }

  get stats(): LmdbStats {
    const open = this.#keeper.current;
    const size = open ? open.store.size() : { entries: 0, bytes: 0, fileBytes: 0 };
    return {
      isOpen: open !== undefined,
      ...size,
      maxBytes: this.#maxBytes,
      pendingWrites: open?.writer.pending ?? 0,
      refused: this.#refused,
      readErrors: this.#readErrors,
      ...this.#keeper.counts,
    };
  }

  getMany(keys: readonly string[]): Answer<(Uint8Array | undefined)[]> {
    return this.#withStore(({ store }) => {
      // A message of the bus, taken in this very turn, may tell of what was written since its first read.
      store.refresh();
      const now = this.#clock.now();
      return keys.map((key) => read(store, key, now));
    });
  }

  async setMany(entries: readonly SealedEntry[]): Promise<boolean[]> {
    if (entries.length === 0 && this.#closing === undefined) return [];
    const fitting = entries.filter(
      ({ key, bytes }) => isEntryKey(key) && bytes.length < MAX_ENTRY_BYTES && peekHeader(bytes) !== undefined,
    );
    this.#refused += entries.length - fitting.length;
    const stored = await this.#write(fitting);
    if (fitting.length === entries.length) return Array.from(stored, (flag) => flag === 1);
    const isStored = new Map(fitting.map((entry, at) => [entry, stored[at] === 1]));
    return entries.map((entry) => isStored.get(entry) ?? false);
  }

  async deleteMany(keys: readonly string[], version: Version): Promise<void> {
    if (keys.length === 0 && this.#closing === undefined) return;
    const deadAt = this.#clock.now() + this.#tombstoneMs;
    await this.#write(keys.filter(isEntryKey).map((key) => sealTombstone(key, version, deadAt)));
  }

  async *scan(pattern: Pattern): AsyncIterable<string[]> {
    // Half of a surrogate pair has no bytes of its own to begin a search with.
    const start = pattern.prefix.isWellFormed() ? pattern.prefix : pattern.prefix.slice(0, -1);
    let next: string | undefined = start === '' ? FIRST_KEY : start;
    while (next !== undefined) {
      const from: string = next;
      const run: string[] = await this.#withStore(({ store }) => {
        store.refresh();
        return store.keysFrom(from, pattern.isLiteral ? 1 : SCAN_RUN);
      });
      const last = run.at(-1);
      next = run.length < SCAN_RUN || !last?.startsWith(start) ? undefined : `${last}\u0000`;
      const matching = await this.#withStore(({ store }) => {
        const now = this.#clock.now();
        return run.filter((key) => pattern.matches(key) && isThere(store, key, now));
      });
      if (matching.length > 0) yield matching;
      if (next !== undefined) await nextTurn();
    }
  }

  async flush(): Promise<void> {
    if (this.#closing !== undefined) throw new ClosedError();
    await this.#keeper.idle();
  }

  /** Closes the store when what was written is with it. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#stopTending();
    this.#closing ??= this.#keeper.close();
    return this.#closing;
  }

  #write(entries: readonly { readonly key: string; readonly bytes: Uint8Array }[]): Promise<Float64Array> {
    return Promise.resolve(this.#withStore(({ writer }) => writer.write(entries)));
  }

  /** What `action` makes of the open store; a promise only where it must be waited for, or failed. */
  #withStore<T>(action: (open: OpenStore) => Answer<T>): Answer<T> {
    if (this.#closing !== undefined) return Promise.reject(new ClosedError());
    try {
      const open = this.#keeper.current;
      return open ? action(open) : chain(this.#keeper.open(), action);
    } catch (cause) {
      this.#readErrors += 1;
      this.#keeper.failed(cause);
      return Promise.reject(new TierError(NAME, textOf(cause), { cause }));
    }
  }

  #tendLater(): void {
    this.#stopTending = this.#clock.after(TEND_EVERY_MS, () => {
      this.#keeper.tend();
      this.#tendLater();
    });
  }
}

/** The bytes under `key`, unless they are dead or a tombstone. What they are else, the cache will see. */
function read(store: LmdbStore, key: string, now: number): Uint8Array | undefined {
  const bytes = isEntryKey(key) ? store.get(key) : undefined;
  const header = bytes && peekHeader(bytes);
  return header && (header.isTombstone || header.deadAt <= now) ? undefined : bytes;
}

function isThere(store: LmdbStore, key: string, now: number): boolean {
  const bytes = isEntryKey(key) ? store.borrow(key) : undefined;
  const header = bytes && peekHeader(bytes);
  return header === undefined ? bytes !== undefined : !header.isTombstone && header.deadAt > now;
}
