import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClosedError } from '../../../src/errors.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { assertSame, collect } from '../../../src/testing/tier-answers.ts';
import { describeRemoteTier } from '../../../src/testing/tier-suite.ts';
import { guarded } from '../../../src/tiers/guarded-tier.ts';
import { redis } from '../../../src/tiers/redis/redis-tier.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import { connected, subject, USER } from './connected.ts';

let server: RedisServer;
let secure: RedisServer;
beforeAll(async () => {
  [server, secure] = await Promise.all([RedisServer.start(), RedisServer.start({ tls: true, users: ['user default off', USER] })]);
});
afterAll(() => Promise.all([server, secure].map((one) => one[Symbol.asyncDispose]())));

describeRemoteTier('RedisTier', () => subject({ url: server.url }), { describe, test });

describeRemoteTier(
  'RedisTier over TLS, for a user with no rights but the documented ones, guarded',
  async () => {
    const tls = { ca: secure.certificates?.ca ?? '' };
    const made = await subject({ url: secure.url, username: 'tiercel', password: 'secret', tls });
    return { ...made, tier: guarded(made.tier, { deadline: '2s', writeDeadline: '2s' }) };
  },
  { describe, test },
);

describe('RedisTier', () => {
  test('keeps everything under its prefix, and tells of nothing else', async () => {
    await server.flushAll();
    await using tier = await connected({ url: server.url, prefix: 'a[b]*?-^\\:' });
    await using other = await connected({ url: server.url, prefix: 'a[b]' });
    const entries = ['main:quote:A', 'main:bars:B'].map((key) => sealedSample(key));
    const large = sealedSample('main:bars:large', { value: 'x'.repeat(1_500_000) });
    await tier.setMany([...entries, large]);
    await tier.leases.acquire(['main:quote:A'], 'me', 10_000);
    await server.cli('SET', 'abc:main:quote:foreign', 'x');
    expect((await collect(tier, '*')).sort()).toStrictEqual(['main:bars:B', 'main:bars:large', 'main:quote:A']);
    expect(await collect(other, 'main:*')).toStrictEqual([]);
    const keys = (await server.cli('--no-raw', 'KEYS', '*')).split('\n').filter((line) => !line.includes('foreign'));
    expect(keys).toHaveLength(5);
    expect(keys.every((line) => line.includes('"a[b]*?-^\\\\:'))).toBe(true);
  });

  test('keeps databases apart', async () => {
    await using first = await connected({ url: `${server.url}/1` });
    await using second = await connected({ url: server.url, database: 2 });
    const entry = sealedSample('main:quote:A');
    await first.setMany([entry]);
    assertSame([...(await first.getMany([entry.key])), ...(await second.getMany([entry.key]))], [entry.bytes, undefined]);
    expect(await server.cli('-n', '1', 'DBSIZE')).toBe('1');
  });

  test('is one store to all tiers of a server', async () => {
    await using one = await connected({ url: server.url });
    await using other = await connected({ url: server.url });
    const entry = sealedSample('main:quote:shared');
    await one.setMany([entry]);
    assertSame(await other.getMany([entry.key]), [entry.bytes]);
    await other.deleteMany([entry.key], { stamp: 2, origin: 1 });
    assertSame(await one.getMany([entry.key]), [undefined]);
  });

  test('reads the keys of a turn by one command, each once, and writes them by one', async () => {
    await using tier = await connected({ url: server.url });
    const entries = Array.from({ length: 50 }, (_, n) => sealedSample(`main:quote:S${n}`, { stamp: 1 }));
    await server.cli('CONFIG', 'RESETSTAT');
    await Promise.all(entries.map((entry) => tier.setMany([entry])));
    const answers = await Promise.all([...entries, ...entries].map(async ({ key }) => tier.getMany([key])));
    assertSame(
      answers.flat(),
      [...entries, ...entries].map(({ bytes }) => bytes),
    );
    const stats = await server.cli('INFO', 'commandstats');
    expect(stats).toMatch(/cmdstat_mget:calls=1,/);
    expect(stats).toMatch(/cmdstat_evalsha:calls=1,/);
  });

  test('hands on what is no envelope of this version, for the cache to refuse and count, and writes over it', async () => {
    await using tier = await connected({ url: server.url });
    await server.cli('SET', 'tiercel:main:quote:foreign', 'something else');
    await server.cli('HSET', 'tiercel:main:quote:hash', 'field', 'value');
    expect(String((await tier.getMany(['main:quote:foreign']))[0])).toBe('something else');
    const entries = ['main:quote:foreign', 'main:quote:hash'].map((key) => sealedSample(key));
    expect(await tier.setMany(entries)).toStrictEqual([true, true]);
    assertSame(
      await tier.getMany(entries.map(({ key }) => key)),
      entries.map(({ bytes }) => bytes),
    );
  });

  test('does not take values beyond its limit, and takes the rest of their batch', async () => {
    await using tier = await connected({ url: server.url, maxValueBytes: '2kb' });
    const [good, long] = [sealedSample('main:quote:limit'), sealedSample('main:bars:long', { value: 'x'.repeat(3_000) })];
    const foreign = { ...good, key: 'main:quote:F', bytes: new Uint8Array(500) };
    expect(await tier.setMany([long, good, foreign])).toStrictEqual([false, true, false]);
    expect(tier.stats).toMatchObject({ refused: 2, writeErrors: 0 });
  });

  test('rejects what is asked for after close, and does what was asked for before', async () => {
    const tier = await connected({ url: server.url });
    const entry = sealedSample('main:quote:closing');
    const [write, read] = [tier.setMany([entry]), tier.getMany(['main:quote:none'])];
    const close = tier[Symbol.asyncDispose]();
    await expect(tier.setMany([entry])).rejects.toBeInstanceOf(ClosedError);
    await expect(tier.leases.acquire([entry.key], 'me', 1_000)).rejects.toBeInstanceOf(ClosedError);
    await expect(write).resolves.toStrictEqual([true]);
    await expect(read).resolves.toStrictEqual([undefined]);
    await close;
    await expect.poll(() => server.cli('CLIENT', 'LIST', 'TYPE', 'normal').then((list) => list.split('\n').length)).toBe(1);
  });

  test('is refused without the right certificate or password, and says why without telling the password', async () => {
    for (const options of [
      { url: secure.url.replace('//', '//tiercel:secret@') },
      { url: secure.url.replace('//', '//tiercel:hunter2@'), tls: { ca: secure.certificates?.ca ?? '' } },
    ]) {
      const warnings: string[] = [];
      await using tier = redis({ ...options, onWarning: ({ message }) => warnings.push(message) });
      await expect.poll(() => warnings.length).toBe(1);
      const error: unknown = await Promise.resolve(tier.getMany(['main:quote:A'])).catch((reason: unknown) => reason);
      expect(String(error)).toMatch(/certificate|WRONGPASS/);
      expect(`${warnings} ${error}`).not.toMatch(/secret|hunter2/);
    }
  });
});

