import type { Cache } from '../cache/cache.ts';
import type { Selector } from '../cache/invalidation/selector.ts';
import { Problem } from './problem.ts';
import type { Inspected } from './routes/inspection.ts';
import type { WireExplanation, WireKeys } from './wire.ts';

/** Keys that are looked through for one page; of more, the first so many. */
const MOST_KEYS = 100_000;

/** A cache whose keys are told in pages. */
export class InspectedCache implements Inspected {
  readonly #cache: Pick<Cache, 'keys' | 'explain' | 'invalidate' | 'kinds'>;
  readonly #now: () => number;

  constructor(cache: Pick<Cache, 'keys' | 'explain' | 'invalidate' | 'kinds'>, now: () => number) {
    this.#cache = cache;
    this.#now = now;
  }

  async keys(pattern: string, limit: number, after: string | undefined): Promise<WireKeys> {
    const all = await this.#cache.keys(pattern, MOST_KEYS);
    const rest = after === undefined ? all : all.filter((key) => key > after);
    const keys = rest.slice(0, limit);
    return { keys, cursor: rest.length > limit ? (keys.at(-1) ?? null) : null };
  }

  async explain(key: string): Promise<WireExplanation> {
    this.#assertKinds([key]);
    return { at: this.#now(), ...(await this.#cache.explain(key)) };
  }

  async invalidate(selector: Selector): Promise<void> {
    if ('key' in selector) this.#assertKinds([selector.key]);
    if ('keys' in selector) this.#assertKinds(selector.keys);
    await this.#cache.invalidate(selector);
  }

  /** A key of no kind leads nowhere here; whoever forgot the kind is told so. */
  #assertKinds(keys: readonly string[]): void {
    for (const key of keys) {
      if (this.#cache.kinds.has(key.slice(0, Math.max(0, key.indexOf(':'))))) continue;
      const names = [...this.#cache.kinds.keys()].join(', ');
      throw new Problem('ERR_UNKNOWN_KIND', `"${key}" begins with no kind; write KIND:KEY, such as quote:AAPL, with one of ${names}`);
    }
  }
}
