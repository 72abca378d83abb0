import { type Channel, channel } from 'node:diagnostics_channel';
import type { CacheEventName, CacheEvents, SharedEvent } from './events.ts';
import { type CacheListener, Listeners } from './listeners.ts';

/** The channels of `node:diagnostics_channel` that every cache of the process publishes on, too. */
export const CHANNELS: Readonly<Record<CacheEventName, Channel>> = {
  remove: channel('tiercel:remove'),
  load: channel('tiercel:load'),
  invalidate: channel('tiercel:invalidate'),
  tier: channel('tiercel:tier'),
  bus: channel('tiercel:bus'),
};

/**
 * What a cache tells the outside, and the only way it does: to its own
 * listeners and to the process's channels. Whoever tells asks first whether
 * anyone listens, so that nothing is built for nobody.
 */
export class Telemetry {
  /** The cache's name, in every event. */
  readonly cache: string;
  readonly #listeners: Listeners;
  /** Those of namespaces, which hear here what all namespaces share. */
  readonly #inNamespaces: Listeners;

  constructor(cache: string) {
    this.cache = cache;
    this.#listeners = new Listeners(`cache "${cache}"`);
    this.#inNamespaces = new Listeners(`a namespace of cache "${cache}"`);
  }

  /** Whether anyone listens to what all namespaces share. */
  wants(name: CacheEventName): boolean {
    return this.#inNamespaces.has(name) || this.wantsPassed(name);
  }

  /** Tells what concerns all namespaces. */
  tell<E extends CacheEventName>(name: E, event: SharedEvent<E>): void {
    this.#inNamespaces.tell(name, event);
    this.pass(name, event);
  }

  /** Whether anyone listens to every namespace. */
  wantsPassed(name: CacheEventName): boolean {
    return this.#listeners.has(name) || CHANNELS[name].hasSubscribers;
  }

  /** Tells those who listen to every namespace. */
  pass<E extends CacheEventName>(name: E, event: CacheEvents[E]): void {
    this.#listeners.tell(name, event);
    if (CHANNELS[name].hasSubscribers) CHANNELS[name].publish(event);
  }

  /** Listens to every namespace until the returned function is called. */
  on<E extends CacheEventName>(name: E, listener: CacheListener<E>): () => void {
    return this.#listeners.add(name, listener);
  }

  /** Listens to what all namespaces share, and to nothing else. */
  onShared<E extends CacheEventName>(name: E, listener: CacheListener<E>): () => void {
    return this.#inNamespaces.add(name, listener);
  }
}
