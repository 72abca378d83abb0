import type { LifetimeOptions } from '../../lifetime/lifetime.ts';
import type { Duration } from '../../time/duration.ts';
import type { DataKindName, Trading } from './data-kind.ts';

/** How volatility sets a lifetime: as long as the price likely stays within the tolerance. */
export interface ByVolatility {
  /** In basis points. */
  readonly tolerance: number;
  readonly min: Duration;
  readonly max: Duration;
}

/** How long data lives while a market is at work so far. */
export interface PhaseLifetime extends LifetimeOptions {
  /** How long the value is fresh; where `until` or `volatility` say more, what holds as long as they cannot be told. */
  readonly ttl: Duration;
  /** How long it may stand in after that. */
  readonly grace: Duration;
  /** Until when it is fresh instead, where a calendar tells: the next change of phase in which it can change. */
  readonly until?: 'change';
  /** What sets the TTL instead, once enough is known of how the price moves. */
  readonly volatility?: ByVolatility;
}

/** How long data of one kind lives, by how much of its market is at work. */
export type LifetimeTable = Readonly<Record<Trading, PhaseLifetime>>;

/** Names of lifetimes for all kinds: by the market, or coarse, as fixed times. */
export const LIFETIME_PRESETS = ['market', 'coarse'] as const;

/** The name of lifetimes for all kinds. */
export type LifetimePreset = (typeof LIFETIME_PRESETS)[number];

/** The same however much of a market is at work. */
function steady(ttl: Duration, grace: Duration): LifetimeTable {
  const lifetime = { ttl, grace };
  return { regular: lifetime, extended: lifetime, none: lifetime, always: lifetime };
}

/** `whileTrading` in any hours of trading; as long as nothing trades, until it can change. */
function whileTraded(whileTrading: PhaseLifetime, closedTtl: Duration, closedGrace: Duration): LifetimeTable {
  const none: PhaseLifetime = { ttl: closedTtl, grace: closedGrace, until: 'change' };
  return { regular: whileTrading, extended: whileTrading, none, always: whileTrading };
}

const QUOTE: LifetimeTable = {
  ...whileTraded({ ttl: '5s', grace: '1m', volatility: { tolerance: 5, min: '1s', max: '30s' } }, '20m', '3d'),
  extended: { ttl: '15s', grace: '3m', volatility: { tolerance: 5, min: '2s', max: '60s' } },
  always: { ttl: '5s', grace: '1m', volatility: { tolerance: 5, min: '1s', max: '60s' } },
};

const MARKET: Readonly<Record<DataKindName, LifetimeTable>> = {
  quote: QUOTE,
  trade: whileTraded({ ttl: '2s', grace: '30s' }, '20m', '3d'),
  bars: whileTraded({ ttl: '1m', grace: '10m' }, '1h', '3d'),
  book: whileTraded({ ttl: '500ms', grace: '5s' }, '5m', '1h'),
  fundamentals: { ...steady('24h', '7d'), none: { ttl: '48h', grace: '7d' } },
  news: { ...steady('10m', '2h'), none: { ttl: '15m', grace: '2h' } },
  earnings: steady('6h', '2d'),
  corporateAction: steady('12h', '2d'),
  reference: steady('24h', '30d'),
  features: whileTraded({ ttl: '60s', grace: '5m' }, '10m', '1d'),
  prediction: whileTraded({ ttl: '30s', grace: '30s' }, '10m', '1d'),
  model: steady('1h', '1d'),
  signal: whileTraded({ ttl: '30s', grace: '30s' }, '10m', '1d'),
  analysis: steady('1h', '4h'),
  portfolio: steady('1h', '4h'),
  performance: steady('30m', '2h'),
};

const COARSE: Partial<Readonly<Record<DataKindName, LifetimeTable>>> = {
  quote: {
    ...steady('5m', '20m'),
    none: { ttl: '20m', grace: '80m' },
    always: { ttl: '1m', grace: '4m' },
  },
  features: steady('60s', '5m'),
  prediction: steady('30s', '30s'),
  signal: steady('30s', '30s'),
};

/** A fund has one price a day, told some hours after the close and sometimes late at night. */
const FUND_QUOTE: LifetimeTable = steady('30m', '1d');

/**
 * How long data of a kind lives, by how much of its market is at work.
 *
 * @param isFund whether it is of a fund, which is priced once a day.
 */
export function lifetimesOf(kind: DataKindName, preset: LifetimePreset = 'market', isFund = false): LifetimeTable {
  if (isFund && (kind === 'quote' || kind === 'trade')) return FUND_QUOTE;
  return (preset === 'coarse' ? COARSE[kind] : undefined) ?? MARKET[kind];
}
