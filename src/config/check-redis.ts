import { textOf } from '../errors.ts';
import { withDeadline } from '../guard/deadline.ts';
import { openRedis } from '../redis/open-redis.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';
import { resolveRedis, targetText } from '../redis/redis-options.ts';
import { chance } from '../time/chance.ts';
import { systemClock } from '../time/clock.ts';
import { type AskRedis, checkRedisRights } from './check-redis-rights.ts';
import { checkRedisTopology } from './check-redis-topology.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { DEFAULT_PREFIX, type RedisSettings, redisOptionsOf } from './redis-settings.ts';

/** To connect may take so long, and each question. */
const CONNECT_MS = 4_000;
const QUESTION_MS = 2_000;

/** An answer that takes longer costs the reads that wait for it: a tier's deadline is 50 ms. */
const SLOW_MS = 10;
const PINGS = 5;

/** Clocks that are further apart make entries live shorter, or longer, than they should. */
const MAX_SKEW_MS = 100;

/**
 * Whether Redis can be reached and used, and what of it should be otherwise. Keys are written under the prefix, and removed.
 *
 * @param isBus whether the bus is over it, too.
 */
export async function checkRedis(settings: RedisSettings, isBus: boolean): Promise<readonly Finding[]> {
  const setting = resolveRedis(redisOptionsOf(settings));
  const where = targetText(setting.target);
  let reason = 'it does not answer';
  await using connection = openRedis(setting, {
    connected: () => {},
    disconnected: (why) => {
      reason = why;
    },
  });
  const isReady = await withDeadline(connection.ready, CONNECT_MS, systemClock, () => new Error('late')).then(
    () => true,
    () => false,
  );
  // Of a single server, the reason begins with its address.
  if (!isReady)
    return [
      fail('redis', reason.startsWith(where) ? reason : `${where}: ${reason}`, adviceFor(reason)),
      ...(await checkRedisTopology(setting)),
    ];

  const prefix = settings.prefix ?? DEFAULT_PREFIX;
  const key = `${prefix}~doctor:{${Math.floor(chance() * 2 ** 52).toString(36)}}`;
  const ask = askerOf(connection, key);
  const info = await infoOf(ask);
  return [
    await checkAnswers(ask, where, info),
    ...(await checkRedisTopology(setting)),
    await checkRedisRights(ask, key, prefix, isBus),
    ...checkMemory(info, isBus),
    ...(await checkClock(ask)),
  ];
}

function askerOf(connection: RedisConnection, key: string): AskRedis {
  return (...args) =>
    withDeadline(
      connection.send(connection.slotOf(key), args),
      QUESTION_MS,
      systemClock,
      () => new Error(`${args[0]}: no answer within ${QUESTION_MS} ms`),
    );
}

/** What INFO tells, by name; nothing where it may not be asked. */
async function infoOf(ask: AskRedis): Promise<ReadonlyMap<string, string>> {
  const text = await ask('INFO').then(String, () => '');
  return new Map([...text.matchAll(/^([a-z_]+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]));
}

async function checkAnswers(ask: AskRedis, where: string, info: ReadonlyMap<string, string>): Promise<Finding> {
  const took: number[] = [];
  try {
    for (let at = 0; at < PINGS; at += 1) {
      const sentAt = systemClock.monotonic();
      await ask('PING');
      took.push(systemClock.monotonic() - sentAt);
    }
  } catch (error) {
    return fail('redis', `${where}: ${textOf(error)}`, adviceFor(textOf(error)));
  }
  const median = took.sort((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0;
  const version = info.get('redis_version');
  const role = info.get('role');
  const detail = `${where} answers within ${median.toFixed(1)} ms, ${version ? `version ${version}` : 'its version is not told'}${role ? `, ${role}` : ''}`;
  if (role === 'slave') return fail('redis', detail, 'name the master: a replica takes no writes');
  return median > SLOW_MS ? warn('redis', detail, 'have it nearer: a read waits 50 ms for it at most') : ok('redis', detail);
}

function checkMemory(info: ReadonlyMap<string, string>, isBus: boolean): Finding[] {
  const policy = info.get('maxmemory_policy');
  const limit = info.get('maxmemory');
  if (policy === undefined || limit === undefined)
    return [
      ok('redis memory', 'not told, for this user may not ask INFO: see that maxmemory is set, and maxmemory-policy is not noeviction'),
    ];
  const detail = limit === '0' ? 'maxmemory is not set' : `maxmemory ${info.get('maxmemory_human') ?? limit}, ${policy}`;
  const findings =
    limit === '0'
      ? [warn('redis memory', detail, 'set maxmemory to three quarters of what the machine can give, and maxmemory-policy volatile-lfu')]
      : policy === 'noeviction'
        ? [warn('redis memory', detail, 'set maxmemory-policy volatile-lfu: when it is full it refuses all that is new')]
        : isBus && policy.startsWith('allkeys')
          ? [warn('redis memory', detail, 'set maxmemory-policy volatile-lfu: it evicts entries, and never the log of the bus')]
          : [ok('redis memory', detail)];
  return [...findings, checkPersistence(info)];
}

/** What Redis keeps on disk is of no use here, and may stop it from taking writes. */
function checkPersistence(info: ReadonlyMap<string, string>): Finding {
  const isFailing = info.get('rdb_last_bgsave_status') === 'err' || info.get('aof_last_write_status') === 'err';
  if (isFailing)
    return warn(
      'redis disk',
      'it could not save to its disk, and may refuse writes for it',
      'switch saving off (save "", appendonly no): a cache needs none',
    );
  if (info.get('aof_enabled') === '1') return ok('redis disk', 'appends to a file, which a cache does not need');
  return ok('redis disk', 'no saving is needed, and none fails');
}

async function checkClock(ask: AskRedis): Promise<Finding[]> {
  const sentAt = systemClock.now();
  const reply = await ask('TIME').catch(() => undefined);
  const heardAt = systemClock.now();
  if (!Array.isArray(reply)) return [];
  const aheadMs = Math.round(Number(reply[0]) * 1_000 + Number(reply[1]) / 1_000 - (sentAt + heardAt) / 2);
  const detail = `that of Redis is ${Math.abs(aheadMs)} ms ${aheadMs < 0 ? 'behind' : 'ahead'}`;
  if (Math.abs(aheadMs) <= MAX_SKEW_MS + (heardAt - sentAt) / 2) return [ok('redis clock', detail)];
  return [warn('redis clock', detail, 'keep the clocks of all hosts by NTP: entries live as long as their instants say')];
}

function adviceFor(reason: string): string {
  if (/NOAUTH|WRONGPASS|AUTH/.test(reason))
    return 'mend the user or the password: in the URL, or redis.username and TIERCEL_REDIS_PASSWORD';
  if (/NOPERM/.test(reason)) return 'give the user the rights that docs/coherence.md lists';
  if (/certificate|self-signed|SSL|TLS|ssl3/i.test(reason))
    return 'name the authority that signed its certificate as redis.tls.ca, and the server by the name in it';
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(reason))
    return 'start it, or mend its address (REDIS_URL, redis.sentinel, redis.cluster)';
  if (/within|answer|sign of life|timeout/i.test(reason))
    return 'it hangs, or something on the way drops what is sent: look at the server and at firewalls';
  return 'mend the settings of redis, or look at the server';
}
