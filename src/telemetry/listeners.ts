import type { CacheEventName, CacheEvents } from './events.ts';

/** Is told of one kind of event, on the turn it happens; it should be quick. */
export type CacheListener<E extends CacheEventName> = (event: CacheEvents[E]) => void;

type ByEvent = { readonly [E in CacheEventName]: Set<CacheListener<E>> };

/**
 * A listener may do what is told to listeners in turn, to itself among them. So deep within
 * each other none hears any more, or the stack would end in the midst of a write.
 */
const MAX_DEPTH = 32;

/** Who listens in one place, by event. */
export class Listeners {
  readonly #place: string;
  #depth = 0;
  readonly #byEvent: ByEvent = { remove: new Set(), load: new Set(), invalidate: new Set(), tier: new Set(), bus: new Set() };

  /** @param place in words, for warnings. */
  constructor(place: string) {
    this.#place = place;
  }

  has(name: CacheEventName): boolean {
    return this.#byEvent[name].size > 0;
  }

  /** Tells an event. A listener that throws is warned of, and hurts neither the cache nor the other listeners. */
  tell<E extends CacheEventName>(name: E, event: CacheEvents[E]): void {
    if (this.#depth === MAX_DEPTH) {
      process.emitWarning(
        `A listener for "${name}" of ${this.#place} did what it is told of, ${MAX_DEPTH} deep, and is not told of it`,
        'TiercelWarning',
      );
      return;
    }
    this.#depth += 1;
    for (const listener of this.#byEvent[name]) {
      try {
        listener(event);
      } catch (error) {
        process.emitWarning(`A listener for "${name}" of ${this.#place} threw: ${told(error)}`, 'TiercelWarning');
      }
    }
    this.#depth -= 1;
  }

  /** Lets a listener hear until the returned function is called. */
  add<E extends CacheEventName>(name: E, listener: CacheListener<E>): () => void {
    if (!Object.hasOwn(this.#byEvent, name) || typeof listener !== 'function') {
      throw new TypeError(
        `There is no event "${String(name)}" to listen to, or no listener; there are ${Object.keys(this.#byEvent).join(', ')}`,
      );
    }
    const own: CacheListener<E> = (event) => listener(event);
    this.#byEvent[name].add(own);
    return () => {
      this.#byEvent[name].delete(own);
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
