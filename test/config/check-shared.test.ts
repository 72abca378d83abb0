import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkBus, checkNats } from '../../src/config/check-bus.ts';
import { checkRedis } from '../../src/config/check-redis.ts';
import { checkSettings } from '../../src/config/check-settings.ts';
import type { Finding } from '../../src/config/finding.ts';
import type { Settings } from '../../src/config/settings.ts';
import { NatsServer } from '../servers/nats-server.ts';
import { RedisCluster } from '../servers/redis-cluster.ts';
import { RedisSentinels } from '../servers/redis-sentinels.ts';
import { RedisServer } from '../servers/redis-server.ts';

/** What a tier and a bus over Redis need, and no more. */
const RIGHTS =
  '+ping +get +mget +getrange +set +del +unlink +pttl +eval +evalsha +scan +xadd +xread +xrange +xtrim +xinfo|stream +xinfo|groups +xgroup|create';

function settings(given: object): Settings {
  return checkSettings({ coherence: { heartbeat: 50 }, ...given }, (path) => path);
}

function byName(findings: readonly Finding[]): Record<string, Finding> {
  return Object.fromEntries(findings.map((finding) => [finding.name, finding]));
}

describe('of Redis the doctor', () => {
  test('tells its version, its role, its memory and its clock', async () => {
    await using redis = await RedisServer.start({ config: ['maxmemory 20mb', 'maxmemory-policy volatile-lfu'] });
    const found = byName(await checkRedis({ url: redis.url }, true));
    expect(Object.keys(found)).toEqual(['redis', 'redis rights', 'redis memory', 'redis disk', 'redis clock']);
    expect(Object.values(found).every(({ status }) => status === 'ok')).toBe(true);
    expect(found['redis']?.detail).toMatch(/answers within \d+\.\d ms, version \d+\.\d+\.\d+, master$/);
    expect(found['redis memory']?.detail).toBe('maxmemory 20.00M, volatile-lfu');
    expect(await redis.cli('DBSIZE')).toBe('0');
  });

  test('advises on memory that is not bounded, not evicted, or evicts the log of the bus', async () => {
    await using redis = await RedisServer.start();
    const memory = async (isBus: boolean): Promise<string> =>
      byName(await checkRedis({ url: redis.url }, isBus))['redis memory']?.advice ?? '';
    expect(await memory(false)).toMatch(/^set maxmemory to/);
    await redis.cli('CONFIG', 'SET', 'maxmemory', '20mb');
    expect(await memory(false)).toMatch(/refuses all that is new/);
    await redis.cli('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await memory(false)).toBe('');
    expect(await memory(true)).toMatch(/never the log of the bus/);
  });

  test('names each right that the user lacks, and finds none lacking of those that are needed', async () => {
    const user = (rights: string): string => `user app on >secret resetchannels ~tiercel:* -@all ${rights}`;
    const rights = async (given: string, isBus: boolean): Promise<Finding | undefined> => {
      await using redis = await RedisServer.start({ users: [user(given)] });
      const place = { url: redis.url, username: 'app', password: 'secret' };
      if (given === RIGHTS) expect(await checkBus(settings({ redis: place }))).toMatchObject([{ status: 'ok' }]);
      return byName(await checkRedis(place, isBus))['redis rights'];
    };
    expect(await rights(RIGHTS, true)).toMatchObject({ status: 'ok' });
    expect(await rights(RIGHTS.replace(/ \+x.*/, ''), false)).toMatchObject({ status: 'ok' });
    expect(await rights(RIGHTS.replace('+getrange ', '').replace('+scan ', '').replace('+xread ', ''), true)).toMatchObject({
      status: 'fail',
      detail: 'the user may not getrange, scan, xread on tiercel:*',
      advice: 'ACL SETUSER <user> ~tiercel:* +getrange +scan +xread',
    });
  });

  test('says what to do when it is not let in, and shows no password', async () => {
    await using redis = await RedisServer.start({ users: ['user default on >s3cr3t ~* &* +@all'] });
    const [refused] = await checkRedis({ url: `redis://:wr0ng@${redis.address}` }, false);
    expect(refused).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('WRONGPASS'),
      advice: expect.stringContaining('mend the user or the password'),
    });
    expect(JSON.stringify(refused)).not.toMatch(/wr0ng|s3cr3t/);
    const { port } = new URL(redis.url);
    await redis.kill();
    expect(await checkRedis({ url: `redis://127.0.0.1:${port}` }, false)).toMatchObject([
      { status: 'fail', detail: expect.stringContaining('ECONNREFUSED'), advice: expect.stringContaining('start it, or mend its address') },
    ]);
  });

  test('refuses a replica, which takes no writes', async () => {
    await using master = await RedisServer.start();
    await using replica = await RedisServer.start({ config: [`replicaof 127.0.0.1 ${master.port}`] });
    await expect.poll(() => replica.cli('INFO', 'replication')).toContain('master_link_status:up');
    const found = byName(await checkRedis({ url: replica.url }, false));
    expect(found['redis']).toMatchObject({ status: 'fail', advice: expect.stringContaining('name the master') });
    expect(found['redis rights']?.detail).toContain('READONLY');
  });

  test('counts the masters of a cluster, and Sentinels that are silent', async () => {
    await using cluster = await RedisCluster.start();
    const { nodes } = cluster;
    expect(byName(await checkRedis({ cluster: { nodes } }, true))).toMatchObject({
      'redis cluster': { status: 'ok', detail: `${nodes.length} of ${nodes.length} nodes named answer, 3 masters` },
      'redis rights': { status: 'ok' },
    });
    await using sentinels = await RedisSentinels.start();
    const named = [...sentinels.nodes, '127.0.0.1:1'];
    const found = byName(await checkRedis({ sentinel: { name: sentinels.name, nodes: named } }, true));
    expect(found['redis sentinels']).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/the master is .*silent: 127\.0\.0\.1:1/),
    });
    expect(found['redis rights']).toMatchObject({ status: 'ok' });
  });
});

