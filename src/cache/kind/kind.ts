import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Codec } from '../../entry/codec/codec.ts';
import type { KeyArgument } from '../../entry/key.ts';
import type { Size } from '../../entry/size.ts';
import type { LifetimeSpec, LifetimeSubject } from '../../lifetime/lifetime.ts';
import type { Duration } from '../../time/duration.ts';
import type { Loader, ManyLoader } from './loader.ts';

/**
 * What holds a value apart from the memory's own: nothing, a deep freeze, or a copy
 * for each reader and writer.
 */
export type Isolation = 'reference' | 'freeze' | 'clone';

/** Which compression values have in remote tiers; `auto` is zstd, or deflate where this Node.js has no zstd. */
export type CompressionName = 'auto' | 'none' | 'zstd' | 'deflate';

/** Which compression values have in remote tiers, and from which length on. */
export interface CompressionOptions {
  /** @default 'auto' */
  readonly algorithm?: CompressionName;
  /** Shorter values stay as they are; so do those that it would not shorten. @default '2kb' */
  readonly from?: Size;
}

/** All that a kind of data says of itself. Everything has a default. */
export interface KindOptions<K extends KeyArgument, V> {
  /** How long values live. @default the cache's `lifetime` */
  readonly lifetime?: LifetimeSpec<K, V>;
  /** How long "the source has nothing" is kept; 0 for not at all. @default '1s' */
  readonly negativeTtl?: Duration;

  /** Asks the source for one value, where a read brings no loader of its own. */
  readonly load?: Loader<K, V>;
  /** Asks the source for many values at once, where a read brings no loader of its own. */
  readonly loadMany?: ManyLoader<K, V>;
  /** Keys in one call of a many-loader. @default 100 */
  readonly batchSize?: number;

  /** The instant the value was true at its source, epoch ms. An older value then never replaces a newer one. */
  readonly order?: (value: V) => number;
  /** Group names by which entries are invalidated together. */
  readonly tags?: (key: K, value: V) => readonly string[];
  /** Whether the value cannot change any more. */
  readonly isFinal?: (value: V) => boolean;
  /**
   * Says why a value is not to be believed; `undefined` where it is. A value that is refused takes no place: a load that
   * brings one has failed, so that what was there stands in, and a write rejects with a RefusedError.
   */
  readonly refuse?: (value: V, subject: LifetimeSubject<K, V>) => string | undefined;

  /** With a stale value at hand, a reader waits this long for the load before it takes the stale one. @default '200ms' */
  readonly softDeadline?: Duration;
  /** A load that takes longer is aborted. @default '30s' */
  readonly deadline?: Duration;
  /** The last share of the TTL, in which a read has the value refreshed behind it; 0 for never. @default 0 */
  readonly refreshAhead?: number;
  /** The β of probabilistic early refresh (XFetch); 1 is the usual value, 0 is off. @default 0 */
  readonly earlyRefresh?: number;
  /** After a failed refresh the stale value is served this long before the next try; it doubles with each failure. @default '1s' */
  readonly backoff?: Duration;
  /** The back-off grows no longer than this. @default '30s' */
  readonly maxBackoff?: Duration;
  /** Loads of this kind that run at once; the rest wait for their turn. @default 64 */
  readonly maxConcurrentLoads?: number;
  /** Loads that wait; more are refused. @default 10_000 */
  readonly maxQueuedLoads?: number;

  /** How values in memory are kept apart from their readers. @default 'reference' */
  readonly isolation?: Isolation;
  /** Whether memory keeps this kind's entries for as long as they live: none leaves for room, as long as not too much is protected. @default false */
  readonly protect?: boolean;
  /**
   * How much of memory this kind takes in all namespaces, as shares from 0 to 1 of its entries and of its bytes: it is
   * not asked to give below `min` while others have more than theirs, and takes no more than `max`. @default none: what leaves is not asked of which kind it is
   */
  readonly share?: { readonly min?: number; readonly max?: number };
  /** The bytes a value takes in memory. @default an estimate */
  readonly weigh?: (value: V) => number;
  /** The form of values in remote tiers. @default 'binary' */
  readonly codec?: 'binary' | 'json' | Codec;
  /** How values are made shorter in remote tiers. @default 'auto' */
  readonly compression?: CompressionName | CompressionOptions;
  /** A larger value is not sent to remote tiers, nor taken from them. @default the cache's `maxValueBytes`; up to 64 MB are taken */
  readonly maxValueBytes?: Size;
  /**
   * Whether values are encrypted in remote tiers, with the cache's `encryption`. Keys, tags,
   * sizes and times are not; what is not encrypted is refused. @default false
   */
  readonly sensitive?: boolean;
  /** Whether remote tiers keep this kind. @default true */
  readonly remote?: boolean;
  /** Whether other processes are told of this kind's writes, and memory's entries are doubted while news of theirs may be missing. @default true */
  readonly bus?: boolean;
  /** Whether a small value is sent along with the news that it was written, to those who hold an older one. @default false */
  readonly push?: boolean;
  /** Whether one process alone loads a key while the others wait for it, where a remote tier can lend leases. @default false */
  readonly lease?: boolean;
  /** The shape values have now, checked when one comes from a remote tier. Any Standard Schema: zod, valibot, arktype. */
  readonly schema?: StandardSchemaV1<unknown, V>;
  /** Turns a stored value that `schema` refuses into one of today's shape; `undefined` gives it up. */
  readonly migrate?: (stored: unknown) => V | undefined;
}

/** A kind of data: what its keys and its values are, and how they are treated. Made by {@link kind}. */
export interface Kind<K extends KeyArgument, V> {
  readonly options: KindOptions<K, V>;
}

/** Kinds by their names. */
// biome-ignore lint/suspicious/noExplicitAny: a registry holds kinds of every key and value; each is inferred where it is used.
export type Kinds = Readonly<Record<string, Kind<any, any>>>;

/**
 * Defines a kind of data.
 *
 * @example
 * kind<string, Quote>({ lifetime: '5s', order: (quote) => quote.asOf, tags: (symbol) => [`sym:${symbol}`] })
 */
export function kind<K extends KeyArgument, V>(options: KindOptions<K, V> = {}): Kind<K, V> {
  return { options };
}
