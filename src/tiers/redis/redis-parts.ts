import { CacheError, TierError, textOf } from '../../errors.ts';
import type { RedisConnection } from '../../redis/redis-connection.ts';
import type { Clock } from '../../time/clock.ts';
import type { LargeValues } from './large-values.ts';
import type { RedisLayout } from './redis-layout.ts';

/** The tier's name, in telemetry and in errors. */
export const NAME = 'redis';

/** What the reads and the writes of a tier have in common. */
export interface RedisParts {
  readonly connection: RedisConnection;
  readonly layout: RedisLayout;
  readonly large: LargeValues;
  readonly clock: Clock;
}

/** What a caller of the tier is told of a failure. */
export function asTierError(cause: unknown): CacheError {
  return cause instanceof CacheError ? cause : new TierError(NAME, textOf(cause), { cause });
}

/** The places of the keys, by the slot they belong to. */
export function placesBySlot(connection: RedisConnection, redisKeys: readonly string[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const [place, redisKey] of redisKeys.entries()) {
    const slot = connection.slotOf(redisKey);
    const group = groups.get(slot);
    if (group) group.push(place);
    else groups.set(slot, [place]);
  }
  return groups;
}
