import type { KindOptions } from '../../cache/kind/kind.ts';
import { type Kind, kind } from '../../cache/kind/kind.ts';
import { assertNames, ConfigError } from '../../errors.ts';
import type { Duration } from '../../time/duration.ts';
import type { BarChunk } from '../bars/bar-chunk.ts';
import type { BarTail } from '../bars/bar-ranges.ts';
import { Calendars } from '../calendar/calendars.ts';
import { DATA_KIND_NAMES, type DataKindName } from '../data-kinds/data-kind.ts';
import { DATA_KINDS, type DataKindValues } from '../data-kinds/data-kinds.ts';
import { LIFETIME_PRESETS, type LifetimePreset } from '../data-kinds/kind-lifetimes.ts';
import { marketTags } from '../data-kinds/market-tags.ts';
import type { Instrument } from '../instrument/instrument.ts';
import { parseInstrument } from '../instrument/parse-instrument.ts';
import type { SymbolDirectory } from '../instrument/symbol-directory.ts';
import { Quarantine } from '../quarantine/quarantine.ts';
import { Volatilities } from '../volatility.ts';
import { MarketLifetimes } from './market-lifetimes.ts';

/** Instruments that were read are remembered, up to so many. */
const MAX_INSTRUMENTS = 50_000;

/** What market data in a cache goes by. Everything has a default. */
export interface MarketKindsOptions {
  /** @default those that come with the package, with India's and Korea's extra sessions */
  readonly calendars?: Calendars;
  /** What you know of instruments and no text tells. */
  readonly directory?: SymbolDirectory;
  /** How prices move; shared, if others ask for it, too. */
  readonly volatilities?: Volatilities;
  /** Judges what comes before it replaces what is good. */
  readonly quarantine?: Quarantine;
  /** How long values live: by the market, or coarse, as fixed times. @default 'market' */
  readonly preset?: LifetimePreset;
  /** The feed tells what happens so much later, of an instrument. @default 0 */
  readonly lagOf?: (instrument: Instrument) => Duration;
}

const OPTIONS = {
  calendars: true,
  directory: true,
  volatilities: true,
  quarantine: true,
  preset: true,
  lagOf: true,
} as const satisfies Record<keyof MarketKindsOptions, true>;

/** The kinds that are of one instrument, by its id; bars have kinds of their own. */
const KEYED: readonly DataKindName[] = DATA_KIND_NAMES.filter((name) => name !== 'bars' && DATA_KINDS[name].isOfInstrument);

/** The kinds of data that are of one instrument each, by its id; bars have kinds of their own. */
export type InstrumentKind = Exclude<DataKindName, 'bars' | 'model' | 'analysis' | 'portfolio' | 'performance'>;

/**
 * Kinds of market data for a cache: each lives by its venue's hours and by how its price moves, in order of event time,
 * with tags of its instrument, and what cannot be true is refused.
 *
 * Their keys are ids of instruments: {@link MarketKinds.idOf} reads what people type.
 *
 * @example
 * const market = new MarketKinds();
 * const cache = createCache({ kinds: { quote: market.kind('quote'), news: market.kind('news') } });
 * await cache.quote.getOrLoad(market.idOf('aapl'), ({ key }) => api.quote(market.instrument(key)));
 */
export class MarketKinds {
  readonly calendars: Calendars;
  readonly volatilities: Volatilities;
  readonly quarantine: Quarantine;
  readonly #directory: SymbolDirectory | undefined;
  readonly #lifetimes: MarketLifetimes;
  readonly #instruments = new Map<string, Instrument>();

  /** @throws ConfigError naming the option at fault. */
  constructor(options: MarketKindsOptions = {}) {
    assertNames(options, OPTIONS, 'MarketKinds');
    const { preset = 'market', lagOf = () => 0 } = options;
    if (!LIFETIME_PRESETS.includes(preset))
      throw new ConfigError(`\`preset\` is "${String(preset)}"; give ${LIFETIME_PRESETS.join(' or ')}`);
    if (typeof lagOf !== 'function') throw new ConfigError(`\`lagOf\` is a ${typeof lagOf}; give a function of an instrument`);
    this.calendars = options.calendars ?? new Calendars({ extraSessions: true });
    this.volatilities = options.volatilities ?? new Volatilities();
    this.quarantine = options.quarantine ?? new Quarantine({ volatilityOf: (id) => this.volatilities.of(id) });
    this.#directory = options.directory;
    const parts = { calendars: this.calendars, volatilities: this.volatilities, preset, lagOf };
    this.#lifetimes = new MarketLifetimes(parts, (id) => this.instrument(id));
  }

  /** The instrument that a text means. @throws KeyError when it can mean none, or several. */
  instrument(text: string): Instrument {
    const known = this.#instruments.get(text);
    if (known) return known;
    const instrument = parseInstrument(text, this.#directory ? { directory: this.#directory } : {});
    if (this.#instruments.size >= MAX_INSTRUMENTS) this.#instruments.clear();
    this.#instruments.set(text, instrument);
    return instrument;
  }

  /** The key in the cache of what a text means: `AAPL` of `aapl`, `BRK.B` of `brk-b`. @throws KeyError when it can mean none, or several. */
  idOf(text: string): string {
    return this.instrument(text).id;
  }

  /**
   * A kind of data, of single instruments.
   *
   * @param more what the kind is to say beside: loaders, deadlines, or a lifetime of its own.
   * @throws ConfigError when there is no such kind.
   */
  kind<N extends InstrumentKind>(name: N, more: Partial<KindOptions<string, DataKindValues[N]>> = {}): Kind<string, DataKindValues[N]> {
    if (!KEYED.includes(name))
      throw new ConfigError(`"${String(name)}" is no kind of data of single instruments; there are ${KEYED.join(', ')}`);
    const { order } = DATA_KINDS[name];
    return kind<string, DataKindValues[N]>({
      lifetime: this.#lifetimes.of(name),
      tags: (key) => marketTags(name, { instrument: this.instrument(key) }),
      refuse: (value, { key, askedAt }) => this.#refusal(name, this.instrument(key), value, askedAt),
      ...(order && { order: order as (value: DataKindValues[N]) => number }),
      ...more,
    });
  }

  /** Final bars, in chunks, for {@link BarRanges}: they change by a split or a dividend alone, and that tag is `adjusted:` and the id. */
  barChunks(): Kind<string, BarChunk> {
    return kind<string, BarChunk>({
      lifetime: '365d',
      tags: (key) => this.#barTags(key),
    });
  }

  /** Bars that are not final yet, for {@link BarRanges}. */
  openBars(): Kind<string, BarTail> {
    const byId = this.#lifetimes.of<BarTail>('quote');
    return kind<string, BarTail>({
      lifetime: (subject) => byId({ ...subject, key: subject.key.split(':')[0] ?? '' }),
      tags: (key) => this.#barTags(key),
    });
  }

  #barTags(key: string): readonly string[] {
    const [id = '', , third] = key.split(':');
    const tags = marketTags('bars', { instrument: this.instrument(id) });
    return third === 'adjusted' ? [...tags, `adjusted:${id}`] : tags;
  }

  /** What is good is taken into account: how far it moved, from what it was. */
  #refusal(name: DataKindName, instrument: Instrument, value: unknown, at: number): string | undefined {
    const verdict = this.quarantine.judge(name, instrument, value, at);
    if (!verdict.ok) return verdict.detail;
    if (name !== 'quote') return undefined;
    const { price, asOf } = value as DataKindValues['quote'];
    this.volatilities.update(instrument.id, price, asOf);
    return undefined;
  }
}
