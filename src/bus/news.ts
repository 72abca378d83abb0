import type { OutboundCounts } from './link/outbound-counts.ts';
import type { Notice } from './notice.ts';

/** `starting`: not in step yet. `live`: proven to have heard all. `suspect`: news may be missing. */
export type BusState = 'starting' | 'live' | 'suspect' | 'closed';

/** Why who has just connected is not in step yet: it waits for the signs of life of the others, and nothing is wrong. */
export const JOINING = 'listening for the other processes';

/** What went over a bus, and how it stands. */
export interface BusStats extends Readonly<OutboundCounts> {
  readonly name: string;
  readonly state: BusState;
  /** Why it is not live; empty when it is. */
  readonly reason: string;
  /** Other processes that take part. */
  readonly peers: number;
  /** Notices that wait to be sent. */
  readonly waiting: number;
  readonly received: number;
  /** Messages that were heard before. */
  readonly repeated: number;
  /** Messages that were none: damaged, or of a form unknown here. */
  readonly refused: number;
  /** Times when something told was not heard, or the connection was lost. */
  readonly gaps: number;
  /** Of these, those that the bus's log filled. */
  readonly replays: number;
  /** Times when memory was made stale, for what was missed could not be had. */
  readonly distrusts: number;
  /** Milliseconds that the last beat took to come back; -1 before the first. */
  readonly lagMs: number;
}

/** Hears what the other processes did, and how far memory may be believed because of it. */
export interface NewsListener {
  /** Others did this. It may be told twice, late, or out of order. */
  told(notices: readonly Notice[]): void;
  /** Up to `until`, monotonic, memory may be believed. */
  believe(until: number): void;
  /** News were missed for good: what was taken in before `before`, monotonic, may be outdated. */
  distrust(before: number): void;
}

/** Tells the other processes what this one did, and hears from them. */
export interface News {
  /** Whether all that the others told so far has been heard, as far as can be proven. */
  readonly isLive: boolean;
  readonly stats: BusStats;
  /** Tells others. Never throws, and waits for nobody. */
  tell(notice: Notice): void;
  /** Resolves when all that was told so far is with the bus, or cannot be now. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
