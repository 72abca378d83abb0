import { createHash } from 'node:crypto';
import type { RedisArgument, RedisReply } from './redis-client.ts';
import { type RedisConnection, refusalOf } from './redis-connection.ts';

/** A Lua program that runs where the keys are. */
export class Script {
  readonly #text: string;
  readonly #digest: string;

  constructor(text: string) {
    this.#text = text;
    this.#digest = createHash('sha1').update(text).digest('hex');
  }

  /**
   * Runs it on the node of `slot`, which all of `keys` belong to. It is sent by
   * its digest, and as a whole where Redis does not know that: after a restart,
   * a failover, or `SCRIPT FLUSH`.
   */
  async run(connection: RedisConnection, slot: number, keys: readonly string[], args: readonly RedisArgument[]): Promise<RedisReply> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await connection.send(slot, ['EVALSHA', this.#digest, ...rest]);
    } catch (error) {
      if (refusalOf(error) !== 'NOSCRIPT') throw error;
      return connection.send(slot, ['EVAL', this.#text, ...rest]);
    }
  }
}
