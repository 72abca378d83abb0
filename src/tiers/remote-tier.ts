import type { SealedEntry } from '../entry/entry.ts';
import type { Pattern } from '../entry/pattern.ts';
import type { Version } from '../entry/version.ts';
import type { Answer } from './answer.ts';
import type { Leases } from './leases.ts';

/**
 * A store further away than memory: a disk, Redis.
 *
 * A tier keeps sealed bytes and hands them back; it decides nothing but what
 * "newest" means. Whether an entry is fresh is the cache's business, and no
 * tier looks inside a value. "Many" is the primitive, for a round trip costs
 * more than a key. Keys are full keys: namespace, kind, argument.
 */
export interface RemoteTier extends AsyncDisposable {
  /** Names the tier in telemetry and in errors: `redis`, `lmdb`. */
  readonly name: string;

  /** Who shares its entries: the processes of one host, or a fleet of hosts. */
  readonly reach: 'host' | 'fleet';

  /** Whether it can be asked now, as far as it knows without asking. */
  readonly isUp: boolean;

  /** Lends the sole right to load a key; `undefined` when the tier cannot. */
  readonly leases: Leases | undefined;

  /** The bytes under `keys`, in that order; `undefined` where there are none. Tombstones are not told. */
  getMany(keys: readonly string[]): Answer<(Uint8Array | undefined)[]>;

  /**
   * Stores entries, each unless the tier holds a newer one under that key:
   * one with a later `eventAt` where both have one, else one with a newer
   * version; a tombstone is compared by version alone. Tells in order which
   * were stored. A repeated or delayed call changes nothing.
   */
  setMany(entries: readonly SealedEntry[]): Promise<boolean[]>;

  /**
   * Removes what is no newer than `version` under each key, and leaves a
   * tombstone there for a while, so that an older write that arrives late
   * stays out. A key that is absent is no error.
   */
  deleteMany(keys: readonly string[], version: Version): Promise<void>;

  /** The keys that match, in batches, in any order; a key may be told twice, tombstones are not told. */
  scan(pattern: Pattern): AsyncIterable<string[]>;

  /** Resolves when every write asked for so far has been taken by the store, or has failed. */
  flush(): Promise<void>;
}
