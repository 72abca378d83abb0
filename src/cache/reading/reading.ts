import type { Entry } from '../../entry/entry.ts';

/** How a read was answered. */
export type Outcome = 'hit' | 'stale' | 'refreshed' | 'miss';

/** The answer to a read: an entry, on the monotonic clock, and where it came from. */
export interface Reading<V> {
  readonly entry: Entry<V>;
  readonly outcome: Outcome;
  /** `memory`, the name of a remote tier, or `source`. */
  readonly tier: string;
}
