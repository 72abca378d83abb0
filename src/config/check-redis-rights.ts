import { textOf } from '../errors.ts';
import type { RedisReply } from '../redis/redis-client.ts';
import { refusalOf } from '../redis/redis-connection.ts';
import { type Finding, fail, ok } from './finding.ts';

/** Asks one Redis one thing, and gives up in time. */
export type AskRedis = (...args: string[]) => Promise<RedisReply>;

/** No script has it: whoever may call scripts is told so. */
const NO_SCRIPT = '0'.repeat(40);

/** The probe's key ends by itself, should it not be removed. */
const PROBE_MS = '10000';

/** Tries every command that the tier calls, on a key of its own under the prefix, which is removed. */
export async function checkRedisRights(ask: AskRedis, key: string, prefix: string): Promise<Finding> {
  const commands: readonly (readonly string[])[] = [
    ['SET', key, 'probe', 'PX', PROBE_MS],
    ['GET', key],
    ['MGET', key],
    ['GETRANGE', key, '0', '1'],
    ['PTTL', key],
    ['EVAL', "return redis.call('GET', KEYS[1])", '1', key],
    ['EVALSHA', NO_SCRIPT, '1', key],
    ['SCAN', '0', 'MATCH', `${prefix}~*`, 'COUNT', '1'],
    ['DEL', key],
    ['UNLINK', key],
  ];
  const lacking: string[] = [];
  const failing: string[] = [];
  for (const [name = '', ...args] of commands) {
    try {
      await ask(name, ...args);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === 'NOSCRIPT') continue;
      if (refusal === 'NOPERM') lacking.push(name.toLowerCase());
      else failing.push(`${name}: ${textOf(error)}`);
    }
  }
  if (lacking.length > 0) {
    const rights = lacking.map((name) => `+${name}`).join(' ');
    return fail('redis rights', `the user may not ${lacking.join(', ')} on ${prefix}*`, `ACL SETUSER <user> ~${prefix}* ${rights}`);
  }
  if (failing.length > 0)
    return fail(
      'redis rights',
      failing.join('; '),
      failing.some((text) => text.includes('OOM')) ? 'give it room: raise maxmemory, or let it evict' : 'look at the server',
    );
  return ok('redis rights', `reads, writes, scripts and scans under ${prefix}`);
}
