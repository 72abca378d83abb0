import type { RedisArgument, RedisReply } from './redis-client.ts';

/** The keys of one server that match a glob of Redis, a batch for each step of its cursor; empty ones are left out. */
export async function* scanNode(
  send: (args: readonly RedisArgument[]) => Promise<RedisReply>,
  glob: string,
  count: number,
): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const reply = await send(['SCAN', cursor, 'MATCH', glob, 'COUNT', String(count)]);
    const [next, keys] = Array.isArray(reply) ? reply : [];
    if (!(next instanceof Buffer) || !Array.isArray(keys)) throw new Error('SCAN was answered with what is no cursor and keys');
    cursor = next.toString();
    if (keys.length > 0) yield keys.map(String);
  } while (cursor !== '0');
}

/** The text as a part of a glob of Redis that stands for itself alone. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]^-]/g, '\\$&');
}
