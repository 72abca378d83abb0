import type { Cache } from '../cache/cache.ts';
import type { Explanation } from '../cache/explanation.ts';
import type { Selector } from '../cache/invalidation/selector.ts';
import type { Inspected } from './routes/inspection.ts';
import type { WireKeys } from './wire.ts';

/** Keys that are looked through for one page; of more, the first so many. */
const MOST_KEYS = 100_000;

/** A cache whose keys are told in pages. */
export class InspectedCache implements Inspected {
  readonly #cache: Pick<Cache, 'keys' | 'explain' | 'invalidate'>;

  constructor(cache: Pick<Cache, 'keys' | 'explain' | 'invalidate'>) {
    this.#cache = cache;
  }

  async keys(pattern: string, limit: number, after: string | undefined): Promise<WireKeys> {
    const all = await this.#cache.keys(pattern, MOST_KEYS);
    const rest = after === undefined ? all : all.filter((key) => key > after);
    const keys = rest.slice(0, limit);
    return { keys, cursor: rest.length > limit ? (keys.at(-1) ?? null) : null };
  }

  explain(key: string): Promise<Explanation> {
    return this.#cache.explain(key);
  }

  invalidate(selector: Selector): Promise<void> {
    return this.#cache.invalidate(selector);
  }
}
