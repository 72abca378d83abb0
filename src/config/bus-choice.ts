import { ConfigError } from '../errors.ts';
import type { BusSetting, Settings } from './settings.ts';

/** What keeps services in step. */
export type BusName = Exclude<BusSetting, 'auto'>;

/** What is looked at to choose a bus. */
type Choices = Pick<Settings, 'bus' | 'redis' | 'nats'> & { readonly cache: Pick<Settings['cache'], 'enabled' | 'store'> };

/**
 * The bus that the settings ask for; of those there are, the one that reaches furthest.
 *
 * @throws ConfigError when it needs what is not set.
 */
export function busNameOf({ bus, redis, nats, cache }: Choices): BusName {
  if (!cache.enabled) return 'none';
  if (bus === 'auto') return nats ? 'nats' : redis ? 'redis' : cache.store !== null ? 'lmdb' : 'none';
  if (bus === 'nats' && !nats) throw new ConfigError('`bus` is "nats" and there is no NATS; set `nats.servers`, or NATS_URL');
  if (bus === 'redis' && !redis) throw new ConfigError('`bus` is "redis" and there is no Redis; set `redis.url`, or REDIS_URL');
  if (bus === 'lmdb' && cache.store === null)
    throw new ConfigError('`bus` is "lmdb" and there is no store beside which it could be; set `cache.store`');
  return bus;
}
