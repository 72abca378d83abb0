/**
 * The sole right to load a key, lent for a while to one of many processes:
 * what makes a load single-flight across a fleet.
 *
 * A lease is a courtesy and no lock: it may be lost with its store, and whoever
 * cannot get one may load all the same. Keys are full keys, and stand apart
 * from those of entries.
 */
export interface Leases {
  /**
   * Takes the leases of `keys` for `holder`, each unless another has it. Tells
   * in order how many milliseconds are left of the other's lease: 0 where
   * `holder` has it now, for `ttlMs`. Who has a lease already keeps it and gets a new term.
   */
  acquire(keys: readonly string[], holder: string, ttlMs: number): Promise<number[]>;

  /** Gives up the leases of `keys` that `holder` has; those it has not are left alone. */
  release(keys: readonly string[], holder: string): Promise<void>;
}
