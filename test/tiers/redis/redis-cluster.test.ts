import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOMBSTONE_MS } from '../../../src/testing/tier-subject.ts';
import { describeRemoteTier } from '../../../src/testing/tier-suite.ts';
import { redis } from '../../../src/tiers/redis/redis-tier.ts';
import { RedisCluster } from '../../servers/redis-cluster.ts';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await RedisCluster.start();
}, 60_000);
afterAll(() => cluster[Symbol.asyncDispose]());

describeRemoteTier(
  'RedisTier of a cluster',
  async () => {
    await cluster.flushAll();
    const tier = redis({ cluster: { nodes: cluster.nodes.slice(0, 2) }, tombstoneFor: TOMBSTONE_MS });
    await expect.poll(() => tier.stats.isConnected, { interval: 5 }).toBe(true);
    return { tier, now: () => Date.now(), pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
  },
  { describe, test },
);
