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

/** A command, and what it is called with. */
type Command = readonly string[];

/**
 * Tries every command that the tier calls, and the bus where it is over Redis,
 * on keys of its own under the prefix, which are removed.
 *
 * @param key of the slot that `ask` leads to; its hash tag is taken for others.
 */
export async function checkRedisRights(ask: AskRedis, key: string, prefix: string, isBus: boolean): Promise<Finding> {
  const lacking = new Set<string>();
  const failing: string[] = [];
  for (const [name = '', ...args] of [...ofTier(key, prefix), ...(isBus ? ofBus(`${key}:bus`) : [])]) {
    try {
      await ask(name, ...args);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === 'NOSCRIPT') continue;
      if (refusal === 'NOPERM') lacking.add(name.toLowerCase());
      else failing.push(`${name}: ${textOf(error)}`);
    }
  }
  if (lacking.size > 0) {
    const rights = [...lacking].map((name) => `+${name}`).join(' ');
    return fail('redis rights', `the user may not ${[...lacking].join(', ')} on ${prefix}*`, `ACL SETUSER <user> ~${prefix}* ${rights}`);
  }
  if (failing.length > 0) {
    const isFull = failing.some((failure) => failure.includes('OOM'));
    return fail('redis rights', failing.join('; '), isFull ? 'give it room: raise maxmemory, or let it evict' : 'look at the server');
  }
  return ok('redis rights', `reads, writes, scripts and scans under ${prefix}${isBus ? ', and the streams of the bus' : ''}`);
}

function ofTier(key: string, prefix: string): Command[] {
  return [
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
}

function ofBus(key: string): Command[] {
  return [
    ['XGROUP', 'CREATE', key, 'doctor', '0-0', 'MKSTREAM'],
    ['XADD', key, 'MAXLEN', '~', '10', '*', 'b', 'probe'],
    ['XREAD', 'COUNT', '1', 'STREAMS', key, '0-0'],
    ['XRANGE', key, '-', '+', 'COUNT', '1'],
    ['XINFO', 'STREAM', key],
    ['XINFO', 'GROUPS', key],
    ['XTRIM', key, 'MINID', '~', '0-0'],
    ['DEL', key],
  ];
}
