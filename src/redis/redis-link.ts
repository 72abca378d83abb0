import { textOf } from '../errors.ts';
import { withDeadline } from '../guard/deadline.ts';
import type { Cancel, Clock } from '../time/clock.ts';
import { Gate } from './gate.ts';
import { type Address, addressText, type RedisAccess } from './redis-address.ts';
import { openClient, type RedisArgument, type RedisClient, type RedisReply } from './redis-client.ts';
import { RedisDownError, type RedisListener } from './redis-connection.ts';

/** The first wait after a loss; each further one is twice as long, up to the longest, and a random part on top. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;
const WAIT_JITTER_MS = 200;

/** A connection is asked for a sign of life so often. */
const PING_EVERY_MS = 1_000;

/** What was sent before a close has so long to be answered. */
const CLOSE_DEADLINE_MS = 1_000;

/** What a link is made of. */
export interface LinkSetting {
  /** Tells where to connect to, each time anew; it may reject. */
  readonly locate: () => Promise<Address>;
  readonly access: RedisAccess;
  readonly connectMs: number;
  /** A connection without a sign of life for so long is dead. */
  readonly patienceMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Looks at a new client before it is used; a rejection refuses it. */
  readonly examine?: (client: RedisClient) => Promise<void>;
  readonly listener: RedisListener;
}

/**
 * A connection to one server that is made anew, for ever, whenever it is lost.
 *
 * A server that hangs keeps its connections open, and every write on them counts
 * as activity for the socket; so it is asked for a sign of life, which comes after
 * the answers to all that was sent before. Without one the connection is given
 * up, and with it every command that waits on it.
 */
export class RedisLink {
  readonly #setting: LinkSetting;
  #client: RedisClient | undefined;
  #lastReason = 'it has not been connected yet';
  #attempts = 0;
  #connections = 0;
  #isClosed = false;
  /** Whether the first try to connect is under way. */
  #isFirst = true;
  #cancelTimer: Cancel = () => {};
  #connecting: Promise<void>;
  readonly #gate = new Gate();

  constructor(setting: LinkSetting) {
    this.#setting = setting;
    this.#connecting = this.#connect();
  }

  get isReady(): boolean {
    return this.#client !== undefined;
  }

  /** Resolves when there is a connection. */
  get ready(): Promise<void> {
    return this.#gate.opened;
  }

  /** How often it was connected again. */
  get reconnects(): number {
    return Math.max(0, this.#connections - 1);
  }

  /** Sends a command; rejects at once while there is no connection, but for the very first, which is waited for. */
  send(args: readonly RedisArgument[]): Promise<RedisReply> {
    if (this.#client) return this.#client.send(args);
    // Who has just begun must not be told that what it stores is lost, and that what it seeks is not there.
    if (this.#isFirst) return this.#connecting.then(() => this.send(args));
    return Promise.reject(new RedisDownError(`Redis is not connected: ${this.#lastReason}`));
  }

  /** Gives up the present connection and makes another. */
  renew(reason: string): void {
    const client = this.#client;
    if (!client) return;
    this.#lose(client, reason);
    client.destroy();
  }

  /** Ends the link; what has no answer within a second is rejected. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isFirst = false;
    this.#lastReason = 'it is closed';
    this.#cancelTimer();
    const client = this.#client;
    this.#client = undefined;
    const last = client ? client.close() : this.#connecting;
    await withDeadline(last, CLOSE_DEADLINE_MS, this.#setting.clock, () => new Error('late')).catch(() => {});
    client?.destroy();
  }

  /** Never rejects. */
  async #connect(): Promise<void> {
    await this.#open();
    this.#isFirst = false;
  }

  async #open(): Promise<void> {
    const { locate, access, connectMs, clock, examine } = this.#setting;
    let client: RedisClient | undefined;
    let where = 'its address';
    try {
      const address = await locate();
      if (this.#isClosed) return;
      where = addressText(address);
      client = await openClient(address, access, connectMs, clock);
      await withDeadline(assertAnswers(client, examine), connectMs, clock, () => new Error(`no answer within ${connectMs} ms`));
    } catch (error) {
      client?.destroy();
      this.#retry(`${where}: ${reasonOf(error)}`);
      return;
    }
    if (this.#isClosed) {
      client.destroy();
      return;
    }
    this.#take(client, where);
  }

  #take(client: RedisClient, where: string): void {
    this.#client = client;
    this.#attempts = 0;
    this.#connections += 1;
    void client.lost.then((reason) => this.#lose(client, `${where}: ${reason}`));
    this.#watch(client, this.#setting.clock.monotonic());
    this.#gate.open();
    this.#setting.listener.connected();
  }

  #lose(client: RedisClient, reason: string): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#gate.shut();
    this.#retry(reason);
  }

  #retry(reason: string): void {
    if (this.#isClosed) return;
    const { clock, random, listener } = this.#setting;
    this.#lastReason = reason;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** this.#attempts, LONGEST_WAIT_MS) + random() * WAIT_JITTER_MS;
    this.#attempts += 1;
    this.#cancelTimer();
    this.#cancelTimer = clock.after(waitMs, () => {
      this.#connecting = this.#connect();
    });
    listener.disconnected(reason);
  }

  /** @param signAt when the connection last showed that it lives. */
  #watch(client: RedisClient, signAt: number): void {
    const { clock, patienceMs } = this.#setting;
    const again = (at: number): void => {
      if (this.#client === client) this.#watch(client, at);
    };
    this.#cancelTimer = clock.after(PING_EVERY_MS, () => {
      withDeadline(client.send(['PING']), patienceMs, clock, () => new Error(`no sign of life for ${patienceMs} ms`)).then(
        () => again(clock.monotonic()),
        (error) => {
          // It may have been refused for all the commands that wait: then there is a sign soon, or never.
          if (clock.monotonic() - signAt < patienceMs) again(signAt);
          else if (this.#client === client) this.renew(reasonOf(error));
        },
      );
    });
  }
}

/** Refuses a server that hangs, is still loading, asks for a password, or is no Redis. */
async function assertAnswers(client: RedisClient, examine: LinkSetting['examine']): Promise<void> {
  const lost = client.lost.then((reason) => {
    throw new Error(reason);
  });
  await Promise.race([client.send(['PING']), lost]);
  await examine?.(client);
}

/** Errors of several addresses of one name have their text in their parts. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('; ');
  return textOf(error);
}
