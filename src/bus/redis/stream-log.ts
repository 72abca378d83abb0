import { randomBytes } from 'node:crypto';
import type { NodeConnection } from '../../redis/node-connection.ts';
import type { RedisReply } from '../../redis/redis-client.ts';
import { refusalOf } from '../../redis/redis-connection.ts';
import type { BusMark } from '../bus.ts';
import { BEFORE_ALL, entriesOf, fieldsOf, isAfter, listOf, type StreamEntry, type StreamId } from './stream-entries.ts';

/** More than this is not read again: to drop what is in memory is cheaper. */
export const MAX_REPLAYED = 10_000;

/** So many messages are read at once; of a megabyte each they are what a process holds. */
export const MESSAGES_PER_READ = 64;

/** Nobody reads by it: the stream is named by it. */
const GROUP = 'tiercel';

const PLACE = /^(\d{1,20}-\d{1,20})(?: (\d{1,16}))?$/;

/** What a stream says of itself. */
export interface StreamState {
  /** Names the stream, and none that is made anew under its key. */
  readonly log: string;
  /** The last id it gave, whether that entry is still there or not. */
  readonly last: StreamId;
  /** The first entry it still has. */
  readonly first: StreamId | undefined;
  /** How many entries it has. */
  readonly length: number;
  /** How many entries it ever took; `undefined` before Redis 7. */
  readonly added: number | undefined;
}

/**
 * The messages of the last while, in a Redis stream.
 *
 * A stream is known again by a consumer group that nobody consumes by: it lives
 * and dies with its stream, is copied to replicas, is never trimmed away, and the
 * id it stands at may be any. So the first who finds a stream without one gives it
 * an id drawn by chance, and that is the stream's name. Whatever becomes of the
 * key (deleted, flushed, evicted, lost with its server), another stream under it
 * has another name or none.
 */
export class StreamLog {
  readonly #connection: NodeConnection;
  readonly #key: string;

  constructor(connection: NodeConnection, key: string) {
    this.#connection = connection;
    this.#key = key;
  }

  /** The stream as it is now, made and named where it was not. @throws Error when Redis refuses, or is not there. */
  async state(): Promise<StreamState> {
    for (let attempt = 1; ; attempt += 1) {
      const fields = await stateFields(this.#connection, this.#key);
      const log = logIn(fields.get('groups'));
      if (log !== undefined) return stateOf(log, fields);
      if (attempt > 1) throw new Error(`the stream ${this.#key} is deleted as soon as it is made`);
      await this.#name();
    }
  }

  async mark(): Promise<BusMark> {
    const { log, last, added } = await this.state();
    return { log, at: added === undefined ? last : `${last} ${added}` };
  }

  /** As {@link Bus.replay}. It ends early, in `false`, once `signal` is aborted. @throws Error as {@link StreamLog.state}. */
  async replay(since: BusMark, tell: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<boolean> {
    const [, mark, added] = PLACE.exec(since.at) ?? [];
    const state = await this.state();
    if (mark === undefined || since.log !== state.log || isAfter(mark, state.last)) return false;
    if (mark === state.last) return true;
    const expected = state.added === undefined || added === undefined ? undefined : state.added - Number(added);
    if (expected !== undefined && (expected < 0 || expected > MAX_REPLAYED)) return false;
    // The entry at the mark must be the one that was there: a master that lost the last ones gives their count to others.
    const isAnchored = await this.#has(mark);
    if (!isAnchored && (expected === undefined || (state.first !== undefined && !isAfter(state.first, mark)))) return false;
    const told = await this.#tellAll(mark, state.last, tell, signal);
    // What was there before and is there after was there all the while, and so was all behind it.
    return expected === undefined ? told <= MAX_REPLAYED && this.#has(mark) : told === expected;
  }

  /** Removes what came before `ms` of the server's clock, as far as that costs little. @throws Error as {@link StreamLog.state}. */
  async trim(ms: number): Promise<void> {
    await this.#connection.send(0, ['XTRIM', this.#key, 'MINID', '~', `${ms}-0`]);
  }

  /** From behind `mark` to `last`, in order; tells how many there were, or so many that it gave up. */
  async #tellAll(mark: StreamId, last: StreamId, tell: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<number> {
    let told = 0;
    let from = mark;
    while (told <= MAX_REPLAYED) {
      const entries = await this.#range(`(${from}`, last, MESSAGES_PER_READ);
      if (signal.aborted) return Number.NaN;
      for (const { id, bytes } of entries) {
        if (bytes) tell(bytes);
        from = id;
      }
      told += entries.length;
      if (entries.length < MESSAGES_PER_READ) break;
    }
    return told;
  }

  async #has(id: StreamId): Promise<boolean> {
    return (await this.#range(id, id, 1)).length > 0;
  }

  async #range(from: string, to: StreamId, count: number): Promise<StreamEntry[]> {
    return entriesOf(await this.#connection.send(0, ['XRANGE', this.#key, from, to, 'COUNT', String(count)]));
  }

  async #name(): Promise<void> {
    const bytes = randomBytes(16);
    const id = `${bytes.readBigUInt64LE(0)}-${bytes.readBigUInt64LE(8)}`;
    try {
      await this.#connection.send(0, ['XGROUP', 'CREATE', this.#key, GROUP, id, 'MKSTREAM']);
    } catch (error) {
      // Another process was quicker.
      if (refusalOf(error) !== 'BUSYGROUP') throw error;
    }
  }
}

/** The last id that a stream gave; that before all when there is no stream. */
export async function lastIdOf(connection: NodeConnection, key: string): Promise<StreamId> {
  const last = (await stateFields(connection, key)).get('last-generated-id');
  return last === undefined ? BEFORE_ALL : String(last);
}

/** The name of the stream under `key`; `undefined` when it has none, or is not there. */
export async function logNameOf(connection: NodeConnection, key: string): Promise<string | undefined> {
  return logIn(await unlessMissing(connection.send(0, ['XINFO', 'GROUPS', key])));
}

async function stateFields(connection: NodeConnection, key: string): Promise<Map<string, RedisReply>> {
  return fieldsOf(await unlessMissing(connection.send(0, ['XINFO', 'STREAM', key, 'FULL', 'COUNT', '1'])));
}

async function unlessMissing(answer: Promise<RedisReply>): Promise<RedisReply> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.message.includes('no such key')) return null;
    throw error;
  }
}

function logIn(groups: RedisReply | undefined): string | undefined {
  const group = listOf(groups)
    .map(fieldsOf)
    .find((fields) => String(fields.get('name')) === GROUP);
  const id = group?.get('last-delivered-id');
  return id === undefined ? undefined : String(id);
}

function stateOf(log: string, fields: ReadonlyMap<string, RedisReply>): StreamState {
  const added = fields.get('entries-added');
  return {
    log,
    last: String(fields.get('last-generated-id') ?? BEFORE_ALL),
    length: Number(fields.get('length') ?? 0),
    first: entriesOf(fields.get('entries'))[0]?.id,
    added: typeof added === 'number' ? added : undefined,
  };
}
