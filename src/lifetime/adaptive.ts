import { isDeepStrictEqual } from 'node:util';
import { assertNames, ConfigError } from '../errors.ts';
import { type Duration, toMs } from '../time/duration.ts';
import { checked, type LifetimePolicy } from './lifetime.ts';

/** How a lifetime follows how often its value is seen to change. */
export interface AdaptiveOptions<V> {
  /** Of a value whose past is not known. */
  readonly ttl: Duration;
  /** No value is fresh for less. @default an eighth of `ttl` */
  readonly min?: Duration;
  /** No value is fresh for longer. @default eight times `ttl` */
  readonly max?: Duration;
  /** How long it may stand in after that, and is there for the next to be held against: without any, nothing is known of its past. @default as long as `max` */
  readonly grace?: Duration;
  /** What a value that was found unchanged lives longer by: times the last lifetime, from 1 up. @default 1.5 */
  readonly growth?: number;
  /** What a value that was found changed lives shorter by: times the last lifetime, above 0 and up to 1. @default 0.5 */
  readonly decay?: number;
  /** Whether a value says the same as the one before it. @default what they hold is equal, all the way down */
  readonly isSame?: (value: V, previous: V) => boolean;
}

const OPTIONS = { ttl: true, min: true, max: true, grace: true, growth: true, decay: true, isSame: true } as const satisfies Record<
  keyof AdaptiveOptions<unknown>,
  true
>;

/**
 * A lifetime that grows while its value stays the same, and shrinks when it changes.
 *
 * Each refresh that finds the value unchanged makes the next lifetime longer by `growth`, each that
 * finds it changed shorter by `decay`, within `min` and `max`: what changes with chance p between two refreshes
 * settles where p · ln(1 / decay) = (1 − p) · ln(growth), with the defaults where about every third finds something new.
 * Nothing is kept for it but what memory has: a value that left memory, or whose grace is over, begins anew with `ttl`.
 *
 * @throws ConfigError naming the option at fault.
 */
export function adaptive<K, V>(options: AdaptiveOptions<V>): LifetimePolicy<K, V> {
  assertNames(options, OPTIONS, 'adaptive');
  const ttlMs = toMs(options.ttl, 'ttl');
  const minMs = toMs(options.min ?? ttlMs / 8, 'min');
  const maxMs = toMs(options.max ?? ttlMs * 8, 'max');
  const graceMs = toMs(options.grace ?? maxMs, 'grace');
  const { growth = 1.5, decay = 0.5, isSame = isDeepStrictEqual } = options;
  if (!(minMs > 0 && minMs <= ttlMs && ttlMs <= maxMs))
    throw new ConfigError(
      `An adaptive lifetime of ${ttlMs} ms from ${minMs} to ${maxMs} ms; give a \`ttl\` between \`min\`, above 0, and \`max\``,
    );
  if (!(growth >= 1 && Number.isFinite(growth))) throw new ConfigError(`\`growth\` is ${growth}; give a number from 1 up`);
  if (!(decay > 0 && decay <= 1)) throw new ConfigError(`\`decay\` is ${decay}; give a number above 0 and up to 1`);
  return ({ value, previous }) => {
    if (!previous) return checked({ ttlMs, graceMs, why: 'nothing is known of how often it changes' });
    const last = Math.min(maxMs, Math.max(minMs, previous.ttlMs));
    const isUnchanged = isSame(value, previous.value);
    const next = Math.min(maxMs, Math.max(minMs, last * (isUnchanged ? growth : decay)));
    return checked({
      ttlMs: next,
      graceMs,
      why: isUnchanged ? 'unchanged since it was asked for last' : 'changed since it was asked for last',
    });
  };
}
