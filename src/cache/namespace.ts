import { assertNamespace, type KeyArgument } from '../entry/key.ts';
import { Pattern } from '../entry/pattern.ts';
import { ConfigError } from '../errors.ts';
import type { CacheEventName } from '../telemetry/events.ts';
import type { CacheListener } from '../telemetry/listeners.ts';
import type { Duration } from '../time/duration.ts';
import type { Batch } from './batch.ts';
import type { CacheCore } from './cache-core.ts';
import type { Explanation } from './explanation.ts';
import type { Health } from './health.ts';
import { type Selector, selectionOf } from './invalidation/selector.ts';
import type { Kind, Kinds } from './kind/kind.ts';
import type { Loader, ManyLoader } from './kind/loader.ts';
import type { KindCache } from './kind-cache.ts';
import type { EntryInfo } from './reading/entry-info.ts';
import type { ReadOptions } from './reading/freshness.ts';
import { type LoaderOrOptions, loaderIn, optionsIn } from './reading/load-arguments.ts';
import type { CacheStats } from './stats.ts';
import { loadingWhole, WholeKeys } from './whole-keys.ts';
import type { WriteOptions } from './write-options.ts';

/** A namespace with its kinds as properties: `desk.quote.peek('AAPL')`. */
export type NamespaceOf<K extends Kinds> = Namespace<K> & {
  readonly [Name in keyof K]: K[Name] extends Kind<infer Key, infer V> ? KindCache<Key, V> : never;
};

/** The kinds of a cache of plain keys, or of one whose kinds do not matter. */
export type NoKinds = Readonly<Record<never, never>>;

/**
 * The entries of many kinds of data under one name, apart from those of every other.
 *
 * Each kind is a property. The verbs here take whole keys: `quote:AAPL` is
 * `AAPL` of the kind `quote`; a key of no kind is a plain key. What is shared
 * with other namespaces (memory, tiers, the bus) cannot be closed from here.
 */
export class Namespace<K extends Kinds = NoKinds> {
  readonly #core: CacheCore;
  readonly #keys: WholeKeys;
  readonly #namespaces = new Map<string, NamespaceOf<K>>();

  /** @internal Made by {@link Namespace.namespace}. */
  constructor(core: CacheCore) {
    this.#core = core;
    this.#keys = new WholeKeys(core.routes, (engine) => core.faceOf(engine));
    for (const [name, kind] of core.kinds) {
      if (name in this) throw new ConfigError(`A kind cannot be named "${name}", for a cache has a member of that name; choose another`);
      Object.defineProperty(this, name, { value: kind, enumerable: true });
    }
  }

  /** Names the cache in events and statistics. */
  get name(): string {
    return this.#core.telemetry.cache;
  }

  /** The kinds by their names, plain keys aside. */
  get kinds(): ReadonlyMap<string, KindCache<KeyArgument, unknown>> {
    return this.#core.kinds;
  }

  /** The fresh value in memory, now; `undefined` when there is none. */
  peek<V = unknown>(key: string): V | undefined {
    const [kind, argument] = this.#keys.route(key);
    return kind.peek(argument);
  }

  /** See {@link KindCache.get}. */
  get<V = unknown>(key: string, options?: ReadOptions): Promise<V | undefined> {
    const [kind, argument] = this.#keys.route(key);
    return kind.get(argument, options);
  }

  /** See {@link KindCache.getOrLoad}. */
  getOrLoad<V>(key: string, load: Loader<string, V, V>, options?: ReadOptions): Promise<V>;
  getOrLoad<V = unknown>(key: string, load?: Loader<string, V, V>, options?: ReadOptions): Promise<V | undefined>;
  getOrLoad<V = unknown>(key: string, options?: ReadOptions): Promise<V | undefined>;
  getOrLoad(key: string, load?: LoaderOrOptions<Loader<string, unknown>>, options?: ReadOptions): Promise<unknown> {
    const [kind, argument] = this.#keys.route(key);
    return kind.getOrLoad(argument, load as Loader<string, unknown>, options);
  }

