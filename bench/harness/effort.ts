/** How hard a run tries. */
export interface Effort {
  /** Rounds of a scenario at most; each subject has a process of its own in each round. */
  readonly maxRounds: number;
  /** Milliseconds of the same work before anything is measured. */
  readonly warmUpMs: number;
  /** Milliseconds of a slice at least; the median of the slices is what a round tells. */
  readonly sliceMs: number;
  readonly slices: number;
  /** The share of entries that scenarios use. */
  readonly scale: number;
  /** Processes at a time: more than one disturb each other. */
  readonly processes: number;
}

/** What the page is made of. */
export const THOROUGH: Effort = { maxRounds: 100, warmUpMs: 120, sliceMs: 40, slices: 4, scale: 1, processes: 1 };

/** Whether everything still runs; the numbers mean nothing. */
export const QUICK: Effort = { maxRounds: 1, warmUpMs: 2, sliceMs: 2, slices: 1, scale: 0.01, processes: 2 };
