import { expect } from 'vitest';
import { type TierSubject, TOMBSTONE_MS } from '../../../src/testing/tier-subject.ts';
import { type RedisTier, redis } from '../../../src/tiers/redis/redis-tier.ts';
import type { RedisTierOptions } from '../../../src/tiers/redis/redis-tier-options.ts';

let count = 0;

/** What a user of Redis needs for a tier on one server; see docs/redis.md. */
export const USER =
  'user tiercel on >secret resetchannels ~tiercel:* -@all +ping +get +mget +getrange +set +del +unlink +pttl +eval +evalsha +scan';

/** A tier that is connected. */
export async function connected(options: RedisTierOptions): Promise<RedisTier> {
  const tier = redis(options);
  await expect.poll(() => tier.stats.isConnected, { interval: 2, timeout: 10_000 }).toBe(true);
  return tier;
}

/** A tier for the suite, with a prefix of its own in place of an empty store. The server's time is real, so its tests wait. */
export async function subject(options: RedisTierOptions): Promise<TierSubject & { readonly tier: RedisTier }> {
  count += 1;
  const tier = await connected({ prefix: `tiercel:${count}:`, tombstoneFor: TOMBSTONE_MS, ...options });
  return { tier, now: () => Date.now(), pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
}