  /** See {@link KindCache.entry}. */
  entry<V = unknown>(key: string, options?: ReadOptions): Promise<EntryInfo<V> | undefined> {
    const [kind, argument] = this.#keys.route(key);
    return kind.entry(argument, options);
  }

  /** See {@link KindCache.entryOrLoad}. */
  entryOrLoad<V = unknown>(key: string, load?: Loader<string, V>, options?: ReadOptions): Promise<EntryInfo<V>>;
  entryOrLoad<V = unknown>(key: string, options?: ReadOptions): Promise<EntryInfo<V>>;
  entryOrLoad(key: string, load?: LoaderOrOptions<Loader<string, unknown>>, options?: ReadOptions): Promise<EntryInfo<unknown>> {
    const [kind, argument] = this.#keys.route(key);
    return kind.entryOrLoad(argument, load as Loader<string, unknown>, options);
  }

  /** See {@link KindCache.has}. */
  has(key: string): Promise<boolean> {
    const [kind, argument] = this.#keys.route(key);
    return kind.has(argument);
  }

  /** See {@link KindCache.set}. */
  set(key: string, value: unknown, options?: WriteOptions): Promise<boolean> {
    const [kind, argument] = this.#keys.route(key);
    return kind.set(argument, value, options);
  }

  /** See {@link KindCache.delete}. */
  delete(key: string): Promise<void> {
    const [kind, argument] = this.#keys.route(key);
    return kind.delete(argument);
  }

  /** See {@link KindCache.touch}. */
  touch(key: string, lifetime?: Duration | { readonly ttl: Duration; readonly grace?: Duration }): Promise<boolean> {
    const [kind, argument] = this.#keys.route(key);
    return kind.touch(argument, lifetime);
  }

  /** See {@link KindCache.getMany}; the keys may be of several kinds. */
  getMany<V = unknown>(keys: Iterable<string>, options?: ReadOptions): Promise<Batch<string, V>> {
    return this.#keys.ask(keys, (kind, whole) => kind.getMany(whole.keys(), options));
  }

  /**
   * See {@link KindCache.getOrLoadMany}; the keys may be of several kinds, and `load` is then
   * called for each kind, with whole keys. Without it each kind's own is.
   */
  getOrLoadMany<V = unknown>(keys: Iterable<string>, load?: ManyLoader<string, V>, options?: ReadOptions): Promise<Batch<string, V>>;
  getOrLoadMany<V = unknown>(keys: Iterable<string>, options?: ReadOptions): Promise<Batch<string, V>>;
  async getOrLoadMany<V>(
    keys: Iterable<string>,
    given?: LoaderOrOptions<ManyLoader<string, V>>,
    more?: ReadOptions,
  ): Promise<Batch<string, V>> {
    const load = loaderIn(given);
    const options = optionsIn(given, more);
    return this.#keys.ask(keys, (kind, whole) => kind.getOrLoadMany(whole.keys(), load && loadingWhole(load, whole), options));
  }

  /** The same as {@link Namespace.getOrLoadMany}, with all that is known of each value. */
  entriesOrLoad<V = unknown>(
    keys: Iterable<string>,
    load?: ManyLoader<string, V>,
    options?: ReadOptions,
  ): Promise<Batch<string, EntryInfo<V>>>;
  entriesOrLoad<V = unknown>(keys: Iterable<string>, options?: ReadOptions): Promise<Batch<string, EntryInfo<V>>>;
  async entriesOrLoad<V>(
    keys: Iterable<string>,
    given?: LoaderOrOptions<ManyLoader<string, V>>,
    more?: ReadOptions,
  ): Promise<Batch<string, EntryInfo<V>>> {
    const load = loaderIn(given);
    const options = optionsIn(given, more);
    return this.#keys.ask(keys, (kind, whole) => kind.entriesOrLoad(whole.keys(), load && loadingWhole(load, whole), options));
  }

