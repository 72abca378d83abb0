import { compareVersions, type Version } from '../../entry/version.ts';

/** Keys are remembered up to this many; past it, every entry older than what was forgotten is not believed. */
const MAX_KEYS = 10_000;

/** Entries that a write is to remove from a tier: those that match, up to a version. */
export interface Sweep {
  readonly matches: (key: string) => boolean;
  readonly version: Version;
}

/**
 * What this process has written and a remote tier may not have taken yet: until
 * it has, entries there up to the written version are known to be outdated.
 */
export class WriteFences {
  readonly #keys = new Map<string, Version>();
  readonly #sweeps = new Set<Sweep>();
  #floor = 0;

  /** Entries under `key` up to `version` are outdated. */
  raise(key: string, version: Version): void {
    const known = this.#keys.get(key);
    if (known && compareVersions(known, version) >= 0) return;
    this.#keys.delete(key);
    this.#keys.set(key, version);
    if (this.#keys.size > MAX_KEYS) this.#forgetOldest();
  }

  /** The tier has taken what was written up to `version`. */
  lift(key: string, version: Version): void {
    const known = this.#keys.get(key);
    if (known && compareVersions(known, version) <= 0) this.#keys.delete(key);
  }

  raiseSweep(sweep: Sweep): void {
    this.#sweeps.add(sweep);
  }

  liftSweep(sweep: Sweep): void {
    this.#sweeps.delete(sweep);
  }

  /** Whether an entry that the tier has is known to be outdated. */
  stop(key: string, version: Version): boolean {
    if (version.stamp <= this.#floor) return true;
    const known = this.#keys.size > 0 ? this.#keys.get(key) : undefined;
    if (known && compareVersions(version, known) <= 0) return true;
    for (const sweep of this.#sweeps) {
      if (compareVersions(version, sweep.version) <= 0 && sweep.matches(key)) return true;
    }
    return false;
  }

  #forgetOldest(): void {
    for (const [key, { stamp }] of this.#keys) {
      this.#floor = Math.max(this.#floor, stamp);
      this.#keys.delete(key);
      return;
    }
  }
}
