import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TierSubject, TOMBSTONE_MS } from '../../../src/testing/tier-subject.ts';
import { describeRemoteTier } from '../../../src/testing/tier-suite.ts';
import { guarded } from '../../../src/tiers/guarded-tier.ts';
import { redis } from '../../../src/tiers/redis/redis-tier.ts';
import { RedisServer } from '../../servers/redis-server.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A tier on the emptied server, once it is connected. The server's time is real, so tests wait. */
async function subject(isGuarded: boolean): Promise<TierSubject> {
  await server.flushAll();
  const tier = redis({ url: server.url, tombstoneFor: TOMBSTONE_MS });
  await expect.poll(() => tier.stats.isConnected, { interval: 5 }).toBe(true);
  return {
    tier: isGuarded ? guarded(tier, { deadlineMs: 1_000, writeDeadlineMs: 1_000 }) : tier,
    now: () => Date.now(),
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

for (const isGuarded of [false, true]) {
  describeRemoteTier(isGuarded ? 'RedisTier, guarded' : 'RedisTier', () => subject(isGuarded), { describe, test });
}
