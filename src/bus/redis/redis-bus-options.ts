import { REDIS_OPTIONS, type RedisOptions } from '../../redis/redis-options.ts';
import type { Duration } from '../../time/duration.ts';

/** Which Redis messages go over, and what it keeps of them. */
export interface RedisBusOptions extends RedisOptions {
  /** Processes hear each other when they name the same channel: 1 to 64 letters, digits, "_", "-", ".". @default 'tiercel' */
  readonly channel?: string;
  /** Stands before every key, so that a user of Redis can be held to it; it may be that of the tier. @default 'tiercel:' */
  readonly prefix?: string;
  /**
   * How long messages stay in the log, for processes that missed some. No entry
   * may stay in memory longer than that, for whoever was away longer has to drop
   * what it has.
   *
   * @default '1h'
   */
  readonly keepFor?: Duration;
  /** The log holds about so many messages at most; of more, the oldest go. @default 100_000 */
  readonly maxMessages?: number;
  /** How long Redis may take to confirm a message. @default '250ms' */
  readonly deadline?: Duration;
  /** Is told what an operator should know. @default a warning of the process */
  readonly onWarning?: (warning: RedisBusWarning) => void;
}

/** The names of {@link RedisBusOptions}. */
export const REDIS_BUS_OPTIONS: Readonly<Record<keyof RedisBusOptions, true>> = {
  ...REDIS_OPTIONS,
  channel: true,
  prefix: true,
  keepFor: true,
  maxMessages: true,
  deadline: true,
  onWarning: true,
};

/** Something an operator should know of a bus over Redis. */
export interface RedisBusWarning {
  /**
   * `refused`: Redis answers, and does not do what is asked: no right to it, no memory left, a replica.
   * `log-lost`: the log was deleted, flushed or evicted, so what was missed cannot be told again.
   */
  readonly kind: 'refused' | 'log-lost';
  readonly message: string;
}

/** How a bus over Redis fares, and what it did since it was made. */
export interface RedisBusStats {
  readonly isConnected: boolean;
  /** Connections that were lost and made again. */
  readonly reconnects: number;
  /** What was sent and has no answer. */
  readonly unconfirmedBytes: number;
  /** How often the log was found made anew. */
  readonly logsLost: number;
}
