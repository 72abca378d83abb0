/**
 * What a fleet shares by Redis, or by what speaks its language: entries, and the
 * bus that keeps the memories of its processes in step.
 *
 * @packageDocumentation
 */

export { type RedisBus, redisBus } from '../bus/redis/redis-bus.ts';
export type { RedisBusOptions, RedisBusStats, RedisBusWarning } from '../bus/redis/redis-bus-options.ts';
export type { RedisTls } from '../redis/redis-address.ts';
export type { RedisOptions, SentinelOptions } from '../redis/redis-options.ts';
export type { Leases } from '../tiers/leases.ts';
export { type RedisTier, redis } from '../tiers/redis/redis-tier.ts';
export type { RedisStats, RedisTierOptions, RedisWarning } from '../tiers/redis/redis-tier-options.ts';
