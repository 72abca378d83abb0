import type { EvictionReason, PolicyName } from '../policy/eviction-policy.ts';

/**
 * Why room was needed: too many entries, too many bytes, a part of memory above its
 * share, or a process with too little memory left.
 */
export type EvictionNeed = 'entries' | 'bytes' | 'share' | 'pressure';

/** An entry that left memory because there was no room for it. */
export interface Eviction {
  /** When it left, epoch ms. */
  readonly at: number;
  readonly namespace: string;
  /** Empty for a plain key. */
  readonly kind: string;
  /** The argument within its kind. */
  readonly key: string;
  readonly policy: PolicyName;
  readonly reason: EvictionReason;
  readonly need: EvictionNeed;
  /** How old it was: from when its source was asked. */
  readonly ageMs: number;
  /** What it weighed. */
  readonly bytes: number;
}

/** Upper ends of the ranges that ages are counted in; the last has none. */
const AGES_MS: readonly number[] = [1e3, 1e4, 6e4, 6e5, 3.6e6, 8.64e7];

/** How many entries left for room, why, under which policy, and of what age. */
export interface EvictionStats {
  readonly byReason: Readonly<Record<EvictionReason, number>>;
  readonly byNeed: Readonly<Record<EvictionNeed, number>>;
  readonly byPolicy: Readonly<Partial<Record<PolicyName, number>>>;
  /** Of up to 1 s, 10 s, 1 min, 10 min, 1 h, 1 day, and of more. */
  readonly byAge: readonly number[];
  /** The ages of all, in sum. */
  readonly ageMs: number;
}

/** How many entries of a kind left for room, and of what age. */
export class EvictionCounters implements EvictionStats {
  readonly byReason: Record<EvictionReason, number> = { oldest: 0, idle: 0, rare: 0, 'not-admitted': 0 };
  readonly byNeed: Record<EvictionNeed, number> = { entries: 0, bytes: 0, share: 0, pressure: 0 };
  readonly byPolicy: Partial<Record<PolicyName, number>> = {};
  /** Of up to 1 s, 10 s, 1 min, 10 min, 1 h, 1 day, and of more. */
  readonly byAge: number[] = [...AGES_MS, 0].fill(0);
  /** The ages of all, in sum. */
  ageMs = 0;

  /** Counts one more. */
  count(policy: PolicyName, reason: EvictionReason, need: EvictionNeed, ageMs: number): void {
    this.byReason[reason] += 1;
    this.byNeed[need] += 1;
    this.byPolicy[policy] = (this.byPolicy[policy] ?? 0) + 1;
    let range = 0;
    for (const endMs of AGES_MS) if (ageMs > endMs) range += 1;
    this.byAge[range] = (this.byAge[range] ?? 0) + 1;
    this.ageMs += ageMs;
  }

  /** Adds what another has counted. */
  add(other: EvictionStats): void {
    for (const name of ['byReason', 'byNeed', 'byPolicy'] as const) {
      const sums: Record<string, number> = this[name];
      for (const [what, count] of Object.entries(other[name])) sums[what] = (sums[what] ?? 0) + count;
    }
    for (const [at, count] of other.byAge.entries()) this.byAge[at] = (this.byAge[at] ?? 0) + count;
    this.ageMs += other.ageMs;
  }
}
