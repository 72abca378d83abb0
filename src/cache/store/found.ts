import type { Entry } from '../../entry/entry.ts';

/** An entry found in a remote tier, its instants on the monotonic clock. */
export interface Found<V> {
  readonly entry: Entry<V>;
  readonly tier: string;
}

/** What became of an entry sent to all tiers: they have it, one refused it for a newer one, or one failed and may not have it. */
export type StoredAs = 'stored' | 'outdated' | 'missed';
