import { type Entry, isAlive } from '../../entry/entry.ts';
import { assertNames, ConfigError } from '../../errors.ts';
import type { Clock } from '../../time/clock.ts';
import { type Duration, toMs } from '../../time/duration.ts';

/** How fresh a reader needs the value to be. */
export interface ReadOptions {
  /** The value must have been asked for at most this long before the read, however long it is fresh for others. */
  readonly maxAge?: Duration;
  /** Whether a stale value may stand in, within its grace. @default true for loads, false for plain reads */
  readonly allowStale?: boolean;
  /** Ends this reader's wait; the load goes on for others and for the cache. */
  readonly signal?: AbortSignal;
}

const OPTIONS = { maxAge: true, allowStale: true, signal: true } as const satisfies Record<keyof ReadOptions, true>;

/** A reader's demand, resolved. Instants are monotonic. */
export interface Demand {
  /** The value must not have been asked for before this. */
  readonly notBefore: number;
  readonly allowStale: boolean;
  readonly signal: AbortSignal | undefined;
  /** In words, for the refusal. */
  readonly words: string;
}

const ANY_AGE: Demand = { notBefore: Number.NEGATIVE_INFINITY, allowStale: true, signal: undefined, words: '' };
const FRESH: Demand = { ...ANY_AGE, allowStale: false, words: 'a fresh value' };

/** The demand of a read that begins now. @param allowStale where the options do not say. */
export function demandOf(options: ReadOptions | undefined, clock: Pick<Clock, 'monotonic'>, allowStale: boolean): Demand {
  if (options === undefined) return allowStale ? ANY_AGE : FRESH;
  if (typeof options !== 'object' || options === null)
    throw new ConfigError(`Read options are ${String(options)}; give an object such as { maxAge: '500ms' }`);
  assertNames(options, OPTIONS, 'read options');
  const { maxAge, signal } = options;
  const mayBeStale = options.allowStale ?? allowStale;
  if (signal !== undefined && typeof (signal as { addEventListener?: unknown } | null)?.addEventListener !== 'function')
    throw new ConfigError(`\`signal\` is ${signal === null ? 'null' : `a ${typeof signal}`}; give an AbortSignal`);
  return {
    notBefore: maxAge === undefined ? Number.NEGATIVE_INFINITY : clock.monotonic() - toMs(maxAge, 'maxAge'),
    allowStale: mayBeStale,
    signal,
    words: maxAge === undefined ? 'a fresh value' : `one of at most ${toMs(maxAge, 'maxAge')} ms`,
  };
}

/** Whether the entry satisfies the demand at `now`, its freshness aside. */
export function isRecentEnough(entry: Entry, demand: Demand): boolean {
  return entry.askedAt >= demand.notBefore;
}

/** Whether the entry may stand in for this reader although it is stale. */
export function mayStandIn(entry: Entry, demand: Demand, now: number): boolean {
  return demand.allowStale && isRecentEnough(entry, demand) && isAlive(entry, now);
}
