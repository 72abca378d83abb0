import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { busNameOf } from '../../src/config/bus-choice.ts';
import { checkSettings } from '../../src/config/check-settings.ts';
import { longestLifeMs } from '../../src/config/kinds.ts';
import { makeBus } from '../../src/config/make-bus.ts';
import { natsOptionsOf } from '../../src/config/nats-settings.ts';
import { redisOptionsOf } from '../../src/config/redis-settings.ts';
import type { Settings } from '../../src/config/settings.ts';
import { ConfigError } from '../../src/errors.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { DAY, HOUR, MINUTE } from '../../src/time/duration.ts';

/** As a person knows what the environment sets. */
const VARIABLES: Readonly<Record<string, string>> = { 'redis.url': 'REDIS_URL', 'nats.servers': 'NATS_URL' };
const SECRET = 'hunter2';

function settings(given: object): Settings {
  return checkSettings(given, (path) => VARIABLES[path] ?? path);
}

function refusal(given: object): string {
  try {
    settings(given);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('The settings were taken');
}

describe('settings of Redis and NATS', () => {
  const redis = { url: 'redis://cache' };
  const nats = { servers: 'nats://bus' };

  test('without Redis the store is where it always was; with it there is none, unless it is set', () => {
    expect(settings({}).cache.store).toBe('.tiercel');
    expect(settings({ redis }).cache.store).toBeNull();
    expect(settings({ redis, cache: { store: 'near' } }).cache.store).toBe('near');
    expect(settings({ nats }).cache.store).toBe('.tiercel');
  });

  test.each([
    [{}, 'lmdb'],
    [{ cache: { store: null } }, 'none'],
    [{ redis }, 'redis'],
    [{ redis, cache: { store: 'near' } }, 'redis'],
    [{ nats }, 'nats'],
    [{ redis, nats }, 'nats'],
    [{ redis, nats, bus: 'redis' }, 'redis'],
    [{ redis, cache: { store: 'near' }, bus: 'lmdb' }, 'lmdb'],
    [{ redis, nats, bus: 'none' }, 'none'],
    [{ redis, nats, cache: { enabled: false } }, 'none'],
  ])('of %j, what keeps services in step is %s', async (given, name) => {
    expect(busNameOf(settings(given))).toBe(name);
    if (name === 'lmdb') return;
    const bus = makeBus(settings(given), { clock: new FakeClock() });
    expect(bus?.name ?? 'none').toBe(name);
    await bus?.[Symbol.asyncDispose]();
  });

  test.each([
    [{ redis: { url: 'http://h' } }, 'REDIS_URL is no address of Redis; give it as redis://host:6379/0'],
    [{ redis: { url: 'redis://h/zero' } }, 'The path of REDIS_URL is no number of a database'],
    [{ redis: { ...redis, cluster: { nodes: ['a:1'] } } }, 'Redis is either REDIS_URL, redis.sentinel or redis.cluster'],
    [{ redis: { prefix: 'p:' } }, 'No Redis is named; set REDIS_URL, redis.sentinel or redis.cluster'],
    [{ redis: { sentinel: { name: 'm', nodes: [] } } }, 'redis.sentinel.nodes is of no use; write at least one address'],
    [{ redis: { cluster: { nodes: ['a:1'] }, database: 3 } }, 'A Redis Cluster has database 0 alone; leave redis.database out'],
    [{ redis: { ...redis, tls: { cax: 'x' } } }, 'redis.tls.cax is no setting; did you mean "ca"?'],
    [{ redis: { ...redis, tls: 'yes' } }, 'redis.tls is of no use; write true, or a group such as { ca: ca.pem }'],
    [{ redis: { ...redis, pasword: 'x' } }, 'redis.pasword is no setting; did you mean "password"?'],
    [{ nats: { servers: 'http://h' } }, 'NATS_URL has "http://…", which is no address; give such as'],
    [{ nats: { channel: 'a' } }, 'No NATS is named; set NATS_URL'],
    [{ nats: { ...nats, user: 'u', token: SECRET } }, 'nats.user and nats.token are set; leave one'],
    [{ nats: { ...nats, credsFile: 'x', nkeyFile: 'y' } }, 'nats.nkeyFile and nats.credsFile are set; leave one'],
    [{ nats: { ...nats, password: SECRET } }, 'nats.password and no nats.user'],
    [{ nats: { ...nats, channel: 'a.b' } }, 'nats.channel is "a.b"'],
    [{ nats: { ...nats, stream: { replicas: 9 } } }, 'nats.stream.replicas is 9; write a whole number from 1 to 5'],
    [{ nats: { servers: 'tls://10.0.0.1' } }, 'over TLS, give the name that stands in its certificate'],
    [{ bus: 'redis' }, 'bus is "redis" and there is no Redis; set REDIS_URL'],
    [{ bus: 'nats' }, 'bus is "nats" and there is no NATS; set NATS_URL'],
    [{ bus: 'lmdb', cache: { store: null } }, 'bus is "lmdb" and there is no store'],
    [{ bus: 'kafka' }, 'bus is "kafka"; write one of auto, lmdb, redis, nats, none'],
    [{ coherence: { suspectTtl: 'soon' } }, 'coherence.suspectTtl is "soon"'],
    [{ coherence: { heartbeat: 20 } }, 'coherence.heartbeat is 20 ms; give 50 ms or more'],
    [{ coherence: { heartbeat: '5s' } }, 'coherence.suspectTtl is 2000 ms; give 10000 ms or more, twice coherence.heartbeat'],
    [{ coherence: { forgetAfter: '1s' } }, 'coherence.forgetAfter is 1000 ms; give 2000 ms or more, as coherence.suspectTtl has'],
    [{ kinds: { quote: { compression: 'zip' } } }, 'kinds.quote.compression is "zip"; write one of auto, none, zstd, deflate'],
    [{ kinds: { quote: { lease: 'yes' } } }, 'kinds.quote.lease is "yes"; write true or false'],
  ])('refuses %j', (given, says) => {
    const told = refusal(given);
    expect(told).toContain(says);
    expect(told).not.toContain(SECRET);
  });

  test.each([
    { redis: `redis://u:${SECRET}@h` },
    { redis: { url: `http://u:${SECRET}@h` } },
    { redis: { url: [`redis://u:${SECRET}@h`] } },
    { redis: { url: `redis://u:${SECRET}@h/x` } },
    { redis: { url: `redis://u:%${SECRET}@h` } },
    { redis: { cluster: { nodes: [`u:${SECRET}@h:1`] } } },
    { redis: { sentinel: { name: 'm', nodes: `u:${SECRET}@h:1` } } },
    { redis: { ...redis, password: { text: SECRET } } },
    { nats: `nats://u:${SECRET}@h` },
    { nats: { servers: `http://u:${SECRET}@h` } },
    { nats: { servers: [`nats://u:${SECRET}@h:port`] } },
    { nats: { servers: { a: SECRET } } },
    { nats: { ...nats, token: [SECRET] } },
  ])('shows nothing of a secret in %j', (given) => {
    expect(refusal(given)).not.toContain(SECRET);
  });

  test('hands certificates and credentials on as their files have them, and names the setting whose file cannot be read', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tiercel-settings-')), 'file');
    writeFileSync(file, 'what stands there\n');
    expect(redisOptionsOf({ ...redis, tls: { ca: file } })).toEqual({ ...redis, prefix: 'tiercel:', tls: { ca: 'what stands there\n' } });
    expect(natsOptionsOf({ ...nats, nkeyFile: file })).toEqual({ ...nats, nkey: 'what stands there' });
    expect(natsOptionsOf({ ...nats, credsFile: file, tls: { ca: file } })).toEqual({ ...nats, creds: file, tls: { ca: file } });
    expect(() => redisOptionsOf({ ...redis, tls: { key: '/none' } })).toThrow('redis.tls.key is /none, which cannot be read: ENOENT');
    expect(() => natsOptionsOf({ ...nats, credsFile: '/none' })).toThrow('nats.credsFile is /none, which cannot be read');
    expect(() => natsOptionsOf({ ...nats, tls: { cert: '/none' } })).toThrow('nats.tls.cert is /none, which cannot be read');
  });
});

test('the longest life of a value is that of the kind that keeps it longest, grace included', () => {
  expect(longestLifeMs(settings({}))).toBe(HOUR);
  expect(longestLifeMs(settings({ cache: { ttl: '1m' } }))).toBe(30 * MINUTE);
  expect(longestLifeMs(settings({ kinds: { backtest: { ttl: '1d', grace: '1h' } } }))).toBe(DAY + HOUR);
});
