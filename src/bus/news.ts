import type { Notice } from './notice.ts';

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
  /** Tells others. Never throws, and waits for nobody. */
  tell(notice: Notice): void;
  /** Resolves when all that was told so far is with the bus, or cannot be now. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
