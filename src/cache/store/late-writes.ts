import { compareVersions, type Version } from '../../entry/version.ts';
import type { Sweep } from './sweep.ts';

/** A load that began before a sweep may bring its value to a tier for so long after it: past the deadline of most. */
const LATE_MS = 60_000;
/** Sweeps are remembered up to this many; the oldest are forgotten first, for they are the likeliest to be over. */
const MAX_SWEEPS = 100;

/**
 * Keeps out what a sweep could not find because it came to the tier after it: a
 * tier keeps no mark of a pattern, so a load of another process that began
 * before the sweep, and ended after it, would be believed.
 */
export class LateWrites {
  readonly #sweeps: { readonly sweep: Sweep; readonly endsAt: number }[] = [];

  /** What matches up to the sweep's version is late from now on. */
  add(sweep: Sweep, now: number): void {
    this.#sweeps.push({ sweep, endsAt: now + LATE_MS });
    while (this.#sweeps.length > MAX_SWEEPS || (this.#sweeps[0]?.endsAt ?? now) < now) this.#sweeps.shift();
  }

  /** Whether an entry that a tier has came too late. */
  has(key: string, version: Version): boolean {
    return this.#sweeps.some(({ sweep }) => compareVersions(version, sweep.version) <= 0 && sweep.matches(key));
  }
}
