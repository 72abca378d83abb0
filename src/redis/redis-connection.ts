import type { RedisArgument, RedisReply } from './redis-client.ts';

/** Hears how a connection fares. Its functions return at once and do not throw. */
export interface RedisListener {
  /** Commands go through, for the first time or again. */
  connected(): void;
  /** Commands do not go through, all or some of them. It may be told again as the reason changes. */
  disconnected(reason: string): void;
}

/**
 * A way to Redis, be it one server, a master found by Sentinels, or a cluster.
 *
 * It connects in the background, for ever. While there is no connection commands
 * are refused at once with a RedisDownError; none is kept for later, and none is
 * sent a second time, unless a cluster's node said that it did not take it.
 *
 * Commands go to a slot: what the keys of one slot have in common is that one
 * command may name several of them. Where there is no cluster all keys are of slot 0.
 */
export interface RedisConnection extends AsyncDisposable {
  /** Whether commands go through, as far as is known. */
  readonly isReady: boolean;
  /** Resolves when commands go through; it may never. */
  readonly ready: Promise<void>;
  /** How often a connection was made again after it was lost. */
  readonly reconnects: number;
  /** Whether there is more than one slot. */
  readonly isPartitioned: boolean;
  /** The slot of a key. */
  slotOf(key: string): number;
  /**
   * Sends a command to the node of `slot`. Commands to one slot are carried out
   * in the order they were sent in, as long as the slot stays where it is.
   *
   * The arguments are read when the event loop's present turn ends: until then
   * a list may grow, and must not change otherwise.
   */
  send(slot: number, args: readonly RedisArgument[]): Promise<RedisReply>;
  /** The keys that match a glob of Redis, in batches, from every master; a key may be told twice. */
  scan(glob: string, count: number): AsyncIterable<string[]>;
}

/** There is no connection to Redis, or to the node that has the key. */
export class RedisDownError extends Error {
  override readonly name = 'RedisDownError';
}

/** The word that a refusal of Redis begins with: `OOM`, `NOSCRIPT`, `MOVED`. */
export function refusalOf(error: unknown): string {
  return error instanceof Error ? (/^[A-Z]+/.exec(error.message)?.[0] ?? '') : '';
}
