import type { CacheOf } from '../cache/cache.ts';
import { createCache } from '../create-cache.ts';
import type { Provider } from '../providers/provider.ts';
import { ReplayProvider } from '../providers/replay/replay-provider.ts';
import { lmdb } from '../tiers/lmdb/lmdb-tier.ts';
import { redis } from '../tiers/redis/redis-tier.ts';
import type { RemoteTier } from '../tiers/remote-tier.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { busWarnings } from './bus-warnings.ts';
import { keyRingOf } from './encryption.ts';
import { kindsOf, type MarketKinds } from './kinds.ts';
import { makeBus, type PartSurroundings } from './make-bus.ts';
import { redisOptionsOf } from './redis-settings.ts';
import type { Settings } from './settings.ts';

/** The parts of a service, put together as the settings say. */
export interface Assembly {
  readonly settings: Settings;
  readonly cache: CacheOf<MarketKinds>;
  readonly provider: Provider;
  readonly clock: Clock;
}

/** What stands outside of the settings. */
export interface Surroundings {
  /** @default the machine's */
  readonly clock?: Clock;
  /** Is told, in words, what an operator should know. @default a warning of the process */
  readonly onWarning?: (message: string) => void;
}

/**
 * Puts the parts of a service together: the one place that knows which they are.
 *
 * @throws ConfigError when the settings ask for what cannot be.
 */
export function assemble(settings: Settings, { clock = systemClock, onWarning }: Surroundings = {}): Assembly {
  const { cache, replay, coherence } = settings;
  const { folder } = replay;
  const { maxMegabytes, shares, ...memory } = cache.memory;
  const around: PartSurroundings = { clock, ...(onWarning ? { onWarning: ({ message }) => onWarning(message) } : {}) };
  const encryption = keyRingOf(settings, onWarning);
  const bus = makeBus(settings, around);
  const made = createCache<MarketKinds>({
    name: 'service',
    namespace: cache.namespace,
    lifetime: cache.ttl,
    kinds: kindsOf(settings),
    remote: cache.enabled ? tiersOf(settings, around) : [],
    ...(bus ? { bus, coherence } : {}),
    ...(encryption ? { encryption } : {}),
    memory: { maxBytes: `${maxMegabytes}mb`, ...memory, ...(shares ? { shares } : {}) },
    clock,
  });
  if (onWarning) made.on('bus', busWarnings(onWarning));
  return {
    settings,
    clock,
    cache: made,
    provider: new ReplayProvider({ clock, speed: replay.speed, latency: replay.latency, ...(folder === undefined ? {} : { folder }) }),
  };
}

/** Nearest first: what is on this host, then what a fleet shares. */
function tiersOf({ cache, redis: place }: Settings, around: PartSurroundings): RemoteTier[] {
  return [
    ...(cache.store === null ? [] : [lmdb({ path: cache.store, ...around })]),
    ...(place ? [redis({ ...redisOptionsOf(place), ...around })] : []),
  ];
}
