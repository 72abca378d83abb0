import type { Price } from '../harness/prices.ts';

/** Brings what a cache has not. */
export type Load = (key: string) => Promise<Price>;

/** A cache that answers at once. */
export interface DirectCache {
  get(key: string): Price | undefined;
  /** A promise where the cache makes its callers wait. */
  set(key: string, value: Price): unknown;
}

/** A cache that loads what it has not. */
export interface LoadingCache {
  getOrLoad(key: string): Promise<Price | null | undefined>;
}

/** A cache that answers for many keys at once; it is filled beforehand. */
export interface ManyCache {
  set(key: string, value: Price): unknown;
  getMany(keys: readonly string[]): Promise<Iterable<Price | null | undefined>>;
}

/** A cache whose entries lie on the disk; it is filled already. It reads keys one by one, or many at once. */
export interface DiskCache {
  readonly read?: (key: string) => Stored | undefined | Promise<Stored | undefined>;
  readonly readMany?: (keys: readonly string[]) => Promise<Iterable<Stored>>;
  close(): Promise<void>;
}

/** As much of a price as tells whether it is the right one. */
export type Stored = Pick<Price, 'id'>;

/** Every entry lives longer than any round. */
export const TTL_MS = 3_600_000;

/** Reads what is in a Redis: the bytes themselves, or what a cache makes of them. */
export interface RedisReader<Found extends object = object> {
  get(key: string): Promise<Found | undefined>;
  getMany(keys: readonly string[]): Promise<readonly (Found | undefined)[]>;
  close(): Promise<unknown>;
}

/** A cache in memory before a Redis. */
export interface SharedCache extends RedisReader<Price> {
  set(key: string, value: Price): Promise<unknown>;
}
