import { BusError, CacheError, textOf } from '../../errors.ts';
import { withDeadline } from '../../guard/deadline.ts';
import type { NodeConnection } from '../../redis/node-connection.ts';
import { refusalOf } from '../../redis/redis-connection.ts';
import type { Clock } from '../../time/clock.ts';
import { FIELD, type StreamId } from './stream-entries.ts';

/** Of what was sent and not answered, the process holds this much at most: what a stopped server would make it hold. */
const MAX_UNCONFIRMED_BYTES = 8 * 1_024 ** 2;

/** What a message costs beside its bytes. */
const OVERHEAD_BYTES = 512;

const REFUSALS: Readonly<Record<string, string>> = {
  OOM: 'Redis has no memory left for it; raise its maxmemory, or let it evict entries',
  READONLY: 'the server is a replica and takes no writes; name its master, or its Sentinels',
  NOPERM: 'the user of Redis lacks a right to it; give it those that docs/redis-bus.md lists',
  NOAUTH: 'Redis asks for a user and a password; give them',
  WRONGPASS: 'Redis does not know this user and password; give the right ones',
  WRONGTYPE: 'something else stands under the key of its stream; delete it, or choose another prefix',
};

const REFUSAL = new RegExp(`\\b(${Object.keys(REFUSALS).join('|')})\\b`);

/** What an outbox is given by its bus. */
export interface OutboxSetting {
  readonly bus: string;
  readonly connection: NodeConnection;
  readonly clock: Clock;
  readonly deadlineMs: number;
}

/**
 * Puts messages and beats into their streams, in the order of the calls.
 *
 * All of one turn of the event loop goes out together, and each has an answer of
 * its own, within the deadline. What Redis has not answered is held by the client
 * until the connection is over, so it is counted until then.
 */
export class Outbox {
  readonly #setting: OutboxSetting;
  #unconfirmedBytes = 0;

  constructor(setting: OutboxSetting) {
    this.#setting = setting;
  }

  get unconfirmedBytes(): number {
    return this.#unconfirmedBytes;
  }

  /** Adds to the stream under `key`, of which about `keep` entries stay. @throws BusError when Redis does not confirm it. */
  async add(key: string, keep: number, bytes: Uint8Array): Promise<StreamId> {
    const { bus, connection, clock, deadlineMs } = this.#setting;
    const cost = bytes.length + OVERHEAD_BYTES;
    if (this.#unconfirmedBytes + cost > MAX_UNCONFIRMED_BYTES) {
      throw new BusError(bus, `Redis has not confirmed ${this.#unconfirmedBytes} bytes; send less, or later`);
    }
    this.#unconfirmedBytes += cost;
    const answer = connection.send(0, ['XADD', key, 'MAXLEN', '~', String(keep), '*', FIELD, Buffer.from(bytes)]).finally(() => {
      this.#unconfirmedBytes -= cost;
    });
    const late = (): Error => new BusError(bus, `Redis did not confirm it within ${deadlineMs} ms`);
    try {
      return String(await withDeadline(answer, deadlineMs, clock, late));
    } catch (cause) {
      throw asBusError(bus, cause);
    }
  }
}

/** What a caller of the bus is told of a failure. */
export function asBusError(bus: string, cause: unknown): CacheError {
  return cause instanceof CacheError ? cause : new BusError(bus, failureText(cause), { cause });
}

/** A failure for people: what Redis said and, where it can be known, what to do. */
export function failureText(cause: unknown): string {
  const advice = REFUSALS[refusalOf(cause)];
  return advice === undefined ? textOf(cause) : `${advice} (${textOf(cause)})`;
}

/** Whether the text of a failure is that of a server which answers, and will not do it as things are. */
export function tellsRefusal(text: string): boolean {
  return REFUSAL.test(text);
}
