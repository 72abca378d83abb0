import type { Cache } from '../cache/cache.ts';

/** Counts what tiers handed back and was not taken, by what was wrong with it. */
export class Refusals {
  readonly #byTier = new Map<string, Record<string, number>>();

  constructor(cache: Pick<Cache, 'on'>) {
    cache.on('tier', (event) => {
      if (event.what !== 'refused') return;
      const { tier, reason } = event;
      const counts = this.#byTier.get(tier) ?? {};
      counts[reason] = (counts[reason] ?? 0) + 1;
      this.#byTier.set(tier, counts);
    });
  }

  /** Of one tier, by reason. */
  of(tier: string): Readonly<Record<string, number>> {
    return this.#byTier.get(tier) ?? {};
  }
}
