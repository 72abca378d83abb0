import type { KindCache } from '../cache/kind-cache.ts';
import type { EntryInfo } from '../cache/reading/entry-info.ts';
import type { TierStats } from '../cache/stats.ts';
import { didYouMean } from '../config/nearest.ts';
import type { Duration } from '../time/duration.ts';
import { Problem } from './problem.ts';
import type { ReadLog } from './read-log.ts';

/** What a bot stores: any JSON, for as long as it says. */
export interface NewEntry {
  readonly value: unknown;
  readonly ttl?: Duration;
  readonly tags?: readonly string[];
}

/** Entries by kind and key: a bot's own data above all. */
export interface Entries {
  /** The entry, fresh or within its grace. @throws Problem when there is none. */
  get(kind: string, key: string): Promise<EntryInfo<unknown>>;
  /** Stores a value. Answers whether it was kept: not when a newer one is there. */
  put(kind: string, key: string, entry: NewEntry): Promise<boolean>;
  /** Removes an entry; one that is absent is no error. */
  delete(kind: string, key: string): Promise<void>;
}

/** The entries of the cache. */
export class CachedEntries implements Entries {
  readonly #kinds: ReadonlyMap<string, KindCache<string, unknown>>;
  readonly #filled: ReadonlySet<string>;
  readonly #log: ReadLog;
  readonly #tiers: () => readonly Pick<TierStats, 'name' | 'isUp' | 'errors'>[];

  /**
   * @param filled kinds that are filled from a provider, which nobody else writes.
   * @param tiers how the tiers are now.
   */
  constructor(
    kinds: ReadonlyMap<string, KindCache<string, unknown>>,
    filled: ReadonlySet<string>,
    log: ReadLog,
    tiers: () => readonly Pick<TierStats, 'name' | 'isUp' | 'errors'>[],
  ) {
    this.#tiers = tiers;
    this.#kinds = kinds;
    this.#filled = filled;
    this.#log = log;
  }

  async get(kind: string, key: string): Promise<EntryInfo<unknown>> {
    const cache = this.#kind(kind);
    const before = this.#tiers();
    const entry = await this.#log.timed(kind, [key], () => cache.entry(key));
    if (entry === undefined) this.#assertAsked(before, `${kind}:${key}`);
    if (entry === undefined || entry.isNegative)
      throw new Problem('ERR_NO_ENTRY', `There is no entry "${kind}:${key}"; it was never stored, has expired, or was invalidated`);
    return entry;
  }

  /** @throws Problem when a tier that may have the entry did not answer: that nothing was found then says nothing. */
  #assertAsked(before: readonly Pick<TierStats, 'errors'>[], key: string): void {
    for (const [at, { name, isUp, errors }] of this.#tiers().entries()) {
      if (isUp && errors === before[at]?.errors) continue;
      throw new Problem('ERR_TIER', `Whether there is an entry "${key}" is not known: tier "${name}" does not answer; try again`);
    }
  }

  async put(kind: string, key: string, { value, ttl, tags }: NewEntry): Promise<boolean> {
    const cache = this.#kind(kind);
    if (this.#filled.has(kind)) {
      const own = [...this.#kinds.keys()].filter((name) => !this.#filled.has(name));
      throw new Problem(
        'ERR_REQUEST',
        `Entries of kind "${kind}" come from the provider and are not written by others; use one of ${own.join(', ')}`,
      );
    }
    return cache.set(key, value, { ...(ttl === undefined ? {} : { ttl }), ...(tags === undefined ? {} : { tags }) });
  }

  async delete(kind: string, key: string): Promise<void> {
    await this.#kind(kind).delete(key);
  }

  #kind(name: string): KindCache<string, unknown> {
    const kind = this.#kinds.get(name);
    if (kind) return kind;
    const names = [...this.#kinds.keys()];
    throw new Problem(
      'ERR_UNKNOWN_KIND',
      `There is no kind "${name}"${didYouMean(name, names) || `; there are: ${names.join(', ')}; add kinds of your own to the configuration, under "kinds"`}`,
    );
  }
}

/** No entries, for when the cache is switched off: what was stored would be nowhere. */
export class NoEntries implements Entries {
  get(): Promise<never> {
    return this.#refuse();
  }

  put(): Promise<never> {
    return this.#refuse();
  }

  delete(): Promise<never> {
    return this.#refuse();
  }

  async #refuse(): Promise<never> {
    throw new Problem(
      'ERR_CACHE_DISABLED',
      'The cache is switched off, so no entries are kept; start the service without CACHE_ENABLED=false',
    );
  }
}
