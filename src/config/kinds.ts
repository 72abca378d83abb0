import { type Kind, type Kinds, kind } from '../cache/kind/kind.ts';
import type { LifetimeOptions } from '../lifetime/lifetime.ts';
import type { Bar } from '../market/bar.ts';
import type { Quote } from '../market/quote.ts';
import type { Settings } from './settings.ts';

/** The kinds that are filled from a provider. */
export interface MarketKinds extends Kinds {
  readonly quote: Kind<string, Quote>;
  /** By `AAPL:1d:2014-06-05..2014-06-10:1000`: symbol, interval, range, limit. */
  readonly bars: Kind<string, readonly Bar[]>;
}

/** The names of the kinds that are filled from a provider. */
export const MARKET_KINDS: ReadonlySet<string> = new Set(['quote', 'bars']);

/** How long values live where the settings do not say, and where `cache.ttl` would be wrong. */
const LIFETIMES: Readonly<Record<string, LifetimeOptions>> = {
  quote: { ttl: '5s', grace: '1m' },
  bars: { ttl: '1m', grace: '10m' },
  performance: { ttl: '30m' },
};

/** Places for a bot's own data. */
const OWN_KINDS = ['signal', 'analysis', 'portfolio', 'performance'];

/**
 * The kinds of the service: those of the market, places for a bot's own data,
 * and what the settings add.
 */
export function kindsOf(settings: Settings): MarketKinds {
  const own: Record<string, Kind<string, unknown>> = {};
  for (const name of new Set([...OWN_KINDS, ...Object.keys(settings.kinds)])) {
    if (!MARKET_KINDS.has(name))
      own[name] = kind<string, unknown>({ lifetime: lifetimeOf(name, settings), sensitive: isSensitive(name, settings) });
  }
  return {
    quote: kind<string, Quote>({
      lifetime: lifetimeOf('quote', settings),
      sensitive: isSensitive('quote', settings),
      order: (quote) => quote.asOf,
      tags: (symbol) => [`sym:${symbol}`],
      batchSize: 500,
      deadline: '5s',
    }),
    bars: kind<string, readonly Bar[]>({
      lifetime: lifetimeOf('bars', settings),
      sensitive: isSensitive('bars', settings),
      tags: (key) => [`sym:${key.slice(0, key.indexOf(':'))}`],
      deadline: '10s',
    }),
    ...own,
  };
}

function isSensitive(name: string, { kinds }: Settings): boolean {
  return kinds[name]?.sensitive ?? false;
}

function lifetimeOf(name: string, { kinds, cache }: Settings): LifetimeOptions {
  const known = LIFETIMES[name];
  const set = kinds[name];
  return { ttl: set?.ttl ?? known?.ttl ?? cache.ttl, grace: set?.grace ?? known?.grace ?? 0 };
}
