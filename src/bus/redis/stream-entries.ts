import type { RedisReply } from '../../redis/redis-client.ts';

/** The id of an entry in a stream: milliseconds of the server's clock, and a number within that millisecond. It rises in each stream. */
export type StreamId = string;

/** The id before all others. */
export const BEFORE_ALL: StreamId = '0-0';

/** The one field of an entry: the bytes of a message or a beat. */
export const FIELD = 'b';

/** An entry of a stream. */
export interface StreamEntry {
  readonly id: StreamId;
  /** A copy of its own; `undefined` when somebody else has put the entry there. */
  readonly bytes: Uint8Array | undefined;
}

/** Whether the one id comes behind the other. */
export function isAfter(id: StreamId, other: StreamId): boolean {
  const [ms, count] = partsOf(id);
  const [otherMs, otherCount] = partsOf(other);
  return ms === otherMs ? count > otherCount : ms > otherMs;
}

/** When an entry came into its stream, by the server's clock. */
export function msOf(id: StreamId): number {
  return partsOf(id)[0];
}

/** The entries in an answer to XRANGE, or in a part of one to XREAD. */
export function entriesOf(reply: RedisReply | undefined): StreamEntry[] {
  return listOf(reply).map((entry) => {
    const [id, fields] = listOf(entry);
    const [field, bytes] = listOf(fields);
    const isOurs = String(field) === FIELD && bytes instanceof Buffer;
    // The bytes of an answer are a part of what the socket read: a copy does not keep the whole of it.
    return { id: String(id), bytes: isOurs ? new Uint8Array(bytes) : undefined };
  });
}

/** The entries of one stream in an answer to XREAD. */
export function entriesUnder(key: string, reply: RedisReply): StreamEntry[] {
  const stream = listOf(reply).find((part) => String(listOf(part)[0]) === key);
  return entriesOf(listOf(stream)[1]);
}

/** The values of an answer that is a list of names and values. */
export function fieldsOf(reply: RedisReply | undefined): Map<string, RedisReply> {
  const list = listOf(reply);
  const fields = new Map<string, RedisReply>();
  for (let at = 0; at + 1 < list.length; at += 2) fields.set(String(list[at]), list[at + 1] ?? null);
  return fields;
}

export function listOf(reply: RedisReply | undefined): readonly RedisReply[] {
  return Array.isArray(reply) ? reply : [];
}

function partsOf(id: StreamId): readonly [number, number] {
  const dashAt = id.indexOf('-');
  return [Number(id.slice(0, dashAt)), Number(id.slice(dashAt + 1))];
}
