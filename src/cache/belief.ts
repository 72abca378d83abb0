import type { Version, VersionClock } from '../entry/version.ts';
import type { LocalTier } from '../tiers/local-tier.ts';

/**
 * How far what is near may be believed where others write too: memory, and the
 * tiers that the processes on the bus do not all share.
 */
export class Belief {
  readonly #local: LocalTier;
  readonly #versions: VersionClock;
  #until = Number.NEGATIVE_INFINITY;
  /** All news of what was asked for since this stamp have been heard. */
  #since = Number.POSITIVE_INFINITY;

  constructor(local: LocalTier, versions: VersionClock) {
    this.#local = local;
    this.#versions = versions;
  }

  /** Up to `until`, monotonic, all news have been heard. */
  believe(until: number): void {
    this.#until = until;
    this.#local.believe(until);
  }

  /** News were missed for good: what was taken in before `before`, monotonic, may be outdated. */
  distrust(before: number): void {
    this.#since = this.#versions.next();
    this.#local.distrust(before);
  }

  /** Whether a nearby tier's entry of this version is as new as any. */
  isBelieved(version: Version, now: number): boolean {
    return now < this.#until && version.stamp > this.#since;
  }
}
