import { assertArgument } from '../../entry/key.ts';
import { assertFlag, assertNames, ConfigError } from '../../errors.ts';
import { checked, type Lifetime, type LifetimeOptions } from '../../lifetime/lifetime.ts';
import { type Duration, toMs } from '../../time/duration.ts';

/** What a source may tell of a value beside the value. */
export interface LoadedOptions {
  /** How long the value lives. @default what the kind says */
  readonly lifetime?: Duration | LifetimeOptions;
  /** How long the source itself holds its answer fresh, as HTTP tells by `max-age`: a hint, of which the kind's lifetime policy makes what it will. */
  readonly maxAge?: Duration;
  /** Who answered. */
  readonly source?: string;
  /** When the value was true at its source, epoch ms. @default what the kind's `order` says */
  readonly eventAt?: number;
  /** @default the kind's tags */
  readonly tags?: readonly string[];
  /** Whether it is kept; if not, it is delivered to those who wait, and to nobody else. @default true */
  readonly keep?: boolean;
}

const OPTIONS = { lifetime: true, maxAge: true, source: true, eventAt: true, tags: true, keep: true } as const satisfies Record<
  keyof LoadedOptions,
  true
>;

/** What was told of a value, resolved. */
export interface Told {
  readonly lifetime: Lifetime | undefined;
  readonly hintMs: number | undefined;
  readonly source: string | undefined;
  readonly eventAt: number | undefined;
  readonly tags: readonly string[] | undefined;
  readonly isKept: boolean;
  /** Whether it is another value than the stale one that the loader was shown. */
  readonly isModified: boolean;
}

/** Nothing was told. */
export const UNTOLD: Told = Object.freeze({
  lifetime: undefined,
  hintMs: undefined,
  source: undefined,
  eventAt: undefined,
  tags: undefined,
  isKept: true,
  isModified: true,
});

/** A value that a source brought, and what it told of it. Made by {@link loaded}. */
export class Loaded<V> {
  /** `undefined`: the source has nothing. */
  readonly value: V;
  /** @internal */
  readonly told: Told;

  /** @internal */
  constructor(value: V, told: Told) {
    this.value = value;
    this.told = told;
  }
}

/**
 * A value with what its source told of it, as the answer of a loader, or as one of a many-loader's.
 *
 * @example
 * getOrLoadMany(symbols, async (missing) => {
 *   const { quotes, maxAge } = await api.quotes(missing);
 *   return new Map(quotes.map((quote) => [quote.symbol, loaded(quote, { source: 'api', maxAge })]));
 * });
 *
 * @throws ConfigError naming the option at fault.
 */
export function loaded<V>(value: V, options: LoadedOptions = {}): Loaded<V> {
  return new Loaded(value, toldOf(options, true));
}

/** The same for the stale value that a loader was shown, and that is still true. */
export function unmodified<V>(stale: V, options: LoadedOptions = {}): Loaded<V> {
  return new Loaded(stale, toldOf(options, false));
}

/** The lifetime that a loader says. */
export function toldLifetime(lifetime: Duration | LifetimeOptions): Lifetime {
  const { ttl, grace = 0 } = typeof lifetime === 'object' ? lifetime : { ttl: lifetime };
  return checked({ ttlMs: toMs(ttl, 'ttl'), graceMs: toMs(grace, 'grace'), why: 'set by the loader' });
}

function toldOf(options: LoadedOptions, isModified: boolean): Told {
  assertNames(options, OPTIONS, 'what the loader tells');
  const { lifetime, maxAge, source, eventAt, tags, keep = true } = options;
  if (eventAt !== undefined && !Number.isFinite(eventAt))
    throw new ConfigError(`\`eventAt\` is ${String(eventAt)}; give epoch milliseconds, or leave it out`);
  if (tags !== undefined && !Array.isArray(tags)) throw new ConfigError('`tags` is no list; give a list of texts');
  for (const tag of tags ?? []) assertArgument(tag);
  assertFlag(keep, 'keep');
  return {
    lifetime: lifetime === undefined ? undefined : toldLifetime(lifetime),
    hintMs: maxAge === undefined ? undefined : toMs(maxAge, 'maxAge'),
    source,
    eventAt,
    tags,
    isKept: keep,
    isModified,
  };
}
