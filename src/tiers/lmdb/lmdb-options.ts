import type { Size } from '../../entry/size.ts';
import type { LmdbWarning } from '../../lmdb/lmdb-warning.ts';
import type { Clock } from '../../time/clock.ts';
import type { Duration } from '../../time/duration.ts';

/** How entries are kept on the host's disk. */
export interface LmdbOptions {
  /**
   * The folder of the store, made if it is not there. All processes of the host
   * that name the same folder share its entries; it must be on a local disk.
   *
   * @default '.tiercel'
   */
  readonly path?: string;
  /**
   * The bytes that entries may take. From nine tenths of it on, entries are
   * dropped, those that die soonest first, until a fifth is free. The file may be
   * larger by what was freed and not yet used again.
   *
   * @default '1gb'
   */
  readonly maxBytes?: Size;
  /** How long a deleted key stays closed to older writes that arrive late. @default '5m' */
  readonly tombstoneFor?: Duration;
  /** Is told what an operator should know. @default a warning of the process */
  readonly onWarning?: (warning: LmdbWarning) => void;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** The names of the options. */
export const LMDB_OPTIONS: Readonly<Record<keyof LmdbOptions, true>> = {
  path: true,
  maxBytes: true,
  tombstoneFor: true,
  onWarning: true,
  clock: true,
};

/** What a store holds, and what it did since it was opened by this tier. */
export interface LmdbStats {
  readonly isOpen: boolean;
  /** Tombstones, leases, and what is dead and not yet swept, included. */
  readonly entries: number;
  readonly bytes: number;
  readonly fileBytes: number;
  readonly maxBytes: number;
  /** Writes that wait, or are under way. */
  readonly pendingWrites: number;
  /** Batches of writes that failed. */
  readonly writeErrors: number;
  readonly readErrors: number;
  /** Entries not taken: too long, or no envelope. */
  readonly refused: number;
  /** Removed after their end, by this process. */
  readonly swept: number;
  /** Dropped alive for room, by this process. */
  readonly dropped: number;
  readonly quarantined: number;
  readonly reopened: number;
}
