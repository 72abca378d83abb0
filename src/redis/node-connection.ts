import type { Clock } from '../time/clock.ts';
import type { RedisArgument, RedisReply } from './redis-client.ts';
import { type RedisConnection, refusalOf } from './redis-connection.ts';
import { type LinkSetting, RedisLink } from './redis-link.ts';
import { scanNode } from './scan-node.ts';

/** What a server says that is not the one any more. */
const MOVED: ReadonlySet<string> = new Set(['READONLY', 'MOVED']);

/** A server that takes no writes is looked for anew no more often than this: its name may lead to another by now, or it may be a replica for good. */
const RENEW_EVERY_MS = 5_000;

/** A connection to one server: the one there is, the master that Sentinels name, or the one that has a slot of a cluster. */
export class NodeConnection implements RedisConnection {
  readonly isPartitioned = false;
  readonly #link: RedisLink;
  readonly #clock: Clock;
  readonly #isFollowed: boolean;
  #renewedAt = Number.NEGATIVE_INFINITY;

  /** @param isFollowed whether it is known where to look when another server has taken its place; else its name must lead there. */
  constructor(setting: LinkSetting, isFollowed: boolean) {
    this.#link = new RedisLink(setting);
    this.#clock = setting.clock;
    this.#isFollowed = isFollowed;
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
    return this.#link.send(args).catch((error) => this.#failed(error));
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
    if (MOVED.has(refusalOf(error)) && this.#mayLook()) this.#link.renew('another server has taken its place');
    throw error;
  }

  #mayLook(): boolean {
    const now = this.#clock.monotonic();
    if (!this.#isFollowed && now - this.#renewedAt < RENEW_EVERY_MS) return false;
    this.#renewedAt = now;
    return true;
  }
}
