import type { Cache } from '../cache/cache.ts';

/** How the cache tells of bytes it did not take: what was wrong, and under which key. */
const REASON = /^([a-z][a-z-]*) under /;

/** Counts what tiers handed back and was not taken, by what was wrong with it. */
export class Refusals {
  readonly #byTier = new Map<string, Record<string, number>>();

  constructor(cache: Pick<Cache, 'on'>) {
    cache.on('tier', ({ tier, call, reason }) => {
      const [, what] = call === 'open' ? (REASON.exec(reason) ?? []) : [];
      if (what === undefined) return;
      const counts = this.#byTier.get(tier) ?? {};
      counts[what] = (counts[what] ?? 0) + 1;
      this.#byTier.set(tier, counts);
    });
  }

  /** Of one tier, by reason. */
  of(tier: string): Readonly<Record<string, number>> {
    return this.#byTier.get(tier) ?? {};
  }
}
