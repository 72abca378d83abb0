import { FLAG_TOMBSTONE, HEADER_LENGTH, OFFSETS } from '../../entry/envelope-header.ts';
import type { Pattern } from '../../entry/pattern.ts';
import type { RedisConnection } from '../../redis/redis-connection.ts';
import { escapeGlob } from '../../redis/scan-node.ts';
import { Script } from '../../redis/script.ts';
import { ENVELOPE_START, type RedisLayout } from './redis-layout.ts';
import { placesBySlot } from './redis-parts.ts';

/** Redis looks at so many keys in a step of a scan. */
const SCAN_COUNT = 1_000;

/** Tells of each key whether something is there that is no tombstone: "1" or "0". */
const PRESENT = new Script(`
local answer = {}
for n = 1, #KEYS do
  local head = redis.pcall('GETRANGE', KEYS[n], 0, ${HEADER_LENGTH - 1})
  local is_there = type(head) == 'string' and head ~= ''
  if is_there and #head == ${HEADER_LENGTH} then
    local a, b, c, d = string.byte(head, 1, 4)
    local is_envelope = ${ENVELOPE_START.map((byte, n) => `${'abcd'[n]} == ${byte}`).join(' and ')}
    is_there = not is_envelope or bit.band(string.byte(head, ${OFFSETS.flags + 1}), ${FLAG_TOMBSTONE}) == 0
  end
  answer[n] = is_there and '1' or '0'
end
return table.concat(answer)
`);

/** The keys of a tier's entries that match, in batches; neither tombstones nor what stands apart. */
export async function* scanEntries(connection: RedisConnection, layout: RedisLayout, pattern: Pattern): AsyncGenerator<string[]> {
  if (pattern.isLiteral) {
    const there = await present(connection, layout, [pattern.prefix]);
    if (there.length > 0) yield there;
    return;
  }
  // Half of a surrogate pair has no bytes of its own to look for.
  const start = pattern.prefix.isWellFormed() ? pattern.prefix : pattern.prefix.slice(0, -1);
  for await (const redisKeys of connection.scan(`${escapeGlob(layout.entryKey(start))}*`, SCAN_COUNT)) {
    const keys = redisKeys
      .map((redisKey) => layout.keyOf(redisKey))
      .filter((key): key is string => key !== undefined && pattern.matches(key));
    for (let at = 0; at < keys.length; at += SCAN_COUNT) {
      const there = await present(connection, layout, keys.slice(at, at + SCAN_COUNT));
      if (there.length > 0) yield there;
    }
  }
}

/** Those of the keys that have an entry. */
async function present(connection: RedisConnection, layout: RedisLayout, keys: readonly string[]): Promise<string[]> {
  const redisKeys = keys.map((key) => layout.entryKey(key));
  const answers = Array.from(placesBySlot(connection, redisKeys), async ([slot, places]) => {
    const asked = places.map((place) => redisKeys[place] ?? '');
    const flags = String(await PRESENT.run(connection, slot, asked, []));
    return places.filter((_, at) => flags[at] === '1').map((place) => keys[place] ?? '');
  });
  return (await Promise.all(answers)).flat();
}