describe('of NATS the doctor', () => {
  test('tells of the stream that is not there yet, makes none, and warns of one that forgets too soon', async () => {
    await using server = await NatsServer.start();
    const nats = { servers: server.url };
    const look = async (given: object = {}): Promise<Record<string, Finding>> =>
      byName(await checkNats(nats, settings({ nats, ...given })));
    expect(await look()).toMatchObject({
      nats: { status: 'ok', detail: expect.stringMatching(/version \d/) },
      'nats stream': { status: 'ok', detail: 'TIERCEL_tiercel will be made at the first start, to keep messages for 1 h' },
    });
    expect(await checkBus(settings({ nats }))).toMatchObject([
      { name: 'bus', status: 'ok', detail: expect.stringMatching(/^nats: .* no other service is on it$/) },
    ]);
    expect((await look())['nats stream']?.detail).toContain('will be made');
    expect(await look({ kinds: { backtest: { ttl: '1d' } } })).toMatchObject({
      'nats stream': { status: 'warn', advice: expect.stringContaining('set nats.stream.maxAge to 1 d') },
    });
  });

  test('tells of JetStream that is missing, of rights that are, and of a door that stays shut', async () => {
    const may = '{ publish: ["tiercel.tiercel.beat"], subscribe: ["tiercel.>", "_INBOX.>"] }';
    await using server = await NatsServer.start({
      jetstream: false,
      config: [`authorization { users: [{ user: a, password: b }, { user: c, password: d, permissions: ${may} }] }`],
    });
    const nats = { servers: server.url, user: 'a', password: 'b' };
    expect(await checkNats(nats, settings({ nats }))).toMatchObject([{ status: 'ok' }, { name: 'nats stream', status: 'warn' }]);
    const required = { ...nats, jetstream: 'required' as const };
    expect(await checkNats(required, settings({ nats: required }))).toMatchObject([
      { status: 'ok' },
      { name: 'nats stream', status: 'fail' },
    ]);
    const few = { servers: server.url, user: 'c', password: 'd' };
    expect(await checkBus(settings({ nats: few }))).toMatchObject([
      { status: 'fail', detail: expect.stringContaining('may not publish to "tiercel.tiercel.news"') },
    ]);
    const shut = { servers: server.url };
    expect(await checkNats(shut, settings({ nats: shut }))).toMatchObject([{ status: 'fail', detail: 'Authorization Violation' }]);
  });
});

describe('of the bus of one host the doctor', () => {
  test('makes no store by looking for one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tiercel-check-'));
    const store = join(folder, 'store');
    expect(await checkBus(settings({ cache: { store } }))).toMatchObject([
      { name: 'bus', status: 'ok', detail: expect.stringMatching(/^lmdb: /) },
    ]);
    expect(existsSync(store)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test('says that there is none, which is amiss where Redis is shared', async () => {
    expect(await checkBus(settings({ cache: { store: null } }))).toMatchObject([{ status: 'ok' }]);
    expect(await checkBus(settings({ redis: { url: 'redis://h' }, bus: 'none' }))).toMatchObject([{ status: 'warn' }]);
  });
});
