import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Pattern } from '../../../src/entry/pattern.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { assertSame } from '../../../src/testing/tier-answers.ts';
import { guarded } from '../../../src/tiers/guarded-tier.ts';
import { redis } from '../../../src/tiers/redis/redis-tier.ts';
import { freePort } from '../../servers/free-port.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import { connected } from './connected.ts';

let server: RedisServer;
beforeEach(async () => {
  server = await RedisServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

const quiet = { onWarning: (): void => {} };
const KEY = 'main:quote:A';
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

describe('a RedisTier whose server', () => {
  test('is down at the start is there at once, refuses at once, and connects when the server comes', async () => {
    await server.kill();
    const began = performance.now();
    const warnings: string[] = [];
    await using tier = redis({ url: server.url, onWarning: ({ kind }) => warnings.push(kind) });
    const entry = sealedSample(KEY);
    await expect(tier.setMany([entry])).rejects.toMatchObject({ code: 'ERR_TIER', retryable: true });
    await expect(tier.getMany([KEY])).rejects.toThrow(/not connected/);
    await expect(tier.leases.acquire([KEY], 'me', 1_000)).rejects.toMatchObject({ code: 'ERR_TIER' });
    await expect(tier.scan(new Pattern('*'))[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ERR_TIER' });
    expect(performance.now() - began).toBeLessThan(500);
    await server.restart();
    await expect.poll(() => tier.stats.isConnected, { timeout: 5_000 }).toBe(true);
    expect(await tier.setMany([entry])).toStrictEqual([true]);
    expect(warnings).toStrictEqual(['disconnected', 'connected']);
  });

  test('never comes does not keep a tier from being closed', async () => {
    const tier = redis({ url: `redis://127.0.0.1:${await freePort()}`, ...quiet });
    await tier[Symbol.asyncDispose]();
    expect(tier.stats.isConnected).toBe(false);
  });

  test('is killed and started again amid traffic is used again, and gets no write from before', async () => {
    await using tier = await connected({ url: server.url, ...quiet });
    let stamp = 1;
    let isOver = false;
    let acknowledged = 0;
    const failures: unknown[] = [];
    const traffic = (async () => {
      while (!isOver) {
        const entries = Array.from({ length: 20 }, (_, n) => sealedSample(`main:quote:${n}`, { stamp }));
        stamp += 1;
        const calls = [...entries.map((entry) => tier.setMany([entry])), ...entries.map(async ({ key }) => tier.getMany([key]))];
        for (const result of await Promise.allSettled(calls)) {
          if (result.status === 'rejected') failures.push(result.reason);
          else acknowledged = stamp;
        }
        await tick();
      }
    })();
    await expect.poll(() => acknowledged).toBeGreaterThan(5);
    await server.kill();
    await expect.poll(() => failures.length).toBeGreaterThan(50);
    const before = stamp;
    await server.restart();
    await expect.poll(() => acknowledged, { timeout: 5_000 }).toBeGreaterThan(before + 3);
    isOver = true;
    await traffic;
    const written = await tier.getMany(['main:quote:0']);
    assertSame(written, [sealedSample('main:quote:0', { stamp: stamp - 1 }).bytes]);
    expect(failures.every((failure) => (failure as { code?: string }).code === 'ERR_TIER')).toBe(true);
    expect(tier.stats.reconnects).toBe(1);
  });

  test('hangs is given up by the guard in time and by the tier in a while, and used again when it goes on', async () => {
    await using tier = await connected({ url: server.url, ...quiet });
    const guard = guarded(tier, { deadline: 50, breaker: { openFor: 100, maxOpenFor: 200 } });
    await tier.setMany([sealedSample(KEY)]);
    server.stop();
    const began = performance.now();
    await expect(guard.getMany([KEY])).rejects.toMatchObject({ code: 'ERR_TIER_TIMEOUT' });
    expect(performance.now() - began).toBeLessThan(1_000);
    const reads = Array.from({ length: 200 }, async () => tier.getMany([KEY]));
    for (const result of await Promise.allSettled(reads))
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ERR_TIER' } });
    expect(performance.now() - began).toBeLessThan(6_000);
    expect(tier.stats.isConnected).toBe(false);
    server.cont();
    await expect.poll(() => tier.stats.isConnected, { timeout: 5_000 }).toBe(true);
    await expect.poll(() => Promise.resolve(guard.getMany([KEY])).catch(() => []), { timeout: 2_000 }).toHaveLength(1);
    assertSame(await tier.getMany([KEY]), [sealedSample(KEY).bytes]);
  });

  test('hangs from the start is as one that is down', async () => {
    server.stop();
    await using tier = redis({ url: server.url, connectWithin: 200, ...quiet });
    await expect(tier.getMany([KEY])).rejects.toMatchObject({ code: 'ERR_TIER' });
    await expect
      .poll(async () => String(await Promise.resolve(tier.getMany([KEY])).catch((error: unknown) => error)))
      .toMatch(/within 200 ms/);
    server.cont();
    await expect.poll(() => tier.stats.isConnected, { timeout: 5_000 }).toBe(true);
  });

  test('is no Redis is said to be none', async () => {
    const web = createServer((socket) => void socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await once(web, 'listening');
    const { port } = web.address() as AddressInfo;
    const warnings: string[] = [];
    await using _tier = redis({ url: `redis://127.0.0.1:${port}`, onWarning: ({ message }) => warnings.push(message) });
    await expect.poll(() => warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/RESP type/);
    web.close();
  });

  test('is flushed has nothing, and takes everything', async () => {
    await using tier = await connected({ url: server.url });
    await tier.setMany([sealedSample(KEY, { stamp: 9 })]);
    await tier.deleteMany(['main:quote:B'], { stamp: 9, origin: 1 });
    await server.flushAll();
    assertSame(await tier.getMany([KEY]), [undefined]);
    expect(await tier.setMany([KEY, 'main:quote:B'].map((key) => sealedSample(key, { stamp: 3 })))).toStrictEqual([true, true]);
  });

  test('has forgotten the scripts is told them again', async () => {
    await using tier = await connected({ url: server.url });
    await tier.setMany([sealedSample(KEY, { stamp: 1 })]);
    await server.cli('SCRIPT', 'FLUSH');
    const writes = await Promise.all([2, 3, 4].map((stamp) => tier.setMany([sealedSample(`main:quote:${stamp}`, { stamp })])));
    expect(writes.flat()).toStrictEqual([true, true, true]);
    await server.cli('SCRIPT', 'FLUSH');
    expect(await tier.leases.acquire([KEY], 'me', 1_000)).toStrictEqual([0]);
  });

  test('has no memory left takes no entries, and still reads and deletes', async () => {
    await using tier = await connected({ url: server.url });
    const value = 'x'.repeat(100_000);
    const entries = Array.from({ length: 10 }, (_, n) => sealedSample(`main:bars:${n}`, { value, stamp: 5 }));
    await tier.setMany(entries);
    await server.cli('CONFIG', 'SET', 'maxmemory', '1mb');
    await expect(tier.setMany([sealedSample('main:bars:more', { value })])).rejects.toThrow(/OOM/);
    expect(tier.stats.writeErrors).toBe(1);
    assertSame(await tier.getMany([entries[0]!.key]), [entries[0]!.bytes]);
    await tier.deleteMany(
      entries.map(({ key }) => key),
      { stamp: 6, origin: 1 },
    );
    assertSame(await tier.getMany([entries[0]!.key]), [undefined]);
    await server.cli('CONFIG', 'SET', 'maxmemory', '0');
    expect(await tier.setMany([entries[0]!])).toStrictEqual([false]);
  });
});
