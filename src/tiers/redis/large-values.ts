import type { SealedEntry } from '../../entry/entry.ts';
import type { Version } from '../../entry/version.ts';
import { withDeadline } from '../../guard/deadline.ts';
import { openRedis } from '../../redis/open-redis.ts';
import type { RedisArgument, RedisReply } from '../../redis/redis-client.ts';
import { type RedisConnection, RedisDownError } from '../../redis/redis-connection.ts';
import type { RedisSetting } from '../../redis/redis-options.ts';
import { isStubOf, type RedisLayout, versionIn } from './redis-layout.ts';

/** Envelopes longer than this go over a connection of their own. */
export const LARGE_VALUE_BYTES: number = 1_024 * 1_024;

/** A large value may take so long to come or go before the connection is taken for dead. */
const BULK_PATIENCE_MS = 15_000;

/** So many large values may be on their way; further ones are refused. */
const MAX_UNDER_WAY = 64;

const QUIET = { connected: (): void => {}, disconnected: (): void => {} };

/**
 * The large values of a tier, over a connection that is made when the first of
 * them comes: no small one waits behind them.
 *
 * Each stands under a key that names its version, so it is written without
 * condition, and what is under the key is all of it or nothing.
 */
export class LargeValues implements AsyncDisposable {
  readonly #setting: RedisSetting;
  readonly #layout: RedisLayout;
  #connection: RedisConnection | undefined;
  #underWay = 0;

  constructor(setting: RedisSetting, layout: RedisLayout) {
    this.#setting = setting;
    this.#layout = layout;
  }

  async write({ key, version }: SealedEntry, bytes: Buffer, expiry: string | undefined): Promise<void> {
    const end = expiry === undefined ? [] : ['PX', expiry];
    await this.#send(key, version, (redisKey) => ['SET', redisKey, bytes, ...end]);
  }

  /** The envelope that a stub stands for; `undefined` when it is not there, or is another. */
  async read(key: string, stub: Buffer): Promise<Buffer | undefined> {
    const bytes = await this.#send(key, versionIn(stub), (redisKey) => ['GET', redisKey]);
    return bytes instanceof Buffer && isStubOf(stub, bytes) ? bytes : undefined;
  }

  /** Frees what nothing stands for any more. It has an end of its own, should this fail. */
  remove(key: string, version: Version): void {
    this.#send(key, version, (redisKey) => ['UNLINK', redisKey]).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection?.[Symbol.asyncDispose]();
  }

  async #send(key: string, version: Version, command: (redisKey: string) => readonly RedisArgument[]): Promise<RedisReply> {
    if (this.#underWay >= MAX_UNDER_WAY) throw new Error(`${MAX_UNDER_WAY} large values are on their way already; ask for fewer at once`);
    this.#underWay += 1;
    try {
      const { connectMs, clock } = this.#setting;
      this.#connection ??= openRedis(this.#setting, QUIET, BULK_PATIENCE_MS);
      const connection = this.#connection;
      if (!connection.isReady) {
        const late = (): Error => new RedisDownError(`Redis gave no connection for large values within ${connectMs} ms`);
        await withDeadline(connection.ready, connectMs, clock, late);
      }
      const redisKey = this.#layout.largeKey(key, version);
      return await connection.send(connection.slotOf(redisKey), command(redisKey));
    } finally {
      this.#underWay -= 1;
    }
  }
}
