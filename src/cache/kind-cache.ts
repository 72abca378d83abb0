import { argumentKey, assertArgument, type KeyArgument } from '../entry/key.ts';
import { ConfigError } from '../errors.ts';
import type { KindCounters } from '../telemetry/counters.ts';
import type { LocalPartition } from '../tiers/local-tier.ts';
import type { Duration } from '../time/duration.ts';
import { Batch } from './batch.ts';
import { type Loader, type ManyLoader, oneByOne } from './kind/loader.ts';
import type { KindEngine } from './kind-engine.ts';
import { type EntryInfo, infoOf } from './reading/entry-info.ts';
import { demandOf, type ReadOptions } from './reading/freshness.ts';
import { type LoaderOrOptions, loaderIn, optionsIn } from './reading/load-arguments.ts';
import { type ManyResult, typedError } from './reading/read-many.ts';
import { orAborted } from './reading/read-through.ts';
import { assertValue, lifetimeOf, originOf, type WriteOptions } from './write-options.ts';

/** The answer of a write that memory alone has kept: the same for all. */
const KEPT = Promise.resolve(true);

/**
 * The cache of one kind of data.
 *
 * `undefined` is "not found", `null` is a value. Reads without a loader answer
 * with fresh values only, unless `allowStale` is set; reads with a loader answer
 * with stale ones within their grace, unless it is unset.
 */
export class KindCache<K extends KeyArgument, V> {
  /** The kind's name; empty for plain keys. */
  readonly name: string;
  readonly #engine: KindEngine<K, V>;
  readonly #partition: LocalPartition<V>;
  readonly #counters: KindCounters;
  /** `undefined` where values are handed out as they are: the common case pays for no call. */
  readonly #copy: ((value: V) => V) | undefined;

  /** @internal Made by `createCache`. */
  constructor(engine: KindEngine<K, V>) {
    this.name = engine.plan.name;
    this.#engine = engine;
    this.#partition = engine.partition;
    this.#counters = engine.counters;
    this.#copy = engine.plan.isolate.copies ? engine.plan.isolate.hand : undefined;
  }

  /** The fresh value in memory, now; `undefined` when there is none. Nothing is loaded. */
  peek(key: K): V | undefined {
    const value = this.#read(typeof key === 'string' ? key : argumentKey(key));
    return value === undefined ? this.#engine.peekSlow(argumentKey(key)) : value;
  }

