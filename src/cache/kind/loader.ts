import type { Entry } from '../../entry/entry.ts';
import { argumentKey, type KeyArgument } from '../../entry/key.ts';
import type { Lifetime, LifetimeOptions } from '../../lifetime/lifetime.ts';
import type { Duration } from '../../time/duration.ts';
import { Loaded, type LoadedOptions, type Told, toldLifetime, UNTOLD, unmodified } from './loaded.ts';

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
 * that the source has nothing under this key. What there is to tell of the value comes with it: {@link loaded}.
 */
export type Loader<K, V, R extends V | undefined = V | undefined> = (context: LoadContext<K, V>) => R | Loaded<R> | Promise<R | Loaded<R>>;

/** What a many-loader is told. */
export interface ManyLoadContext<K, V> {
  readonly signal: AbortSignal;
  /** The values there are, past their freshness, by key. */
  readonly stale: ReadonlyMap<K, V>;
  /** Answers for a key that its stale value is still true. Throws when there is none. */
  notModified(key: K, options?: LoadedOptions): Loaded<V>;
}

/**
 * Asks the source of truth for many values at once. A key that is missing from
 * the answer has nothing at the source; an `Error` as its value fails that key alone.
 */
export type ManyLoader<K, V> = (keys: readonly K[], context: ManyLoadContext<K, V>) => ManyAnswers<K, V> | Promise<ManyAnswers<K, V>>;

/** What a many-loader answers: by key a value, with or without what there is to tell of it, an `Error`, or nothing. */
export type ManyAnswers<K, V> = ReadonlyMap<K, V | Loaded<V> | Error | undefined>;

const NOTHING_STALE = 'There is no stale value that could be unmodified';

/** One call of a loader: what it was told, and what it said. Its verbs may be taken apart from it. */
export class LoadCall<K, V> implements LoadContext<K, V> {
  readonly key: K;
  readonly signal: AbortSignal;
  readonly held: Entry<V> | undefined;
  readonly stale: V | undefined;
  readonly staleEventAt: number | undefined;
  #lifetime: Lifetime | undefined;
  #source: string | undefined;
  #isModified = true;
  #isKept = true;

  /** @param hand makes of memory's value what a user may have. */
  constructor(key: K, signal: AbortSignal, held: Entry<V> | undefined, hand: (value: V) => V) {
    this.key = key;
    this.signal = signal;
    this.held = held;
    this.stale = held === undefined || held.isNegative ? undefined : hand(held.value as V);
    this.staleEventAt = held?.eventAt;
  }

  readonly notModified = (): V => {
    if (!this.held || this.held.isNegative) throw new TypeError(NOTHING_STALE);
    this.#isModified = false;
    return this.stale as V;
  };

  readonly setLifetime = (lifetime: Duration | LifetimeOptions): void => {
    this.#lifetime = toldLifetime(lifetime);
  };

  readonly setSource = (source: string): void => {
    this.#source = source;
  };

  readonly skip = (): void => {
    this.#isKept = false;
  };

  /** What the source told of its answer: what came with it, else what was said by the verbs. */
  told(answer: V | Loaded<V | undefined> | undefined): Told {
    const told = answer instanceof Loaded ? answer.told : UNTOLD;
    return {
      ...told,
      lifetime: told.lifetime ?? this.#lifetime,
      source: told.source ?? this.#source,
      isKept: told.isKept && this.#isKept,
      isModified: told.isModified && this.#isModified,
    };
  }
}

/** What a many-loader is told. @param stale by key. */
export function manyContext<K, V>(signal: AbortSignal, stale: ReadonlyMap<K, V>): ManyLoadContext<K, V> {
  const notModified = (key: K, options?: LoadedOptions): Loaded<V> => {
    if (!stale.has(key)) throw new TypeError(NOTHING_STALE);
    return unmodified(stale.get(key) as V, options);
  };
  return { signal, stale, notModified };
}

/** Finds each key's answer in those of a many-loader; keys that are lists or records are known by their texts, whoever made them. */
export function answersOf<K, V>(values: ManyAnswers<K, V>): (key: K, text: string) => V | Loaded<V> | Error | undefined {
  if (!(values instanceof Map)) throw new TypeError('A many-loader must answer with a Map from key to value');
  for (const value of values.values()) {
    if (value instanceof Promise) throw new TypeError('A many-loader answered with a promise for a value; await it first');
  }
  let byText: Map<string, V | Loaded<V> | Error | undefined> | undefined;
  return (key, text) => {
    if (typeof key !== 'object' || values.has(key)) return values.get(key);
    byText ??= new Map([...values].map(([known, value]) => [argumentKey(known as KeyArgument), value]));
    return byText.get(text);
  };
}

/** A loader of one key by a loader of many. */
export function oneByOne<K, V>(load: ManyLoader<K, V>): Loader<K, V> {
  return async ({ key, signal, stale }) => {
    const values = await load([key], manyContext(signal, stale === undefined ? new Map() : new Map([[key, stale]])));
    const answer = answersOf(values)(key, argumentKey(key as KeyArgument));
    if (answer instanceof Error) throw answer;
    return answer;
  };
}
