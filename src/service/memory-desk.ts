import type { Cache } from '../cache/cache.ts';
import type { Memory } from '../cache/memory.ts';
import type { InspectedMemory } from './routes/memory.ts';
import type { WireMemory, WireMemoryChange } from './wire.ts';

/** Tells what a cache's memory holds and what left it, and changes it while it is in use. */
export class MemoryDesk implements InspectedMemory {
  readonly #cache: Pick<Cache, 'stats' | 'memory'>;
  readonly #now: () => number;

  constructor(cache: Pick<Cache, 'stats' | 'memory'>, now: () => number) {
    this.#cache = cache;
    this.#now = now;
  }

  state(limit: number): WireMemory {
    const { kinds, memory } = this.#cache.stats();
    return {
      at: this.#now(),
      usage: memory,
      kinds: Object.entries(kinds).flatMap(([name, { entries, evictions }]) => (name === '' ? [] : [{ name, entries, evictions }])),
      evictions: this.#cache.memory.evictions(limit),
    };
  }

  resize(change: WireMemoryChange): void {
    // It comes from outside, and is checked where it is used.
    this.#cache.memory.resize(change as Parameters<Memory['resize']>[0]);
  }
}
