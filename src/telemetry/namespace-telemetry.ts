import type { CacheEventName, NamespaceEvent } from './events.ts';
import { type CacheListener, Listeners } from './listeners.ts';
import type { Telemetry } from './telemetry.ts';

/** What one namespace of a cache tells: to its own listeners, and to those of the whole. */
export class NamespaceTelemetry {
  /** The cache's name, in every event. */
  readonly cache: string;
  /** The namespace's whole name, in every event of its own. */
  readonly namespace: string;
  /** What the cache tells of all its namespaces. */
  readonly whole: Telemetry;
  readonly #listeners: Listeners;

  constructor(namespace: string, whole: Telemetry) {
    this.cache = whole.cache;
    this.namespace = namespace;
    this.whole = whole;
    this.#listeners = new Listeners(`namespace "${namespace}" of cache "${whole.cache}"`);
  }

  /** Whether anyone listens. */
  wants(name: CacheEventName): boolean {
    return this.#listeners.has(name) || this.whole.wantsPassed(name);
  }

  /** Tells what concerns this namespace. */
  tell<E extends CacheEventName>(name: E, event: NamespaceEvent<E>): void {
    this.#listeners.tell(name, event);
    this.whole.pass(name, event);
  }

  /** Listens to this namespace, and to what it shares with the others, until the returned function is called. */
  on<E extends CacheEventName>(name: E, listener: CacheListener<E>): () => void {
    const stops = [this.#listeners.add(name, listener), this.whole.onShared(name, listener)];
    return () => {
      for (const stop of stops) stop();
    };
  }
}
