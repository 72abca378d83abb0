import type { Bus } from '../bus/bus.ts';
import { lmdbBus } from '../bus/lmdb/lmdb-bus.ts';
import { nats } from '../bus/nats/nats-bus.ts';
import { redisBus } from '../bus/redis/redis-bus.ts';
import type { Clock } from '../time/clock.ts';
import { busNameOf } from './bus-choice.ts';
import { natsOptionsOf } from './nats-settings.ts';
import { redisOptionsOf } from './redis-settings.ts';
import type { Settings } from './settings.ts';

/** What each part of a service is given: the time, and whom to tell. */
export interface PartSurroundings {
  readonly clock: Clock;
  readonly onWarning?: (warning: { readonly message: string }) => void;
}

/** The bus that the settings ask for; `undefined` when they ask for none. @throws ConfigError when it cannot be made. */
export function makeBus(settings: Settings, around: PartSurroundings): Bus | undefined {
  const { nats: atNats, redis: atRedis, cache } = settings;
  const name = busNameOf(settings);
  if (name === 'nats' && atNats) return nats({ ...natsOptionsOf(atNats), ...around });
  if (name === 'redis' && atRedis) return redisBus({ ...redisOptionsOf(atRedis), ...around });
  if (name === 'lmdb' && cache.store !== null) return lmdbBus({ path: cache.store, ...around });
  return undefined;
}
