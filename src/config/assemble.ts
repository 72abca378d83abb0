import type { CacheOf } from '../cache/cache.ts';
import { createCache } from '../create-cache.ts';
import type { Provider } from '../providers/provider.ts';
import { ReplayProvider } from '../providers/replay/replay-provider.ts';
import { lmdb } from '../tiers/lmdb/lmdb-tier.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { keyRingOf } from './encryption.ts';
import { kindsOf, type MarketKinds } from './kinds.ts';
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
  const { cache, replay } = settings;
  const { folder } = replay;
  const encryption = keyRingOf(settings, onWarning);
  return {
    settings,
    clock,
    provider: new ReplayProvider({ clock, speed: replay.speed, latency: replay.latency, ...(folder === undefined ? {} : { folder }) }),
    cache: createCache<MarketKinds>({
      name: 'service',
      namespace: cache.namespace,
      lifetime: cache.ttl,
      kinds: kindsOf(settings),
      remote:
        cache.enabled && cache.store !== null
          ? [lmdb({ path: cache.store, clock, ...(onWarning ? { onWarning: ({ message }) => onWarning(message) } : {}) })]
          : [],
      ...(encryption ? { encryption } : {}),
      memory: { maxEntries: cache.memory.maxEntries, maxBytes: `${cache.memory.maxMegabytes}mb`, policy: cache.memory.policy },
      clock,
    }),
  };
}
