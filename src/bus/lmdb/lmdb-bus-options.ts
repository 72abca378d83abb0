import type { Size } from '../../entry/size.ts';
import type { LmdbWarning } from '../../lmdb/lmdb-warning.ts';
import type { Clock } from '../../time/clock.ts';
import type { Duration } from '../../time/duration.ts';

/** How the processes of one host tell each other of changes. */
export interface LmdbBusOptions {
  /**
   * The folder of the log, made if it is not there; it may be that of the tier.
   * All processes of the host that name the same folder and channel hear each
   * other; it must be on a local disk.
   *
   * @default '.tiercel'
   */
  readonly path?: string;
  /** Who is to hear each other: up to 64 letters, digits, "_", "-", ".". @default 'tiercel' */
  readonly channel?: string;
  /** How long messages stay in the log, for processes that missed some. @default '10m' */
  readonly keepFor?: Duration;
  /** The bytes that the log of the channel may take; of more, the oldest go. A message may take a quarter of it, and no more than 1 MB. @default '16mb' */
  readonly maxBytes?: Size;
  /** A message that is not in the log within this is told lost; it may get there yet. @default '250ms' */
  readonly deadline?: Duration;
  /** Is told what an operator should know. @default a warning of the process */
  readonly onWarning?: (warning: LmdbWarning) => void;
  /** @default systemClock */
  readonly clock?: Clock;
  /** From 0 up to 1. @default chance */
  readonly random?: () => number;
}

/** The names of the options. */
export const LMDB_BUS_OPTIONS: Readonly<Record<keyof LmdbBusOptions, true>> = {
  path: true,
  channel: true,
  keepFor: true,
  maxBytes: true,
  deadline: true,
  onWarning: true,
  clock: true,
  random: true,
};

/** What the log of a channel holds, and what this bus did since it was made. */
export interface LmdbBusStats {
  readonly isConnected: boolean;
  /** Whether it hears of news at once; where the system has no file watches left, it looks ten times a second. */
  readonly isPrompt: boolean;
  /** Messages in the log. */
  readonly logged: number;
  readonly loggedBytes: number;
  /** Messages and beats that wait, or are under way. */
  readonly pendingWrites: number;
  /** Batches of messages that failed. */
  readonly writeErrors: number;
  /** How often messages left the log before this bus had told them: the process was busy for too long, or the log is too small. */
  readonly overruns: number;
  /** Messages removed by this process, as too old or too many. */
  readonly swept: number;
  readonly quarantined: number;
  readonly reopened: number;
}
