import { FLAG_TOMBSTONE, HEADER_LENGTH, OFFSETS } from '../../entry/envelope-header.ts';
import { TICKS_PER_MS } from '../../entry/version.ts';
import { type RedisConnection, refusalOf } from '../../redis/redis-connection.ts';
import { Script } from '../../redis/script.ts';
import { DAY } from '../../time/duration.ts';
import { ENVELOPE_START, STUB_START } from './redis-layout.ts';

/** A stored stamp so far ahead of the one that comes cannot be right: clocks of a fleet are not a day apart. */
const MAX_AHEAD_TICKS = DAY * TICKS_PER_MS;

/**
 * `takesPlace` of precedence.ts, where the entries are: each of the bytes that
 * come takes the place of those that are there, unless those are newer. What is
 * there and no envelope of this format has no say.
 *
 * Lua counts from 1. Of what was replaced by something else, the stubs are told,
 * for somebody to remove what they stand for.
 */
const PROGRAM = `
local function has_start(bytes, a, b, c, d)
  local w, x, y, z = string.byte(bytes, 1, 4)
  return w == a and x == b and y == c and z == d
end

local function is_stub(bytes)
  return #bytes >= ${HEADER_LENGTH} and has_start(bytes, ${STUB_START.join(', ')})
end

local function is_known(bytes)
  return is_stub(bytes) or #bytes >= ${HEADER_LENGTH} and has_start(bytes, ${ENVELOPE_START.join(', ')})
end

local function read(bytes)
  local is_tombstone = bit.band(string.byte(bytes, ${OFFSETS.flags + 1}), ${FLAG_TOMBSTONE}) ~= 0
  local stamp = struct.unpack('<d', bytes, ${OFFSETS.stamp + 1})
  local origin = struct.unpack('<I4', bytes, ${OFFSETS.origin + 1})
  local event = struct.unpack('<d', bytes, ${OFFSETS.eventAt + 1})
  return is_tombstone, stamp, origin, event
end

-- 1: it takes the place of what is stored; 0: it does not; 2: it is what is stored.
local function judge(incoming, stored)
  if not is_known(stored) then return 1 end
  local is_tombstone, stamp, origin, event = read(incoming)
  local was_tombstone, old_stamp, old_origin, old_event = read(stored)
  if not (old_stamp <= stamp + ${MAX_AHEAD_TICKS}) then return 1 end
  local have_events = event == event and old_event == old_event
  if have_events and event ~= old_event and not is_tombstone and not was_tombstone then
    return event > old_event and 1 or 0
  end
  if stamp ~= old_stamp then return stamp > old_stamp and 1 or 0 end
  if origin ~= old_origin then return origin > old_origin and 1 or 0 end
  if is_tombstone == was_tombstone then return 2 end
  return is_tombstone and 1 or 0
end

local verdicts = {}
local answer = { '' }
for n = 1, #KEYS do
  local incoming, ttl = ARGV[2 * n - 1], ARGV[2 * n]
  local stored = redis.pcall('GETRANGE', KEYS[n], 0, ${HEADER_LENGTH - 1})
  if type(stored) ~= 'string' then stored = '' end
  local verdict = judge(incoming, stored)
  if verdict == 1 then
    if ttl == '' then
      redis.call('SET', KEYS[n], incoming)
    else
      redis.call('SET', KEYS[n], incoming, 'PX', ttl)
    end
    if is_stub(stored) then
      answer[#answer + 1] = n
      answer[#answer + 1] = stored
    end
  end
  verdicts[n] = verdict
end
answer[1] = table.concat(verdicts)
return answer
`;

const WRITE = new Script(PROGRAM);

/** As long as Redis has no memory left it takes this from version 7 on: a tombstone is small, and makes room. */
const WRITE_WITHOUT_ROOM = new Script(`#!lua flags=allow-oom\n${PROGRAM}`);

/** Bytes to be stored under a key of Redis, unless newer ones are there. */
export interface Write {
  readonly redisKey: string;
  /** An envelope or a stub. */
  readonly bytes: Buffer;
  /** For how many milliseconds they stay; `undefined` for ever. */
  readonly expiry: string | undefined;
}

/** `same`: refused, for the very version is there already. */
export type Verdict = 'stored' | 'newer' | 'same';

/** What became of writes, in their order. */
export interface WriteAnswer {
  readonly verdicts: readonly Verdict[];
  /** The stubs that were replaced, by the number of the write. */
  readonly replacedStubs: ReadonlyMap<number, Buffer>;
}

const VERDICTS: readonly Verdict[] = ['newer', 'stored', 'same'];

/**
 * Writes to keys of one slot, in one call and in their order.
 *
 * @param isSmall whether Redis should take them even when it has no memory left.
 */
export async function writeConditionally(
  connection: RedisConnection,
  slot: number,
  writes: readonly Write[],
  isSmall: boolean,
): Promise<WriteAnswer> {
  const keys = writes.map(({ redisKey }) => redisKey);
  const args = writes.flatMap(({ bytes, expiry }) => [bytes, expiry ?? '']);
  const reply = await WRITE.run(connection, slot, keys, args).catch((error) => {
    if (!isSmall || refusalOf(error) !== 'OOM') throw error;
    return WRITE_WITHOUT_ROOM.run(connection, slot, keys, args);
  });
  const [digits, ...replaced] = Array.isArray(reply) ? reply : [];
  const verdicts = [...String(digits)].map((digit) => VERDICTS[Number(digit)]).filter((verdict) => verdict !== undefined);
  if (verdicts.length !== writes.length) throw new Error('a script was answered with what is none of its answers');
  const replacedStubs = new Map<number, Buffer>();
  for (let at = 0; at + 1 < replaced.length; at += 2) {
    const [number, stub] = [replaced[at], replaced[at + 1]];
    if (typeof number === 'number' && stub instanceof Buffer) replacedStubs.set(number - 1, stub);
  }
  return { verdicts, replacedStubs };
}
