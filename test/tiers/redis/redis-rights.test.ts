import { expect, test } from 'vitest';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { collect } from '../../../src/testing/tier-answers.ts';
import { type RedisTier, redis } from '../../../src/tiers/redis/redis-tier.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import { USER } from './connected.ts';

const KEY = 'main:bars:A';
const value = 'x'.repeat(1_100_000);

/** Does all that a tier does, with scripts that the server does not know yet. @throws at the first refusal. */
async function useAll(tier: RedisTier, server: RedisServer, stamp: number): Promise<void> {
  await server.cli('SCRIPT', 'FLUSH');
  await tier.getMany([KEY]);
  await tier.setMany([sealedSample(KEY, { stamp, value })]);
  const [large] = await tier.getMany([KEY]);
  expect(large?.length).toBeGreaterThan(value.length);
  await tier.setMany([sealedSample(KEY, { stamp: stamp + 1 })]);
  await expect.poll(() => server.cli('EXISTS', `tiercel:~large:${stamp}-1:${KEY}`), { timeout: 300 }).toBe('0');
  expect(await tier.leases.acquire([KEY], 'me', 60_000)).toStrictEqual([0]);
  await tier.leases.acquire([KEY], 'other', 60_000);
  await tier.leases.release([KEY], 'me');
  expect(await collect(tier, 'main:*')).toStrictEqual([KEY]);
  await tier.deleteMany([KEY], { stamp: stamp + 1, origin: 1 });
}

test('a RedisTier needs each of the rights that its page asks for, and no other', async () => {
  await using server = await RedisServer.start({ users: [USER] });
  const rights = [...USER.matchAll(/\+([a-z]+)/g)].map(([, right]) => right ?? '');
  expect(rights).toHaveLength(11);
  for (const [n, missing] of ['nothing', ...rights].entries()) {
    await server.cli('ACL', 'LOAD');
    if (missing !== 'nothing') await server.cli('ACL', 'SETUSER', 'tiercel', `-${missing}`);
    await using tier = redis({ url: server.url, username: 'tiercel', password: 'secret', onWarning: () => {} });
    const use = expect
      .poll(() => tier.stats.isConnected, { timeout: 300 })
      .toBe(true)
      .then(() => useAll(tier, server, 10 * (n + 1)));
    if (missing === 'nothing') await use;
    else await expect(use, missing).rejects.toThrow();
    await server.flushAll();
  }
});
