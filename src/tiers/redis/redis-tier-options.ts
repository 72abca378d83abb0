import type { Size } from '../../entry/size.ts';
import { REDIS_OPTIONS, type RedisOptions } from '../../redis/redis-options.ts';
import type { Duration } from '../../time/duration.ts';

/** Which Redis entries are kept in, and how. */
export interface RedisTierOptions extends RedisOptions {
  /**
   * Stands before every key, so that a user of Redis can be held to it and
   * several applications can share a server. Braces in it must be a whole hash
   * tag, which then sends everything to one slot of a cluster.
   *
   * @default 'tiercel:'
   */
  readonly prefix?: string;
  /** How long a deleted key stays closed to older writes that arrive late. @default '5m' */
  readonly tombstoneFor?: Duration;
  /** Larger entries are not taken; at most 512 MB. @default '64mb' */
  readonly maxValueBytes?: Size;
  /** Is told what an operator should know. @default a warning of the process */
  readonly onWarning?: (warning: RedisWarning) => void;
}

/** The names of {@link RedisTierOptions}. */
export const REDIS_TIER_OPTIONS: Readonly<Record<keyof RedisTierOptions, true>> = {
  ...REDIS_OPTIONS,
  prefix: true,
  tombstoneFor: true,
  maxValueBytes: true,
  onWarning: true,
};

/** Something an operator should know of the way to Redis. */
export interface RedisWarning {
  /** `disconnected`: reads and writes are refused until it is `connected` again. */
  readonly kind: 'disconnected' | 'connected';
  readonly message: string;
}

/** How the way to Redis fares, and what came of what was asked, since the tier was made. */
export interface RedisStats {
  readonly isConnected: boolean;
  /** Connections that were lost and made again. */
  readonly reconnects: number;
  /** Writes that wait for their answer. */
  readonly pendingWrites: number;
  /** Calls of Redis to write that failed; each may have held many entries. */
  readonly writeErrors: number;
  readonly readErrors: number;
  /** Entries not taken: too long, or no envelope. */
  readonly refused: number;
  /** Large values that were gone, or not those that were meant. */
  readonly mismatched: number;
}
