import { compareVersions, type Version } from '../../entry/version.ts';

/** Entries that a write is to remove from a tier: those that match, up to a version. */
export interface Sweep {
  readonly matches: (key: string) => boolean;
  readonly version: Version;
}

/**
 * What this process has written and a remote tier may not have taken yet: until
 * it has, entries there up to the written version are known to be outdated.
 * There are as many as writes under way, and those that wait in the outbox.
 */
export class WriteFences {
  readonly #keys = new Map<string, Version>();
  readonly #sweeps = new Set<Sweep>();
  /** Everything up to this stamp is taken for outdated, for what was written since was given up. */
  #floor = 0;

  /** Entries under `key` up to `version` are outdated. */
  raise(key: string, version: Version): void {
    const known = this.#keys.get(key);
    if (!known || compareVersions(known, version) < 0) this.#keys.set(key, version);
  }

  /** The tier has taken what was written up to `version`. */
  lift(key: string, version: Version): void {
    const known = this.#keys.get(key);
    if (known && compareVersions(known, version) <= 0) this.#keys.delete(key);
  }

  /** What was written under `key` will never be with the tier: what it has is no longer believed. */
  giveUp(key: string, version: Version): void {
    this.lift(key, version);
    this.#floor = Math.max(this.#floor, version.stamp);
  }

  raiseSweep(sweep: Sweep): void {
    this.#sweeps.add(sweep);
  }

  liftSweep(sweep: Sweep): void {
    this.#sweeps.delete(sweep);
  }

  giveUpSweep(sweep: Sweep): void {
    this.#sweeps.delete(sweep);
    this.#floor = Math.max(this.#floor, sweep.version.stamp);
  }

  /** Whether a write under `key` may not be with the tier yet. */
  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** The keys of writes that may not be with the tier yet, of those that match. */
  keys(matches: (key: string) => boolean): string[] {
    return [...this.#keys.keys()].filter(matches);
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
}