  /**
   * The fresh value, from the nearest tier that has one; `undefined` when none has. Nothing is loaded.
   *
   * @throws NotFreshError when there is a value, and it is older than `maxAge`.
   */
  async get(key: K, options?: ReadOptions): Promise<V | undefined> {
    const text = argumentKey(key);
    if (options === undefined) {
      const value = this.#read(text);
      if (value !== undefined) return value;
    }
    return (await this.#find(key, text, options, false))?.value;
  }

  /**
   * The value: fresh from a tier, else loaded, else stale within its grace. However
   * many ask at once, the source is asked once. Without a loader the kind's own is
   * used, and the options may come second: `getOrLoad('AAPL', { maxAge: '500ms' })`.
   *
   * @throws LoadError, LoadTimeoutError, LoadOverloadError when the load failed and nothing could stand in.
   * @throws NotFreshError when something could, and `options` forbid it.
   * @throws ConfigError when neither the call nor the kind has a loader, or what stands in its place is none.
   */
  getOrLoad<R extends V | undefined>(
    key: K,
    load: Loader<K, V, R>,
    options?: ReadOptions,
  ): Promise<undefined extends R ? V | undefined : V>;
  getOrLoad(key: K, load?: Loader<K, V>, options?: ReadOptions): Promise<V | undefined>;
  getOrLoad(key: K, options?: ReadOptions): Promise<V | undefined>;
  getOrLoad(key: K, load?: LoaderOrOptions<Loader<K, V>>, options?: ReadOptions): Promise<V | undefined> {
    const text = typeof key === 'string' ? key : argumentKey(key);
    if (options === undefined && (typeof load === 'function' || load === undefined)) {
      const value = this.#read(text);
      if (value !== undefined) return Promise.resolve(value);
    }
    return this.#load(key, text, load, options);
  }

  /** The value as {@link KindCache.get} with `allowStale` answers it, and all that is known of it. */
  async entry(key: K, options?: ReadOptions): Promise<EntryInfo<V> | undefined> {
    return this.#find(key, argumentKey(key), options, true);
  }

  /** The value as {@link KindCache.getOrLoad} answers it, and all that is known of it. */
  entryOrLoad(key: K, load?: Loader<K, V>, options?: ReadOptions): Promise<EntryInfo<V>>;
  entryOrLoad(key: K, options?: ReadOptions): Promise<EntryInfo<V>>;
  async entryOrLoad(key: K, load?: LoaderOrOptions<Loader<K, V>>, options?: ReadOptions): Promise<EntryInfo<V>> {
    const engine = this.#engine;
    const text = this.#checked(key);
    const demand = demandOf(optionsIn(load, options), engine.clock, true);
    const reading = await engine.one.read(key, text, this.#loaderOf(loaderIn(load)), demand);
    return infoOf(reading, engine.plan.isolate.hand, engine.clock);
  }

  /** Whether a fresh value is in some tier. */
  async has(key: K): Promise<boolean> {
    return (await this.get(key)) !== undefined;
  }

  /** The fresh values there are, by key; nothing is loaded. A value older than `maxAge` stands among the errors. */
  async getMany(keys: Iterable<K>, options?: ReadOptions): Promise<Batch<K, V>> {
    const found = new Batch<K, V>();
    let missing: Map<string, K> | undefined;
    for (const key of keys) {
      const text = typeof key === 'string' ? key : argumentKey(key);
      const value = options === undefined ? this.#read(text) : undefined;
      if (value !== undefined) {
        found.set(key, value);
      } else {
        missing ??= new Map();
        missing.set(text, key);
      }
    }
    if (missing === undefined) return found;
    const engine = this.#engine;
    engine.assertOpen();
    const demand = demandOf(options, engine.clock, false);
    this.#collect(missing, await orAborted(Promise.resolve(engine.many.find(missing, demand)), demand.signal), found);
    return found;
  }

  /**
   * The values of many keys, with one call of the loader for all that are
   * missing, split to `batchSize`. Each key is answered, or fails, by itself.
   * Without a loader the kind's `loadMany` is called.
   */
  getOrLoadMany(keys: Iterable<K>, load?: ManyLoader<K, V>, options?: ReadOptions): Promise<Batch<K, V>>;
  getOrLoadMany(keys: Iterable<K>, options?: ReadOptions): Promise<Batch<K, V>>;
  async getOrLoadMany(keys: Iterable<K>, given?: LoaderOrOptions<ManyLoader<K, V>>, more?: ReadOptions): Promise<Batch<K, V>> {
    const load = loaderIn(given);
    const options = optionsIn(given, more);
    const found = new Batch<K, V>();
    const missing = new Map<string, K>();
    for (const key of keys) {
      const text = this.#checked(key);
      const value = options === undefined ? this.#read(text) : undefined;
      if (value !== undefined) found.set(key, value);
      else missing.set(text, key);
    }
    if (missing.size > 0) this.#collect(missing, await this.#readMany(missing, load, options), found);
    return found;
  }

  /** The same as {@link KindCache.getOrLoadMany}, with all that is known of each value. */
  entriesOrLoad(keys: Iterable<K>, load?: ManyLoader<K, V>, options?: ReadOptions): Promise<Batch<K, EntryInfo<V>>>;
  entriesOrLoad(keys: Iterable<K>, options?: ReadOptions): Promise<Batch<K, EntryInfo<V>>>;
  async entriesOrLoad(keys: Iterable<K>, load?: LoaderOrOptions<ManyLoader<K, V>>, options?: ReadOptions): Promise<Batch<K, EntryInfo<V>>> {
    const asked = new Map<string, K>();
    for (const key of keys) asked.set(this.#checked(key), key);
    const { plan, clock } = this.#engine;
    const found = new Batch<K, EntryInfo<V>>();
    for (const [text, result] of await this.#readMany(asked, loaderIn(load), optionsIn(load, options))) {
      const key = asked.get(text) as K;
      if ('error' in result) found.errors.set(key, typedError(text, result.error));
      else if (result.reading) found.set(key, infoOf(result.reading, plan.isolate.hand, clock));
    }
    return found;
  }

  /**
   * Writes a value to all tiers. Answers whether it was kept: not when a newer one is there.
   *
   * @throws ValueError when the value is `undefined`, or remote tiers cannot keep it; nothing is written then.
   */
  set(key: K, value: V, options?: WriteOptions): Promise<boolean> {
    try {
      assertValue(value);
      const kept = this.#engine.write(key, this.#checked(key), value, originOf(options));
      return kept === true ? KEPT : Promise.resolve(kept);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Writes many values in one trip to each tier. Answers, by key, whether each was kept. */
  async setMany(values: Iterable<readonly [K, V]>, options?: WriteOptions): Promise<Map<K, boolean>> {
    const all = [...values].map(([key, value]) => {
      assertValue(value);
      return { key, text: this.#checked(key), value };
    });
    const isKept = await this.#engine.writeMany(all, originOf(options));
    return new Map(all.map(({ key }, at) => [key, isKept[at] ?? false]));
  }

  /** Removes the entry under `key` from all tiers. A load under way is not stored. */
  async delete(key: K): Promise<void> {
    await this.deleteMany([key]);
  }

  /** Removes the entries under keys, in one trip to each tier. */
  async deleteMany(keys: Iterable<K>): Promise<void> {
    await this.#engine.remove([...keys].map((key) => this.#checked(key)));
  }

  /** Makes the entry under `key` stale in all tiers: the next read loads, and has it to stand in. */
  async expire(key: K): Promise<void> {
    await this.#engine.expire([this.#checked(key)]);
  }

  /** Gives the entry under `key` a new life from now, in all tiers. Answers whether there was one. */
  async touch(key: K, lifetime?: Duration | { readonly ttl: Duration; readonly grace?: Duration }): Promise<boolean> {
    const { ttl, grace } = typeof lifetime === 'object' ? lifetime : { ttl: lifetime, grace: undefined };
    return this.#engine.touch(key, this.#checked(key), lifetimeOf(ttl, grace));
  }

  #read(text: string): V | undefined {
    const value = this.#partition.read(text);
    if (value === undefined) return undefined;
    this.#counters.hits += 1;
    return this.#copy === undefined ? value : this.#copy(value);
  }

  async #load(key: K, text: string, load: LoaderOrOptions<Loader<K, V>>, options: ReadOptions | undefined): Promise<V | undefined> {
    assertArgument(text);
    const engine = this.#engine;
    engine.assertOpen();
    const demand = demandOf(optionsIn(load, options), engine.clock, true);
    const { entry } = await engine.one.read(key, text, this.#loaderOf(loaderIn(load)), demand);
    return entry.isNegative ? undefined : engine.plan.isolate.hand(entry.value as V);
  }

  async #find(key: K, text: string, options: ReadOptions | undefined, allowStale: boolean): Promise<EntryInfo<V> | undefined> {
    const engine = this.#engine;
    engine.assertOpen();
    const demand = demandOf(options, engine.clock, allowStale);
    const results = await orAborted(Promise.resolve(engine.many.find(new Map([[text, key]]), demand)), demand.signal);
    const result = results.get(text);
    if (result && 'error' in result) throw result.error;
    return result?.reading && infoOf(result.reading, engine.plan.isolate.hand, engine.clock);
  }

  async #readMany(
    keys: ReadonlyMap<string, K>,
    load: ManyLoader<K, V> | undefined,
    options: ReadOptions | undefined,
  ): Promise<Map<string, ManyResult<V>>> {
    const engine = this.#engine;
    engine.assertOpen();
    const loader = load ?? engine.plan.loadMany;
    if (!loader) throw this.#lack('loadMany');
    return engine.many.read(keys, loader, demandOf(options, engine.clock, true));
  }

  #collect(keys: ReadonlyMap<string, K>, results: ReadonlyMap<string, ManyResult<V>>, found: Batch<K, V>): void {
    const { plan } = this.#engine;
    for (const [text, result] of results) {
      const key = keys.get(text) as K;
      if ('error' in result) found.errors.set(key, typedError(text, result.error));
      else if (result.reading && !result.reading.entry.isNegative) found.set(key, plan.isolate.hand(result.reading.entry.value as V));
    }
  }

  #loaderOf(load: Loader<K, V> | undefined): Loader<K, V> {
    const { plan } = this.#engine;
    const loader = load ?? plan.load ?? (plan.loadMany && oneByOne(plan.loadMany));
    if (!loader) throw this.#lack('load');
    return loader;
  }

  #lack(option: 'load' | 'loadMany'): ConfigError {
    return this.name === ''
      ? new ConfigError(`Plain keys have no \`${option}\`; give one by the option \`plain\`, or to this call`)
      : new ConfigError(`Kind "${this.name}" has no \`${option}\`; give one to the kind or to this call`);
  }

  #checked(key: K): string {
    const text = argumentKey(key);
    assertArgument(text);
    this.#engine.assertOpen();
    return text;
  }
}

/** A kind's cache where its types are not known: behind a key as text. */
// biome-ignore lint/suspicious/noExplicitAny: a key as text may lead to a kind of any value; the caller says which.
export type AnyKindCache = KindCache<any, any>;
