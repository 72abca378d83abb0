import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeLeases } from '../../../src/testing/lease-suite.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { assertSame } from '../../../src/testing/tier-answers.ts';
import { TOMBSTONE_MS } from '../../../src/testing/tier-subject.ts';
import { describeRemoteTier } from '../../../src/testing/tier-suite.ts';
import { guarded } from '../../../src/tiers/guarded-tier.ts';
import type { RedisTier } from '../../../src/tiers/redis/redis-tier.ts';
import type { RedisServer } from '../../servers/redis-server.ts';
import { type ValkeyServer, valkeys } from '../../servers/valkey-server.ts';
import { connected, subject } from './connected.ts';

/** The server in WebAssembly is slow, and what the suite does within the life of a tombstone takes it as long. */
const PATIENCE = 3;
const quiet = { onWarning: (): void => {} };
const KEY = 'main:quote:A';

describe.each(valkeys)('on %s', (name, start) => {
  let server: ValkeyServer | RedisServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  describeRemoteTier(
    `RedisTier on ${name}`,
    async () => {
      const made = await subject({ url: server.url, tombstoneFor: PATIENCE * TOMBSTONE_MS });
      return { ...made, pass: (ms) => made.pass(PATIENCE * ms) };
    },
    { describe, test },
  );

  describeLeases(
    `RedisTier on ${name}`,
    () => {
      const tiers: RedisTier[] = [];
      const prefix = `leases:${randomUUID()}:`;
      return {
        connect: async () => {
          const tier = await connected({ url: server.url, prefix });
          tiers.push(tier);
          return tier.leases;
        },
        pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        close: async () => {
          await Promise.all(tiers.map((tier) => tier[Symbol.asyncDispose]()));
        },
      };
    },
    { describe, test },
  );

  describe('a RedisTier', () => {
    test('reads the keys of a turn by one command, and writes them by one', async () => {
      await using tier = await connected({ url: server.url });
      const entries = Array.from({ length: 50 }, (_, n) => sealedSample(`main:quote:S${n}`, { stamp: 1 }));
      await server.cli('CONFIG', 'RESETSTAT');
      await Promise.all(entries.map((entry) => tier.setMany([entry])));
      assertSame(
        (await Promise.all(entries.map(async ({ key }) => tier.getMany([key])))).flat(),
        entries.map(({ bytes }) => bytes),
      );
      const stats = await server.cli('INFO', 'commandstats');
      expect(stats).toMatch(/cmdstat_mget:calls=1,/);
      expect(stats).toMatch(/cmdstat_evalsha:calls=1,/);
    });

    test('keeps large values under keys of their own, and takes them away with their entry', async () => {
      await using tier = await connected({ url: server.url, prefix: 'large:' });
      const entry = sealedSample('main:bars:A', { value: 'x'.repeat(8_000_000), stamp: 5 });
      const sizes = async (): Promise<number> => (await server.cli('KEYS', 'large:~large:*')).split(/[\n,]/).filter(Boolean).length;
      await tier.setMany([entry]);
      assertSame(await tier.getMany([entry.key]), [entry.bytes]);
      expect(await sizes()).toBe(1);
      await tier.deleteMany([entry.key], { stamp: 6, origin: 1 });
      assertSame(await tier.getMany([entry.key]), [undefined]);
      await expect.poll(sizes).toBe(0);
    });

    test('tells a server its scripts again that has forgotten them, and writes into one that was flushed', async () => {
      await using tier = await connected({ url: server.url });
      await tier.setMany([sealedSample(KEY, { stamp: 9 })]);
      await server.cli('SCRIPT', 'FLUSH');
      await server.flushAll();
      assertSame(await tier.getMany([KEY]), [undefined]);
      expect(await tier.setMany([sealedSample(KEY, { stamp: 3 })])).toStrictEqual([true]);
      expect(await tier.leases.acquire([KEY], 'me', 1_000)).toStrictEqual([0]);
    });

    test('writes nothing into a server without memory left, and still reads and deletes', async () => {
      await using tier = await connected({ url: server.url, prefix: 'full:' });
      const entry = sealedSample(KEY, { stamp: 5 });
      await tier.setMany([entry]);
      const limit = (await server.cli('CONFIG', 'GET', 'maxmemory')).split(/[\n,]/)[1] ?? '0';
      await server.cli('CONFIG', 'SET', 'maxmemory', '1mb');
      await expect(tier.setMany([sealedSample('main:bars:more', { value: 'x'.repeat(100_000) })])).rejects.toThrow(/OOM/);
      assertSame(await tier.getMany([KEY]), [entry.bytes]);
      await tier.deleteMany([KEY], { stamp: 6, origin: 1 });
      assertSame(await tier.getMany([KEY]), [undefined]);
      await server.cli('CONFIG', 'SET', 'maxmemory', limit);
      expect(await tier.setMany([entry])).toStrictEqual([false]);
    });

    test('uses a server that was killed and started again, once it is there', async () => {
      await using tier = await connected({ url: server.url, ...quiet });
      await tier.setMany([sealedSample(KEY, { stamp: 9 })]);
      await server.kill();
      await expect.poll(() => tier.stats.isConnected).toBe(false);
      await expect(tier.setMany([sealedSample(KEY, { stamp: 10 })])).rejects.toMatchObject({ code: 'ERR_TIER', retryable: true });
      await server.restart();
      await expect.poll(() => tier.stats.isConnected, { timeout: 5_000 }).toBe(true);
      assertSame(await tier.getMany([KEY]), [undefined]);
      expect(await tier.setMany([sealedSample(KEY, { stamp: 3 })])).toStrictEqual([true]);
      expect(tier.stats.reconnects).toBe(1);
    });

    test('gives up a server that hangs, and uses it when it goes on', async () => {
      await using tier = await connected({ url: server.url, ...quiet });
      const guard = guarded(tier, { deadline: 50, breaker: { openFor: 100, maxOpenFor: 200 } });
      const entry = sealedSample(KEY, { stamp: 20 });
      await tier.setMany([entry]);
      server.stop();
      await expect(guard.getMany([KEY])).rejects.toMatchObject({ code: 'ERR_TIER_TIMEOUT' });
      await expect.poll(() => tier.stats.isConnected, { timeout: 6_000 }).toBe(false);
      server.cont();
      await expect.poll(() => tier.stats.isConnected, { timeout: 5_000 }).toBe(true);
      await expect.poll(() => Promise.resolve(guard.getMany([KEY])).catch(() => []), { timeout: 2_000 }).toHaveLength(1);
      assertSame(await tier.getMany([KEY]), [entry.bytes]);
    });
  });
});
