import { compareVersions, type Version } from '../../entry/version.ts';
import type { Sweep } from './sweep.ts';

/** What others wrote and the tier may not have taken is remembered of so many keys; past it, all that is older is doubted. */
const MAX_HEARD_KEYS = 10_000;
/** The same of patterns. */
const MAX_HEARD_SWEEPS = 100;

/**
 * What this process has written and a remote tier may not have taken yet: until
 * it has, entries there up to the written version are known to be outdated.
 * There are as many as writes under way, and those that wait in the outbox.
 */
export class WriteFences {
  readonly #keys = new Map<string, Version>();
  readonly #sweeps = new Set<Sweep>();
  /** What other processes have written, and said that the tier may not have taken. */
  readonly #heard = new Map<string, Version>();
  readonly #heardSweeps: Sweep[] = [];
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

  /** Entries under `key` up to `version` are outdated, says another process, until the tier shows a newer one. */
  hear(key: string, version: Version): void {
    const known = this.#heard.get(key);
    if (known && compareVersions(known, version) >= 0) return;
    this.#heard.delete(key);
    this.#heard.set(key, version);
    if (this.#heard.size <= MAX_HEARD_KEYS) return;
    for (const [oldest, { stamp }] of this.#heard) {
      this.#heard.delete(oldest);
      this.#floor = Math.max(this.#floor, stamp);
      return;
    }
  }

  hearSweep(sweep: Sweep): void {
    this.#heardSweeps.push(sweep);
    if (this.#heardSweeps.length <= MAX_HEARD_SWEEPS) return;
    this.#floor = Math.max(this.#floor, this.#heardSweeps.shift()?.version.stamp ?? 0);
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
    const isSwept = ({ version: upTo, matches }: Sweep): boolean => compareVersions(version, upTo) <= 0 && matches(key);
    for (const sweep of this.#sweeps) {
      if (isSwept(sweep)) return true;
    }
    return this.#isDoubted(key, version) || this.#heardSweeps.some(isSwept);
  }

  #isDoubted(key: string, version: Version): boolean {
    const heard = this.#heard.size > 0 ? this.#heard.get(key) : undefined;
    if (!heard) return false;
    if (compareVersions(version, heard) <= 0) return true;
    // The tier has taken something newer: the doubt is over.
    this.#heard.delete(key);
    return false;
  }
}
