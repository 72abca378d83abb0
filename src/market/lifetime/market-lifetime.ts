import { assertNames, ConfigError } from '../../errors.ts';
import { hinted } from '../../lifetime/hinted.ts';
import { checked, type Lifetime, type LifetimePolicy, type LifetimeSpec, type LifetimeSubject, toPolicy } from '../../lifetime/lifetime.ts';
import { type Duration, toMs } from '../../time/duration.ts';
import { PHASES, type Phase } from '../calendar/phase.ts';
import { type MarketHours, type MarketSpan, nextIn } from './market-hours.ts';

/** How long values of a market live. */
export interface MarketLifetimeOptions<K, V> {
  /** While the value may change: a time, or a policy that is adaptive, or goes by volatility. */
  readonly base: LifetimeSpec<K, V>;
  /** The hours of the value's venue. */
  readonly hoursOf: (key: K, value: V) => MarketHours;
  /** The phases of its venue in which it may change. @default ['open'] */
  readonly livesIn?: readonly Phase[];
  /** The source tells what happens so much later. @default 0 */
  readonly lag?: Duration;
  /** What came last in such a phase may still be corrected for so long after it. @default '30s' */
  readonly settle?: Duration;
  /** What becomes stale at one instant for all, such as an open, does so for each value at random within so long, and within `base`. @default '2s' */
  readonly spread?: Duration;
  /** Where the calendar only carries its rules on, a rest is believed for no longer. @default '1h' */
  readonly projectedMax?: Duration;
}

const OPTIONS = {
  base: true,
  hoursOf: true,
  livesIn: true,
  lag: true,
  settle: true,
  spread: true,
  projectedMax: true,
} as const satisfies Record<keyof MarketLifetimeOptions<unknown, unknown>, true>;

/**
 * The lifetime of what can change only while its venue trades.
 *
 * While it may change, it is `base`, and no longer than until the phase ends, the feed has told so and it has settled: then
 * comes the last word. While it may not, it lives until its venue is in such a phase again and the feed can tell so,
 * however long that is. It is never shorter than its source holds its answer fresh, for who asks sooner has the same again.
 *
 * @throws ConfigError naming the option at fault.
 */
export function marketLifetime<K, V>(options: MarketLifetimeOptions<K, V>): LifetimePolicy<K, V> {
  assertNames(options, OPTIONS, 'marketLifetime');
  const { hoursOf, livesIn = ['open'] } = options;
  if (typeof hoursOf !== 'function')
    throw new ConfigError('`hoursOf` is no function; give one that answers with the hours of a value, such as a calendar');
  if (!Array.isArray(livesIn) || livesIn.length === 0)
    throw new ConfigError("`livesIn` names no phase; give the phases in which the value may change, such as ['pre', 'open', 'post']");
  for (const phase of livesIn) {
    if (!PHASES.includes(phase)) throw new ConfigError(`\`livesIn\` names "${String(phase)}"; there are ${PHASES.join(', ')}`);
  }
  const base = toPolicy<K, V>(options.base, 'base');
  const phases: ReadonlySet<string> = new Set(livesIn);
  const lagMs = toMs(options.lag ?? 0, 'lag');
  const settleMs = toMs(options.settle ?? '30s', 'settle');
  const spreadMs = toMs(options.spread ?? '2s', 'spread');
  const projectedMs = toMs(options.projectedMax ?? '1h', 'projectedMax');

  return hinted((subject) => {
    const hours = hoursOf(subject.key, subject.value);
    const lifetime = checked(base(subject));
    const { askedAt } = subject;
    // What the source shows now is of then.
    const shown = askedAt - lagMs;
    const span = hours.phaseAt(shown);
    if (phases.has(span.phase)) return whileItChanges(lifetime, span, hours, subject);
    const before = hours.phaseAt(shown - settleMs);
    return phases.has(before.phase) ? whileItChanges(lifetime, before, hours, subject) : whileItRests(lifetime, span, hours, subject);
  });

  function whileItChanges(lifetime: Lifetime, span: MarketSpan, hours: MarketHours, { askedAt, random }: LifetimeSubject<K, V>): Lifetime {
    const settledAt = span.until + lagMs + settleMs + spreadOf(lifetime, random);
    if (!(settledAt < askedAt + lifetime.ttlMs) || settledAt <= askedAt) return lifetime;
    return {
      ...lifetime,
      ttlMs: settledAt - askedAt,
      why: `${hours.name} ${span.phase} until ${instantText(span.until)}, when the last word comes`,
    };
  }

  function whileItRests(lifetime: Lifetime, span: MarketSpan, hours: MarketHours, { askedAt, random }: LifetimeSubject<K, V>): Lifetime {
    const next = nextIn(hours, phases, span.until);
    const restMs = next + lagMs + spreadOf(lifetime, random) - askedAt;
    if (next === Number.POSITIVE_INFINITY) {
      // A phase that its venue never has, or a venue that is gone: the one would be a mistake, so it is not believed for long.
      return {
        ...lifetime,
        ttlMs: Math.max(lifetime.ttlMs, projectedMs),
        why: `${hours.name} ${span.phase} (${span.reason}), and never again ${[...phases].join(' or ')}`,
      };
    }
    const until = `until ${instantText(next)}`;
    const why = `${hours.name} ${span.phase} (${span.reason}) ${until}`;
    if (span.confidence === 'known' || restMs <= projectedMs) return checked({ ...lifetime, ttlMs: restMs, why });
    return { ...lifetime, ttlMs: Math.max(lifetime.ttlMs, projectedMs), why: `${why}, as far as its rules go` };
  }

  function spreadOf({ ttlMs }: Lifetime, random: () => number): number {
    return Math.min(spreadMs, ttlMs) * random();
  }
}

/** To the minute, as hours are told: `2026-11-27T14:30Z`. */
function instantText(at: number): string {
  return new Date(at).toISOString().replace(/:\d\d\.\d+Z$/, 'Z');
}
