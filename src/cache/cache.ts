import type { CacheEventName } from '../telemetry/events.ts';
import type { CacheListener } from '../telemetry/listeners.ts';
import type { CacheCore } from './cache-core.ts';
import type { Kinds } from './kind/kind.ts';
import type { Memory } from './memory.ts';
import { Namespace, type NamespaceOf, type NoKinds } from './namespace.ts';

/** A cache with its kinds as properties: `cache.quote.peek('AAPL')`. */
export type CacheOf<K extends Kinds> = Cache<K> & NamespaceOf<K>;

/**
 * A cache of many kinds of data, in memory and in the tiers beyond.
 *
 * It is the namespace it was created with, and the owner of what all
 * namespaces share: it hears what any of them tells, and closes them all.
 */
export class Cache<K extends Kinds = NoKinds> extends Namespace<K> implements AsyncDisposable {
  readonly #core: CacheCore;

  /** @internal Made by `createCache`. */
  constructor(core: CacheCore) {
    super(core);
    this.#core = core;
  }

  /** The memory that all namespaces share. */
  get memory(): Memory {
    return this.#core.memory;
  }

  /** Listens to an event of every namespace until the returned function is called. */
  override on<E extends CacheEventName>(event: E, listener: CacheListener<E>): () => void {
    return this.#core.telemetry.whole.on(event, listener);
  }

  /** Resolves when all that was written so far, in every namespace, is with the remote tiers, and told to the other processes, or has failed. */
  override flush(): Promise<void> {
    return this.#core.flushAll();
  }

  /** Ends every load, waits for writes, and closes the tiers, for all namespaces. Calls after it reject; closing again is no error. */
  close(): Promise<void> {
    return this.#core.close();
  }

  /** Closes the cache at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
