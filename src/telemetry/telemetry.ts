import { type Channel, channel } from 'node:diagnostics_channel';
import type { CacheEventName, CacheEvents } from './events.ts';

/** Is told of one kind of event, on the turn it happens; it should be quick. */
export type CacheListener<E extends CacheEventName> = (event: CacheEvents[E]) => void;

/** The channels of `node:diagnostics_channel` that every cache of the process publishes on, too. */
export const CHANNELS: Readonly<Record<CacheEventName, Channel>> = {
  remove: channel('tiercel:remove'),
  load: channel('tiercel:load'),
  invalidate: channel('tiercel:invalidate'),
  tier: channel('tiercel:tier'),
  bus: channel('tiercel:bus'),
};

type Listeners = { [E in CacheEventName]: Set<CacheListener<E>> };

/**
 * What a cache tells the outside, and the only way it does: to its own
 * listeners and to the process's channels. Whoever tells asks first whether
 * anyone listens, so that nothing is built for nobody.
 */
export class Telemetry {
  /** The cache's name, in every event. */
  readonly cache: string;
  readonly #listeners: Listeners = { remove: new Set(), load: new Set(), invalidate: new Set(), tier: new Set(), bus: new Set() };

  constructor(cache: string) {
    this.cache = cache;
  }

  /** Whether anyone listens. */
  wants(name: CacheEventName): boolean {
    return this.#listeners[name].size > 0 || CHANNELS[name].hasSubscribers;
  }

  /** Tells an event. A listener that throws is warned of, and hurts neither the cache nor the other listeners. */
  tell<E extends CacheEventName>(name: E, event: CacheEvents[E]): void {
    for (const listener of this.#listeners[name]) {
      try {
        listener(event);
      } catch (error) {
        process.emitWarning(`A listener for "${name}" of cache "${this.cache}" threw: ${told(error)}`, 'TiercelWarning');
      }
    }
    if (CHANNELS[name].hasSubscribers) CHANNELS[name].publish(event);
  }

  /** Listens until the returned function is called. */
  on<E extends CacheEventName>(name: E, listener: CacheListener<E>): () => void {
    if (!Object.hasOwn(CHANNELS, name) || typeof listener !== 'function') {
      throw new TypeError(
        `There is no event "${String(name)}" to listen to, or no listener; there are ${Object.keys(CHANNELS).join(', ')}`,
      );
    }
    const own: CacheListener<E> = (event) => listener(event);
    this.#listeners[name].add(own);
    return () => {
      this.#listeners[name].delete(own);
    };
  }
}

function told(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'something without text';
  }
}
