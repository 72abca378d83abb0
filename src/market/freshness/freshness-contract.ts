import { assertFlag, assertNames, ConfigError, NotFreshError } from '../../errors.ts';
import { type Duration, durationText, toMs } from '../../time/duration.ts';
import type { MarketHours } from '../lifetime/market-hours.ts';
import { marketAge } from './market-age.ts';

/** How fresh a value of the market must be for a purpose. */
export interface FreshnessOptions {
  /** The most time in which it could change since it was true, by the hours of its venue: on Sunday, Friday's close is a moment old. */
  readonly maxAge: Duration;
  /** The most time of any since it was true. @default as long as its venue rests */
  readonly maxWallAge?: Duration;
  /** The phases its venue must be in. @default any */
  readonly phases?: readonly string[];
  /** Whether prices before the open and after the close are taken as prices: their time counts, too. @default false */
  readonly extendedHours?: boolean;
  /** Whether a value past its lifetime may stand in, as long as it is as fresh as this says. @default false */
  readonly allowStale?: boolean;
}

const OPTIONS = { maxAge: true, maxWallAge: true, phases: true, extendedHours: true, allowStale: true } as const satisfies Record<
  keyof FreshnessOptions,
  true
>;

const REGULAR: ReadonlySet<string> = new Set(['open']);
const EXTENDED: ReadonlySet<string> = new Set(['pre', 'open', 'post', 'overnight']);

/** The last instant that has a date. */
const LAST_INSTANT = 8.64e15;
/** Clocks differ by no more than this: a value of a later time is not from a clock like ours. */
const MAX_AHEAD_MS = 10_000;

/** What is judged: whose value, when it was true, and the hours of its venue. */
export interface Judged {
  /** For people: `quote:AAPL`. */
  readonly key: string;
  /** When the value was true at its source, epoch ms; when it was asked for, where the source does not say. */
  readonly trueAt: number;
  readonly hours: MarketHours;
}

/** How fresh a value must be for one purpose: to be looked at, to be traded upon. */
export class FreshnessContract {
  readonly name: string;
  readonly maxAgeMs: number;
  readonly maxWallAgeMs: number;
  readonly phases: ReadonlySet<string> | undefined;
  readonly allowStale: boolean;
  /** Those whose time counts. */
  readonly #counted: ReadonlySet<string>;

  /** @throws ConfigError naming the option at fault. */
  constructor(name: string, options: FreshnessOptions) {
    assertNames(options, OPTIONS, `contracts.${name}`);
    const { maxAge, maxWallAge, phases, extendedHours = false, allowStale = false } = options;
    assertFlag(extendedHours, `contracts.${name}.extendedHours`);
    assertFlag(allowStale, `contracts.${name}.allowStale`);
    if (phases !== undefined && (!Array.isArray(phases) || phases.length === 0))
      throw new ConfigError(`\`contracts.${name}.phases\` names no phase; give some, such as ['open'], or leave it out`);
    this.name = name;
    this.maxAgeMs = toMs(maxAge, `contracts.${name}.maxAge`);
    this.maxWallAgeMs = maxWallAge === undefined ? Number.POSITIVE_INFINITY : toMs(maxWallAge, `contracts.${name}.maxWallAge`);
    this.phases = phases && new Set(phases);
    this.allowStale = allowStale;
    this.#counted = extendedHours ? EXTENDED : REGULAR;
  }

  /**
   * Why a value does not do at `now`, as an error to throw; `undefined` where it does.
   *
   * @param cause why there is none that would.
   */
  refusal(judged: Judged, now: number, cause?: unknown): NotFreshError | undefined {
    const demand = this.#unmet(judged, now);
    if (demand === undefined) return undefined;
    return new NotFreshError(judged.key, now - judged.trueAt, `${demand} for "${this.name}"`, cause === undefined ? {} : { cause });
  }

  /** What a value does not meet of what is asked for. */
  #unmet({ hours, trueAt }: Judged, now: number): string | undefined {
    // Of an instant that is none nobody knows how old it is.
    if (!(Math.abs(trueAt) <= LAST_INSTANT)) return 'one whose time is known';
    const ageMs = now - trueAt;
    if (ageMs < -MAX_AHEAD_MS) return 'one of a time that has come';
    const { phase, reason } = hours.phaseAt(now);
    if (this.phases && !this.phases.has(phase))
      return `a value while ${hours.name} is ${[...this.phases].join(' or ')}, and it is ${phase} (${reason}),`;
    if (ageMs > this.maxWallAgeMs) return `one of at most ${durationText(this.maxWallAgeMs)}`;
    const marketMs = marketAge(hours, this.#counted, trueAt, now, this.maxAgeMs);
    return marketMs <= this.maxAgeMs ? undefined : `one of at most ${durationText(this.maxAgeMs)} of ${hours.name}'s hours`;
  }
}

/** The contracts that are always there; they can be replaced by name. */
export const CONTRACTS: Readonly<Record<string, FreshnessOptions>> = {
  /** To be traded upon: while its venue is open, and no older than two seconds. */
  order: { maxAge: '2s', phases: ['open'] },
  /** To be looked at: a minute of trading old, and what there is where there is nothing newer. */
  display: { maxAge: '1m', allowStale: true },
  /** To be reckoned with: five minutes of trading old. */
  analysis: { maxAge: '5m', allowStale: true },
};