  /** See {@link KindCache.setMany}; the keys may be of several kinds. */
  async setMany(values: Iterable<readonly [string, unknown]>, options?: WriteOptions): Promise<Map<string, boolean>> {
    const byKey = new Map(values);
    const isKept = new Map<string, boolean>();
    const parts = [...this.#keys.byKind(byKey.keys())].map(async ([kind, whole]) => {
      const stored = await kind.setMany(
        [...whole].map(([argument, key]) => [argument, byKey.get(key)] as const),
        options,
      );
      for (const [argument, kept] of stored) isKept.set(whole.get(argument) ?? argument, kept);
    });
    await Promise.all(parts);
    return isKept;
  }

  /** See {@link KindCache.deleteMany}; the keys may be of several kinds. */
  async deleteMany(keys: Iterable<string>): Promise<void> {
    await this.invalidate({ keys: [...keys] });
  }

  /** Removes entries from all tiers: by key, by tag, by pattern. Loads under way for them are delivered, not stored. */
  async invalidate(selector: Selector): Promise<void> {
    this.#core.assertOpen();
    await this.#core.invalidation.apply(selectionOf(selector), false);
  }

  /** Makes entries stale in all tiers, and keeps them to stand in for what is left of their grace. */
  async expire(selector: Selector): Promise<void> {
    this.#core.assertOpen();
    await this.#core.invalidation.apply(selectionOf(selector), true);
  }

  /** Removes every entry of this namespace, and of no other, from all tiers. */
  async clear(): Promise<void> {
    this.#core.assertOpen();
    await this.#core.invalidation.clear();
  }

  /**
   * Keeps entries in memory whose keys match, those that are there and those to come: none
   * of them leaves for room. Their lives end as ever. Where too much would be protected
   * (`memory.maxProtectedShare`) an entry is treated as any other, and counted (`unprotectable`).
   *
   * @param pattern a key, or a pattern: `quote:AAPL*`.
   * @returns how many entries in memory it protects now.
   */
  protect(pattern: string): number {
    this.#core.assertOpen();
    return this.#core.protect(new Pattern(pattern));
  }

  /** Takes back what {@link Namespace.protect} said of the same pattern. What another pattern protects, or its kind, stays so. */
  unprotect(pattern: string): void {
    this.#core.assertOpen();
    this.#core.unprotect(new Pattern(pattern));
  }

  /**
   * The same kinds under keys of their own: nothing done in one namespace is seen
   * in another. They share memory, tiers and limits. Names may be nested with "/".
   */
  namespace(name: string): NamespaceOf<K> {
    assertNamespace(name);
    let inner = this.#namespaces.get(name);
    if (!inner) {
      inner = new Namespace<K>(this.#core.within(name)) as NamespaceOf<K>;
      this.#namespaces.set(name, inner);
    }
    return inner;
  }

  /** The keys that are alive in some tier and match, up to `limit`. @param limit default 1 000. */
  async keys(pattern = '*', limit = 1_000): Promise<string[]> {
    this.#core.assertOpen();
    return this.#core.keys(pattern, limit);
  }

  /** What every tier has under a key, and what a read of it would meet. Counts as no read. */
  async explain(key: string): Promise<Explanation> {
    this.#core.assertOpen();
    return this.#core.explain(key);
  }

  /** What was asked of this namespace since the start, and how it was answered. */
  stats(): CacheStats {
    return this.#core.stats();
  }

  /** How the cache is, and why: whether it does without a tier, or may have missed news of other processes. It answers all the same. */
  health(): Health {
    return this.#core.health();
  }

  /**
   * Listens to an event of this namespace until the returned function is called. What happens to
   * the tiers and the bus, which all namespaces share, is heard too; what happens in another namespace is not.
   */
  on<E extends CacheEventName>(event: E, listener: CacheListener<E>): () => void {
    return this.#core.telemetry.on(event, listener);
  }

  /** Resolves when all that was written here so far is with the remote tiers, and told to the other processes, or has failed. */
  flush(): Promise<void> {
    return this.#core.flush();
  }
}
