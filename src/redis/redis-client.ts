import { createClient, RESP_TYPES } from '@redis/client';
import { textOf } from '../errors.ts';
import { withDeadline } from '../guard/deadline.ts';
import type { Clock } from '../time/clock.ts';
import type { Address, RedisAccess } from './redis-address.ts';

/** A client may have so many commands without an answer; further ones are refused. */
const MAX_PENDING_COMMANDS = 10_000;

/** A part of a command: text is sent as UTF-8. */
export type RedisArgument = string | Buffer;

/** What Redis answers: bulk strings as bytes, simple ones as text. */
export type RedisReply = Buffer | string | number | null | readonly RedisReply[];

/** A connection to one server, from its first handshake to its end; it is never mended. */
export interface RedisClient {
  /**
   * Sends a command. Its arguments are read when the event loop's present turn
   * ends, not now: until then the list may grow.
   */
  send(args: readonly RedisArgument[]): Promise<RedisReply>;
  /** Resolves with the reason when the connection is lost; never when it was destroyed. */
  readonly lost: Promise<string>;
  /** Ends it when all that was sent has its answer. */
  close(): Promise<void>;
  /** Ends it at once; what has no answer yet is rejected. */
  destroy(): void;
}

/**
 * Connects to a server, all of it within `deadlineMs`: a server that hangs takes
 * a connection and says nothing.
 *
 * What makes @redis/client safe here: it neither keeps commands for later nor
 * connects again, so no write is ever sent that its caller has given up; its
 * queue is bounded; and it has a listener for errors from the start, for
 * without one they end the process.
 */
export async function openClient(address: Address, access: RedisAccess, deadlineMs: number, clock: Clock): Promise<RedisClient> {
  const { host, port } = address;
  const { tls, username, password, database } = access;
  const socket = { host, port, connectTimeout: deadlineMs, reconnectStrategy: false } as const;
  const client = createClient({
    RESP: 2,
    socket: tls ? { ...tls, ...socket, tls: true } : socket,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    database,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandsQueueMaxLength: MAX_PENDING_COMMANDS,
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
  let tellLoss: (reason: string) => void = () => {};
  const lost = new Promise<string>((resolve) => {
    tellLoss = resolve;
  });
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    client.destroy();
  };
  client.on('error', (error) => {
    if (!isOver) tellLoss(textOf(error));
    // The client first rejects what waits, with the reason; ended now, it would give none.
    queueMicrotask(end);
  });
  client.on('end', () => {
    if (!isOver) tellLoss('the connection was closed');
    end();
  });
  try {
    await withDeadline(client.connect(), deadlineMs, clock, () => new Error(`no connection within ${deadlineMs} ms`));
  } catch (error) {
    end();
    throw error;
  }
  return { send: (args) => client.sendCommand(args), lost, close: () => client.close(), destroy: end };
}
