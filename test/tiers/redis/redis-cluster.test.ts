import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keySlot } from '../../../src/redis/key-slot.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { assertSame, collect } from '../../../src/testing/tier-answers.ts';
import { describeRemoteTier } from '../../../src/testing/tier-suite.ts';
import type { RedisTier } from '../../../src/tiers/redis/redis-tier.ts';
import { RedisCluster } from '../../servers/redis-cluster.ts';
import { connected, subject, USER } from './connected.ts';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await RedisCluster.start([`${USER} +cluster|slots +asking`]);
}, 60_000);
afterAll(() => cluster[Symbol.asyncDispose]());

describeRemoteTier('RedisTier of a cluster', () => subject(access()), { describe, test });

/** Under few rights, so that those in docs/redis.md are known to be enough. */
const access = () => ({ cluster: { nodes: cluster.nodes }, username: 'tiercel', password: 'secret' });

const KEYS = Array.from({ length: 200 }, (_, n) => `main:quote:S${n}`);

/** Writes and reads all the keys again and again until it is told to end; tells what failed. */
function traffic(tier: RedisTier): { readonly end: () => Promise<unknown[]>; readonly rounds: () => number; readonly stamp: () => number } {
  let isOver = false;
  let stamp = 1;
  let rounds = 0;
  const failures: unknown[] = [];
  const run = (async () => {
    while (!isOver) {
      stamp += 1;
      const entries = KEYS.map((key) => sealedSample(key, { stamp }));
      const before = failures.length;
      const wrong = await tier.setMany(entries).then(
        (stored) => stored.filter((isStored) => !isStored),
        (error: unknown) => [error],
      );
      const single = await Promise.allSettled(KEYS.map(async (key) => tier.getMany([key])));
      failures.push(...wrong, ...single.filter(({ status }) => status === 'rejected'));
      if (failures.length === before) rounds += 1;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return failures;
  })();
  const end = (): Promise<unknown[]> => {
    isOver = true;
    return run;
  };
  return { end, rounds: () => rounds, stamp: () => stamp };
}

describe('a RedisTier of a cluster', () => {
  test('knows the slot of a key as Redis does', async () => {
    for (const key of ['a', 'main:quote:AAPL', 'x{tag}y', '{}a', 'a{b', 'a}b{c}d', '{日経}', 'été', '{a}{b}']) {
      expect(keySlot(key)).toBe(Number(await cluster.servers[0]?.cli('CLUSTER', 'KEYSLOT', key)));
    }
  });

  test('loses nothing and refuses nothing while slots move', async () => {
    await using tier = await connected(access());
    const load = traffic(tier);
    const [from, to] = await cluster.masters();
    await expect.poll(load.rounds).toBeGreaterThan(2);
    await cluster.moveSlots(from!, to!, 1_500);
    const rounds = load.rounds();
    await expect.poll(load.rounds).toBeGreaterThan(rounds + 2);
    expect(await load.end()).toStrictEqual([]);
    assertSame(
      await tier.getMany(KEYS),
      KEYS.map((key) => sealedSample(key, { stamp: load.stamp() }).bytes),
    );
    expect(new Set(await collect(tier, 'main:*'))).toStrictEqual(new Set(KEYS));
  });

  test('goes on with the other masters when one is killed, and with all when its replica has taken over', { timeout: 60_000 }, async () => {
    await cluster.whole();
    await using tier = await connected({ ...access(), prefix: 'tiercel:killed:', onWarning: () => {} });
    const load = traffic(tier);
    await expect.poll(load.rounds).toBeGreaterThan(2);
    const [master] = await cluster.masters();
    await master?.kill();
    await expect.poll(() => tier.stats.isConnected, { interval: 5 }).toBe(false);
    await expect.poll(() => tier.stats.isConnected, { timeout: 20_000 }).toBe(true);
    const rounds = load.rounds();
    await expect.poll(load.rounds, { timeout: 20_000 }).toBeGreaterThan(rounds + 2);
    const failures = await load.end();
    expect(failures.length).toBeGreaterThan(0);
    assertSame(
      await tier.getMany(KEYS),
      KEYS.map((key) => sealedSample(key, { stamp: load.stamp() }).bytes),
    );
  });
});
