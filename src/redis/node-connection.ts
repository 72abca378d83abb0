import type { RedisArgument, RedisReply } from './redis-client.ts';
import { type RedisConnection, refusalOf } from './redis-connection.ts';
import { type LinkSetting, RedisLink } from './redis-link.ts';
import { scanNode } from './scan-node.ts';

/** A connection to one server: the one there is, or the master that Sentinels name. */
export class NodeConnection implements RedisConnection {
  readonly isPartitioned = false;
  readonly #link: RedisLink;
  readonly #mayMove: boolean;

  /** @param mayMove whether another server may have become the master, so that a refusal to write is a reason to look. */
  constructor(setting: LinkSetting, mayMove: boolean) {
    this.#link = new RedisLink(setting);
    this.#mayMove = mayMove;
  }

  get isReady(): boolean {
    return this.#link.isReady;
  }

  get ready(): Promise<void> {
    return this.#link.ready;
  }

  get reconnects(): number {
    return this.#link.reconnects;
  }

  slotOf(): number {
    return 0;
  }

  send(_slot: number, args: readonly RedisArgument[]): Promise<RedisReply> {
    const answer = this.#link.send(args);
    return this.#mayMove ? answer.catch((error) => this.#failed(error)) : answer;
  }

  scan(glob: string, count: number): AsyncIterable<string[]> {
    return scanNode((args) => this.send(0, args), glob, count);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#link.close();
  }

  /** A master that was replaced refuses writes. */
  #failed(error: unknown): never {
    if (refusalOf(error) === 'READONLY') this.#link.renew('it is no master any more');
    throw error;
  }
}
