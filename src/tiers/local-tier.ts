import type { Comparison } from '../analytics/ghost-runs.ts';
import type { Curve } from '../analytics/part-curves.ts';
import type { Entry } from '../entry/entry.ts';
import type { Size } from '../entry/size.ts';
import type { PolicyName } from '../policy/eviction-policy.ts';
import type { RemovalCause } from '../telemetry/events.ts';
import type { Eviction, EvictionCounters } from '../telemetry/evictions.ts';

/** What became of an entry offered to a tier: kept, refused for a newer one, or refused for its size. */
export type Admission = 'stored' | 'outdated' | 'oversized';

/**
 * One kind's part of a local tier: synchronous, and the hot path of every read.
 *
 * Instants are of the process's monotonic clock. Keys are arguments, so that no
 * key is ever put together to ask memory for it.
 */
export interface LocalPartition<V> {
  /** How many entries it holds, dead ones not yet swept among them. */
  readonly size: number;
  /** What it would hit, were the part of memory that it is in smaller or larger; `undefined` while too little is known. */
  readonly curve: Curve | undefined;
  /** What left it for room. */
  readonly evictions: EvictionCounters;

  /**
   * The value under `key` if nothing at all need be thought about: it is fresh,
   * not due for refresh, not doubted, not negative. Counts as a use.
   */
  read(key: string): V | undefined;

  /** The entry under `key` while it is alive, fresh or stale; no use is counted. */
  find(key: string): Entry<V> | undefined;

  /** Tells that the entry under `key` was used. */
  touch(key: string): void;

  /**
   * Keeps an entry, unless a newer one is there: one with a later `eventAt`
   * where both have one, else one with a newer version.
   *
   * @param attentionAt from then on {@link LocalPartition.read} leaves the entry to the slow path.
   * @param now decides whether what is there is dead already. @default the clock's
   */
  put(entry: Entry<V>, attentionAt: number, now?: number): Admission;

  /** Removes the entry under `key`; tells whether there was one. */
  remove(key: string, cause: RemovalCause): boolean;

  /** Makes the entry under `key` stale, and keeps it for what is left of its grace, counted from `now`. */
  expire(key: string, now: number): boolean;

  /** Keeps the entry under `key` from leaving for room; tells whether it is kept: not where none is, or too much is protected. It ends when its life does. */
  protect(key: string): boolean;

  /** Lets the entry under `key` leave for room again. */
  unprotect(key: string): void;

  /** Ends the doubt that {@link LocalTier.doubtTagged} cast on the entry under `key`. */
  confirm(key: string): void;

  /** The keys of the entries that are alive. */
  keys(): IterableIterator<string>;
}

/** An entry was used, or came. */
export interface Access {
  readonly namespace: string;
  /** Empty for a plain key. */
  readonly kind: string;
  /** The argument within its kind. */
  readonly key: string;
  /** What the entry weighs. */
  readonly bytes: number;
  /** Whether it was there: else it came, or came anew. */
  readonly isHit: boolean;
}

/** What a kind takes of a local tier that has a part of its own there. */
export interface PartUsage extends Share {
  readonly kind: string;
  readonly entries: number;
  readonly bytes: number;
  /** The share it gives way to others above: its minimum, or what it was found to make best use of. */
  readonly target: number;
}

/** How full a local tier is. */
export interface LocalTierUsage {
  readonly entries: number;
  readonly maxEntries: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Below `maxBytes` while the process has little memory left. */
  readonly allowedBytes: number;
  /** How often entries left for that. */
  readonly reliefs: number;
  readonly policy: PolicyName;
  /** What never leaves for room: entries and bytes, and how often something was not protected since too much was. */
  readonly protectedEntries: number;
  readonly protectedBytes: number;
  readonly unprotectable: number;
  /** The kinds that have parts of their own. */
  readonly parts: readonly PartUsage[];
}

/** What a partition tells its cache as things happen to its entries. */
export interface PartitionObserver {
  removed(key: string, cause: RemovalCause): void;
  oversized(key: string): void;
}

/**
 * A place for live values, near the caller: memory.
 *
 * It is bounded as a whole; its partitions compete for room under one policy.
 * It decides who leaves for room and nothing else.
 */
export interface LocalTier extends Disposable {
  /** A new partition. Entries removed from it are told to `observer`. */
  partition<V>(options: PartitionOptions<V>, observer: PartitionObserver): LocalPartition<V>;
  /** From now on every entry with tags is left to the slow path until it is confirmed. */
  doubtTagged(): void;
  /**
   * Up to `until`, all news of what other processes wrote have arrived. After it an
   * entry is stale once it was taken in so long ago that news of it may be missing.
   */
  believe(until: number): void;
  /** Makes stale what was taken in before `before`, and keeps it for as long as it would have lived. */
  distrust(before: number): void;
  /**
   * Other bounds, another policy from now on. What is too much leaves at once; no other entry
   * does, and those used most stay the last to leave. The tables of a memory that is made smaller stay as large as they were.
   *
   * @throws ConfigError naming what is at fault; nothing has changed then.
   */
  resize(change: LocalTierChange): void;
  /** Tells `follower` of every use and every coming of an entry, on the turn it happens, until the returned function is called. */
  follow(follower: (access: Access) => void): () => void;
  /** What all kinds would hit in a smaller or larger tier; `undefined` while too little is known, and where kinds have parts of their own. */
  curve(): Curve | undefined;
  /** Has the other policies run beside the one in use for a while, on a sample of what is asked. Tells whether they do: not while there is room for all. */
  compare(): boolean;
  /** What they told, or tell as far as they are; of the part that a kind has of its own, or of the one that the rest share. */
  comparison(kind?: string): Comparison | undefined;
  /** The last entries that left for room, newest first: at most `limit` of those that match, as far as they are remembered. */
  evictions(limit: number, matches?: (eviction: Omit<Eviction, 'at'>) => boolean): Eviction[];
  readonly usage: LocalTierUsage;
}

/** How much of memory a kind may take: shares from 0 to 1, of the entries and of the bytes. */
export interface Share {
  /** It is not asked to give below this, as long as others have more than theirs. */
  readonly min: number;
  /** It takes no more than this, though there were room. */
  readonly max: number;
}

/** What of a local tier can be changed while it is in use. What is not named stays as it is. */
export interface LocalTierChange {
  readonly maxEntries?: number | undefined;
  readonly maxBytes?: Size | undefined;
  /** @default a quarter of `maxBytes`, where that is given; else as it is */
  readonly maxEntryBytes?: Size | undefined;
  readonly policy?: PolicyName | undefined;
}

/** What a kind says of its values to memory. */
export interface PartitionOptions<V> {
  /** The namespace it is of, for who asks what left memory. @default none */
  readonly namespace?: string | undefined;
  /** Its name. @default that of plain keys: none */
  readonly kind?: string | undefined;
  /** How much of memory it may take, in a part of its own. @default it shares a part with all that say nothing */
  readonly share?: Share | undefined;
  /** The bytes a value takes; an estimate is made when absent. */
  readonly weigh?: ((value: V) => number) | undefined;
  /** Whether other processes may write these entries, so that memory's are not believed blindly. @default true */
  readonly isCoherent?: boolean | undefined;
  /** Whether the entry under a key is to be protected when it comes. @default none is */
  readonly isProtected?: ((key: string) => boolean) | undefined;
}
