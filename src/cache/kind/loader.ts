import type { Entry } from '../../entry/entry.ts';
import { argumentKey, type KeyArgument } from '../../entry/key.ts';
import { checked, type Lifetime, type LifetimeOptions } from '../../lifetime/lifetime.ts';
import { type Duration, toMs } from '../../time/duration.ts';

/** What a loader is told, and what it may say of its answer. */
export interface LoadContext<K, V> {
  readonly key: K;
  /** Aborted when the answer is of no use any more: the deadline passed, or the cache was closed. */
  readonly signal: AbortSignal;
  /** The value there is, past its freshness; for conditional requests. */
  readonly stale: V | undefined;
  /** The event time of `stale`, epoch ms. */
  readonly staleEventAt: number | undefined;
  /** Answers that `stale` is still true: `return context.notModified()`. Throws when there is no stale value. */
  notModified(): V;
  /** Gives this value a lifetime of its own. */
  setLifetime(lifetime: Duration | LifetimeOptions): void;
  /** Tells who answered. */
  setSource(source: string): void;
  /** Delivers the value to those who wait, and keeps it nowhere. */
  skip(): void;
}

/**
 * Asks the source of truth for one value. `null` is a value; `undefined` says
 * that the source has nothing under this key.
 */
export type Loader<K, V, R extends V | undefined = V | undefined> = (context: LoadContext<K, V>) => R | Promise<R>;

/** What a many-loader is told. */
export interface ManyLoadContext<K, V> {
  readonly signal: AbortSignal;
  /** The values there are, past their freshness, by key. */
  readonly stale: ReadonlyMap<K, V>;
}

/**
 * Asks the source of truth for many values at once. A key that is missing from
 * the answer has nothing at the source; an `Error` as its value fails that key alone.
 */
export type ManyLoader<K, V> = (
  keys: readonly K[],
  context: ManyLoadContext<K, V>,
) => ReadonlyMap<K, V | Error | undefined> | Promise<ReadonlyMap<K, V | Error | undefined>>;

/** One call of a loader: what it was told, and what it said. Its verbs may be taken apart from it. */
export class LoadCall<K, V> implements LoadContext<K, V> {
  readonly key: K;
  readonly signal: AbortSignal;
  readonly held: Entry<V> | undefined;
  readonly stale: V | undefined;
  readonly staleEventAt: number | undefined;
  lifetime: Lifetime | undefined;
  source: string | undefined;
  isModified = true;
  isSkipped = false;

  /** @param hand makes of memory's value what a user may have. */
  constructor(key: K, signal: AbortSignal, held: Entry<V> | undefined, hand: (value: V) => V) {
    this.key = key;
    this.signal = signal;
    this.held = held;
    this.stale = held === undefined || held.isNegative ? undefined : hand(held.value as V);
    this.staleEventAt = held?.eventAt;
  }

  readonly notModified = (): V => {
    if (!this.held || this.held.isNegative) throw new TypeError('There is no stale value that could be unmodified');
    this.isModified = false;
    return this.stale as V;
  };

  readonly setLifetime = (lifetime: Duration | LifetimeOptions): void => {
    const { ttl, grace = 0 } = typeof lifetime === 'object' ? lifetime : { ttl: lifetime };
    this.lifetime = checked({ ttlMs: toMs(ttl, 'ttl'), graceMs: toMs(grace, 'grace'), why: 'set by the loader' });
  };

  readonly setSource = (source: string): void => {
    this.source = source;
  };

  readonly skip = (): void => {
    this.isSkipped = true;
  };
}

/** Finds each key's answer in those of a many-loader; keys that are lists or records are known by their texts, whoever made them. */
export function answersOf<K, V>(values: ReadonlyMap<K, V | Error | undefined>): (key: K, text: string) => V | Error | undefined {
  if (!(values instanceof Map)) throw new TypeError('A many-loader must answer with a Map from key to value');
  for (const value of values.values()) {
    if (value instanceof Promise) throw new TypeError('A many-loader answered with a promise for a value; await it first');
  }
  let byText: Map<string, V | Error | undefined> | undefined;
  return (key, text) => {
    if (typeof key !== 'object' || values.has(key)) return values.get(key);
    byText ??= new Map([...values].map(([known, value]) => [argumentKey(known as KeyArgument), value]));
    return byText.get(text);
  };
}

/** A loader of one key by a loader of many. */
export function oneByOne<K, V>(load: ManyLoader<K, V>): Loader<K, V> {
  return async ({ key, signal, stale }) => {
    const values = await load([key], { signal, stale: stale === undefined ? new Map() : new Map([[key, stale]]) });
    const answer = answersOf(values)(key, argumentKey(key as KeyArgument));
    if (answer instanceof Error) throw answer;
    return answer;
  };
}
