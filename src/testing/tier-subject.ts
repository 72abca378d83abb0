import type { RemoteTier } from '../tiers/remote-tier.ts';

/** The parts of a test runner that a suite needs: those of vitest, `node:test`, jest, mocha. */
export interface SuiteRunner {
  /** Groups tests. */
  describe(name: string, define: () => void): void;
  /** Defines a test. */
  test(name: string, run: () => Promise<void>): void;
}

/** A tier to be tested, alone in its store, and the time it lives in. */
export interface TierSubject {
  readonly tier: RemoteTier;
  /** The wall clock as the tier sees it, in milliseconds. */
  now(): number;
  /** Lets so many milliseconds go by for the tier. */
  pass(ms: number): Promise<void>;
}

/** Makes a tier with an empty store, whose tombstones stand for `TOMBSTONE_MS`, 400 ms. */
export type TierFactory = () => TierSubject | Promise<TierSubject>;

/** How long a tombstone stands in the tiers that a suite tests. */
export const TOMBSTONE_MS = 400;

/** Longer than any of a suite's entries and tombstones live that are to die. */
export const LONG_MS: number = 2 * TOMBSTONE_MS;

/** Runs a test with a tier of its own, closed afterwards. */
export type TierTest = (name: string, run: (subject: TierSubject) => Promise<void>) => void;
