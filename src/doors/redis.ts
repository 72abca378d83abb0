/**
 * The shared tier of a fleet: entries in Redis, or in what speaks its language.
 *
 * @packageDocumentation
 */

export type { RedisTls } from '../redis/redis-address.ts';
export type { RedisOptions, SentinelOptions } from '../redis/redis-options.ts';
export type { Leases } from '../tiers/leases.ts';
export { type RedisTier, redis } from '../tiers/redis/redis-tier.ts';
export type { RedisStats, RedisTierOptions, RedisWarning } from '../tiers/redis/redis-tier-options.ts';