describe('the leases of a RedisTier', () => {
  test('are lent to one holder at a time, for their time', async () => {
    await using tier = await connected({ url: server.url });
    const { leases } = tier;
    const keys = ['main:quote:L1', 'main:quote:L2'];
    expect(await leases.acquire([keys[0]!], 'a', 200)).toStrictEqual([0]);
    const [left, free] = await leases.acquire(keys, 'b', 60_000);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(200);
    expect(free).toBe(0);
    expect(await leases.acquire([keys[0]!], 'a', 200)).toStrictEqual([0]);
    await expect.poll(() => leases.acquire([keys[0]!], 'b', 60_000), { interval: 20 }).toStrictEqual([0]);
    await leases.release(keys, 'a');
    expect((await leases.acquire(keys, 'a', 100)).every((ms) => ms > 50_000)).toBe(true);
    await leases.release(keys, 'b');
    expect(await leases.acquire(keys, 'a', 100)).toStrictEqual([0, 0]);
  });
});

describe('the large values of a RedisTier', () => {
  const value = 'x'.repeat(8_000_000);

  test('do not make small reads wait', async () => {
    await using tier = await connected({ url: server.url });
    const small = sealedSample('main:quote:small');
    const large = sealedSample('main:bars:large', { value: 'x'.repeat(16_000_000) });
    await tier.setMany([small, large]);
    let isOver = false;
    const read = Promise.resolve(tier.getMany([large.key])).finally(() => {
      isOver = true;
    });
    let smallReads = 0;
    while (!isOver) {
      assertSame(await tier.getMany([small.key]), [small.bytes]);
      smallReads += 1;
    }
    assertSame(await read, [large.bytes]);
    // On one connection the first would have come behind it, and been the only one.
    expect(smallReads).toBeGreaterThan(2);
  });

  test('are gone from the server when they are replaced, deleted or refused', async () => {
    await server.flushAll();
    await using tier = await connected({ url: server.url });
    const key = 'main:bars:A';
    const sizes = async (): Promise<number> => (await server.cli('KEYS', '*large:*')).split('\n').filter((line) => line !== '').length;
    expect(await tier.setMany([sealedSample(key, { stamp: 5, value })])).toStrictEqual([true]);
    expect(await tier.setMany([sealedSample(key, { stamp: 4, value })])).toStrictEqual([false]);
    expect(await tier.setMany([sealedSample(key, { stamp: 5, value })])).toStrictEqual([false]);
    await expect.poll(sizes).toBe(1);
    assertSame(await tier.getMany([key, 'main:none']), [sealedSample(key, { stamp: 5, value }).bytes, undefined]);
    expect(await tier.setMany([sealedSample(key, { stamp: 6, value })])).toStrictEqual([true]);
    await expect.poll(sizes).toBe(1);
    expect(await tier.setMany([sealedSample(key, { stamp: 7 })])).toStrictEqual([true]);
    await expect.poll(sizes).toBe(0);
    await tier.setMany([sealedSample(key, { stamp: 8, value })]);
    await tier.deleteMany([key], { stamp: 8, origin: 1 });
    await expect.poll(sizes).toBe(0);
  });

  test('are missed, and counted, when a stub has lost its value', async () => {
    await using tier = await connected({ url: server.url });
    const entry = sealedSample('main:bars:lost', { value });
    await tier.setMany([entry]);
    await server.cli('DEL', 'tiercel:~large:1-1:main:bars:lost');
    assertSame(await tier.getMany([entry.key]), [undefined]);
    assertSame(await tier.getMany([entry.key, 'main:none']), [undefined, undefined]);
    expect(tier.stats).toMatchObject({ mismatched: 2, readErrors: 0 });
  });
});
