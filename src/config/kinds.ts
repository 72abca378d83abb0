import { type Kind, type KindOptions, type Kinds, kind } from '../cache/kind/kind.ts';
import type { LifetimeOptions } from '../lifetime/lifetime.ts';
import type { Bar } from '../market/bar.ts';
import type { Quote } from '../market/quote.ts';
import { type Duration, toMs } from '../time/duration.ts';
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
    if (!MARKET_KINDS.has(name)) own[name] = kind<string, unknown>(treatmentOf(name, settings));
  }
  return {
    quote: kind<string, Quote>({
      ...treatmentOf('quote', settings),
      order: (quote) => quote.asOf,
      tags: (symbol) => [`sym:${symbol}`],
      batchSize: 500,
      deadline: '5s',
    }),
    bars: kind<string, readonly Bar[]>({
      ...treatmentOf('bars', settings),
      tags: (key) => [`sym:${key.slice(0, key.indexOf(':'))}`],
      deadline: '10s',
    }),
    ...own,
  };
}

/** The longest that a value of any kind may stay in memory, in milliseconds, unless whoever writes it says otherwise. */
export function longestLifeMs(settings: Settings): number {
  const names = new Set([...MARKET_KINDS, ...OWN_KINDS, ...Object.keys(settings.kinds)]);
  return Math.max(
    ...[...names].map((name) => {
      const { ttl, grace } = lifetimeOf(name, settings);
      return toMs(ttl) + toMs(grace);
    }),
  );
}

/** How the settings have a kind treated, whatever its values are. */
function treatmentOf(name: string, settings: Settings): KindTreatment {
  const { sensitive = false, compression = 'auto', lease = false, push = false, bus = true, share } = settings.kinds[name] ?? {};
  const { min = 0, max = 1 } = share ?? {};
  const treatment = { lifetime: lifetimeOf(name, settings), sensitive, compression, lease, push, bus };
  return share ? { ...treatment, share: { min, max } } : treatment;
}

type KindTreatment = Pick<KindOptions<string, unknown>, 'sensitive' | 'compression' | 'lease' | 'push' | 'bus' | 'share'> & {
  readonly lifetime: LifetimeOptions;
};

function lifetimeOf(name: string, { kinds, cache }: Settings): { readonly ttl: Duration; readonly grace: Duration } {
  const known = LIFETIMES[name];
  const set = kinds[name];
  return { ttl: set?.ttl ?? known?.ttl ?? cache.ttl, grace: set?.grace ?? known?.grace ?? 0 };
}
