import type { RedisArgument, RedisReply } from './redis-client.ts';
import { type RedisConnection, refusalOf } from './redis-connection.ts';
import { type LinkSetting, RedisLink } from './redis-link.ts';
import { scanNode } from './scan-node.ts';

/** What a server says that is not the one any more. */
const MOVED: ReadonlySet<string> = new Set(['READONLY', 'MOVED']);

/** A connection to one server: the one there is, the master that Sentinels name, or the one that has a slot of a cluster. */
export class NodeConnection implements RedisConnection {
  readonly isPartitioned = false;
  readonly #link: RedisLink;
  readonly #mayMove: boolean;

  /** @param mayMove whether another server may have taken its place, so that a refusal is a reason to look. */
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

  /** Gives up the present connection, and what has no answer on it, and makes another. */
  renew(reason: string): void {
    this.#link.renew(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#link.close();
  }

  /** A master that was replaced refuses writes; one that gave a slot away sends whoever asks for it elsewhere. */
  #failed(error: unknown): never {
    if (MOVED.has(refusalOf(error))) this.#link.renew('another server has taken its place');
    throw error;
  }
}
