import type { Cache } from '../cache/cache.ts';
import type { Memory } from '../cache/memory.ts';
import { HOUR } from '../time/duration.ts';
import type { InspectedMemory } from './routes/memory.ts';
import type { WireMemory, WireMemoryChange } from './wire.ts';

const COMPARE_EVERY_MS = HOUR;

/** Tells what a cache's memory holds and what left it, and changes it while it is in use. */
export class MemoryDesk implements InspectedMemory {
  readonly #cache: Pick<Cache, 'stats' | 'memory'>;
  readonly #now: () => number;
  /** Policies are compared anew from then on. */
  #compareAt = 0;

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
      curve: this.#cache.memory.curve() ?? null,
      curves: Object.fromEntries(
        Object.keys(kinds).flatMap((name) => {
          const curve = name === '' ? undefined : this.#cache.memory.curve(name);
          return curve ? [[name, curve]] : [];
        }),
      ),
      comparison: this.#cache.memory.comparison() ?? null,
    };
  }

  /** To be called now and then: has policies compared, each hour anew. */
  note(): void {
    const now = this.#now();
    if (now < this.#compareAt) return;
    const isRunning = this.#cache.memory.comparison()?.isOver === false;
    if (isRunning || this.#cache.memory.compare()) this.#compareAt = now + COMPARE_EVERY_MS;
  }

  resize(change: WireMemoryChange): void {
    // It comes from outside, and is checked where it is used.
    this.#cache.memory.resize(change as Parameters<Memory['resize']>[0]);
  }
}
