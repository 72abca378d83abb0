import type { CacheStats } from '../cache/stats.ts';

type TierStats = CacheStats['tiers'][number];

/**
 * Whether each tier answers, by what became of what was asked of it since the
 * last look: a tier that only failed is down, one that answered is up, and one
 * that was not asked is as it was.
 */
export class TierHealth {
  readonly #last = new Map<string, { readonly answered: number; readonly failed: number }>();
  readonly #down = new Set<string>();

  /** Looks at what happened since the last look; to be called once a second. */
  look(tiers: readonly TierStats[]): void {
    for (const { name, hits, misses, errors, writes, writeErrors } of tiers) {
      const now = { answered: hits + misses + writes - writeErrors, failed: errors + writeErrors };
      const before = this.#last.get(name) ?? { answered: 0, failed: 0 };
      if (now.answered > before.answered) this.#down.delete(name);
      else if (now.failed > before.failed) this.#down.add(name);
      this.#last.set(name, now);
    }
  }

  isUp(tier: string): boolean {
    return !this.#down.has(tier);
  }

  /** The tiers that are down. */
  get down(): readonly string[] {
    return [...this.#down];
  }
}
