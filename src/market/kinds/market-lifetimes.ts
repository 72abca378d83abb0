import { hinted } from '../../lifetime/hinted.ts';
import type { LifetimePolicy } from '../../lifetime/lifetime.ts';
import { type Duration, toMs } from '../../time/duration.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Calendars } from '../calendar/calendars.ts';
import { PHASES, type Phase } from '../calendar/phase.ts';
import { calendarFor } from '../calendar-for.ts';
import { canChange, type DataKindName, tradingIn } from '../data-kinds/data-kind.ts';
import { DATA_KINDS } from '../data-kinds/data-kinds.ts';
import { type LifetimePreset, lifetimesOf, type PhaseLifetime } from '../data-kinds/kind-lifetimes.ts';
import type { AssetClass } from '../instrument/asset-class.ts';
import type { Instrument } from '../instrument/instrument.ts';
import { marketLifetime } from '../lifetime/market-lifetime.ts';
import { ttlFor, type Volatilities } from '../volatility.ts';

/** What lifetimes of market data go by. */
export interface MarketLifetimesParts {
  readonly calendars: Calendars;
  readonly volatilities: Volatilities;
  readonly preset: LifetimePreset;
  /** The feed tells what happens so much later. */
  readonly lagOf: (instrument: Instrument) => Duration;
}

/** Of a class, the phases of a calendar in which data of a kind can change. */
function livingPhases(kind: DataKindName, assetClass: AssetClass, isAlwaysOpen: boolean): Phase[] {
  return PHASES.filter((phase) => canChange(DATA_KINDS[kind], tradingIn(phase, isAlwaysOpen), assetClass));
}

/** How long market data lives: by its kind, its class, its venue's hours and how much its price moves. */
export class MarketLifetimes {
  readonly #parts: MarketLifetimesParts;
  readonly #instrumentOf: (id: string) => Instrument;

  /** @param instrumentOf a key of the cache. */
  constructor(parts: MarketLifetimesParts, instrumentOf: (id: string) => Instrument) {
    this.#parts = parts;
    this.#instrumentOf = instrumentOf;
  }

  /** The lifetime of one kind, of values whose keys are the ids of instruments. */
  of<V>(kind: DataKindName): LifetimePolicy<string, V> {
    const byClass = new Map<string, LifetimePolicy<string, V>>();
    return (subject) => {
      const instrument = this.#instrumentOf(subject.key);
      const calendar = calendarFor(instrument, this.#parts.calendars);
      if (!calendar) return { ...this.#base(kind, instrument, 'regular'), why: `no calendar of ${instrument.venue} is known` };
      const name = `${instrument.assetClass} ${calendar.name} ${String(this.#parts.lagOf(instrument))}`;
      let policy = byClass.get(name);
      if (!policy) {
        policy = this.#policy(kind, instrument, calendar);
        byClass.set(name, policy);
      }
      return policy(subject);
    };
  }

  #policy<V>(kind: DataKindName, { assetClass, ...rest }: Instrument, calendar: Calendar): LifetimePolicy<string, V> {
    const lag = this.#parts.lagOf({ assetClass, ...rest });
    const lagMs = toMs(lag, 'lagOf');
    const isAlwaysOpen = calendar.name === '24/7';
    const base: LifetimePolicy<string, V> = ({ key, askedAt }) => {
      // What the feed shows now is of then.
      const { phase } = calendar.phaseAt(askedAt - lagMs);
      return { ...this.#base(kind, this.#instrumentOf(key), tradingIn(phase, isAlwaysOpen)), why: '' };
    };
    const livesIn = livingPhases(kind, assetClass, isAlwaysOpen);
    const { none } = lifetimesOf(kind, this.#parts.preset, assetClass === 'fund');
    return none.until !== 'change' || livesIn.length === PHASES.length
      ? hinted(base)
      : marketLifetime<string, V>({ base, hoursOf: () => calendar, livesIn, lag });
  }

  #base(kind: DataKindName, { id, assetClass }: Instrument, trading: ReturnType<typeof tradingIn>): { ttlMs: number; graceMs: number } {
    const row: PhaseLifetime = lifetimesOf(kind, this.#parts.preset, assetClass === 'fund')[trading];
    const volatility = row.volatility && this.#parts.volatilities.of(id);
    const ttlMs = row.volatility && volatility !== undefined ? ttlFor(volatility, row.volatility) : toMs(row.ttl);
    return { ttlMs, graceMs: toMs(row.grace) };
  }
}
