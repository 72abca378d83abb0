import { ConfigError } from '../errors.ts';
import { DAY, type Duration, toMs } from '../time/duration.ts';

/** How long an entry lives, and why. */
export interface Lifetime {
  /** Milliseconds the value is fresh, counted from when it was asked for. */
  readonly ttlMs: number;
  /** Milliseconds it may stand in after that. */
  readonly graceMs: number;
  /** For people: `closed until 2026-11-27T14:30Z`. Empty for a fixed lifetime, which explains itself. */
  readonly why: string;
}

/** The value before another, under the same key. */
export interface Previous<V> {
  readonly value: V;
  readonly eventAt: number | undefined;
  /** How long before the new one it was asked for. */
  readonly ageMs: number;
  /** How long it was fresh, as far as it was not expired before. */
  readonly ttlMs: number;
}

/** What a lifetime may depend on. Instants are wall-clock milliseconds. */
export interface LifetimeSubject<K = unknown, V = unknown> {
  readonly key: K;
  readonly value: V;
  readonly askedAt: number;
  readonly eventAt: number | undefined;
  /** Milliseconds for which the source itself holds the value fresh; `undefined` where it told nothing of that. */
  readonly hintMs?: number | undefined;
  /** Who told the value; `undefined` where nobody said so. */
  readonly source?: string | undefined;
  /** What memory has under the key, stale or not, whose place the value takes; `undefined` where it has nothing. */
  readonly previous?: Previous<V> | undefined;
  /** A number from 0 up to 1, drawn anew at each call. */
  readonly random: () => number;
}

/** Decides how long a value lives; pure but for `random`. */
export type LifetimePolicy<K = unknown, V = unknown> = (subject: LifetimeSubject<K, V>) => Lifetime;

/** A lifetime as people write it. */
export interface LifetimeOptions {
  /** How long the value is fresh. */
  readonly ttl: Duration;
  /** How long it may stand in after that. @default 0 */
  readonly grace?: Duration;
  /** Shortens each TTL at random by up to this share, so that what was stored together does not end together. @default 0 */
  readonly jitter?: number;
}

/** A lifetime in any of its forms. */
export type LifetimeSpec<K = unknown, V = unknown> = Duration | LifetimeOptions | LifetimePolicy<K, V>;

/** No entry lives longer, whatever its lifetime says; named, so that none lives for ever. */
export const MAX_LIFETIME_MS: number = 365 * DAY;

/** Policies that answer the same for every value, and what they answer. */
const CONSTANTS = new WeakMap<LifetimePolicy<never, never>, Lifetime>();

/** What a policy answers for every value; `undefined` where that depends on the value. */
export function constantOf<K, V>(policy: LifetimePolicy<K, V>): Lifetime | undefined {
  return CONSTANTS.get(policy);
}

/** The same lifetime for every value. */
export function fixed(ttl: Duration, grace: Duration = 0, name = ''): LifetimePolicy {
  const at = (option: string): string => (name === '' ? option : `${name}.${option}`);
  const lifetime = checked({ ttlMs: toMs(ttl, at('ttl')), graceMs: toMs(grace, at('grace')), why: '' });
  const policy: LifetimePolicy = () => lifetime;
  CONSTANTS.set(policy, lifetime);
  return policy;
}

/** The policy of a lifetime in any of its forms. @throws ConfigError when it is none. */
export function toPolicy<K, V>(spec: LifetimeSpec<K, V>, name = ''): LifetimePolicy<K, V> {
  if (typeof spec === 'function') return spec;
  if (typeof spec !== 'object' || spec === null) return fixed(spec, 0, name);
  const policy = fixed(spec.ttl, spec.grace, name);
  return spec.jitter !== undefined && spec.jitter !== 0 ? jittered(policy, spec.jitter, name === '' ? 'jitter' : `${name}.jitter`) : policy;
}

/** `policy`, with each TTL shortened at random by up to `share` of it. Grace takes what the TTL lost, so that the entry dies no earlier. */
export function jittered<K, V>(policy: LifetimePolicy<K, V>, share = 0.1, name = 'jitter'): LifetimePolicy<K, V> {
  if (!(share >= 0 && share < 1)) throw new ConfigError(`\`${name}\` is ${share}; give a share from 0 up to 1`);
  return (subject) => {
    const { ttlMs, graceMs, why } = checked(policy(subject));
    const cutMs = ttlMs * share * subject.random();
    return { ttlMs: ttlMs - cutMs, graceMs: graceMs > 0 ? graceMs + cutMs : 0, why };
  };
}

/** The policy that gives the shortest TTL of all, whichever it is for this value. */
export function shortest<K, V>(...policies: readonly LifetimePolicy<K, V>[]): LifetimePolicy<K, V> {
  const [first, ...rest] = policies;
  if (!first) throw new ConfigError('`shortest` needs at least one lifetime policy');
  return (subject) => rest.reduce((best, policy) => shorterOf(best, policy(subject)), first(subject));
}

/** A lifetime read from the value itself: an upstream hint, a bar that is final. */
export function fromValue<K, V>(read: (value: V, key: K) => LifetimeSpec<K, V>): LifetimePolicy<K, V> {
  return (subject) => toPolicy<K, V>(read(subject.value, subject.key))(subject);
}

/** The lifetime within bounds: no negative or missing times, no longer than {@link MAX_LIFETIME_MS}. */
export function checked(lifetime: Lifetime): Lifetime {
  const { ttlMs, graceMs, why } = lifetime;
  if (!(ttlMs >= 0 && graceMs >= 0))
    throw new ConfigError(`A lifetime of ${ttlMs} ms with ${graceMs} ms of grace; give milliseconds from 0 up`);
  if (ttlMs + graceMs <= MAX_LIFETIME_MS) return lifetime;
  const boundedTtl = Math.min(ttlMs, MAX_LIFETIME_MS);
  return { ttlMs: boundedTtl, graceMs: MAX_LIFETIME_MS - boundedTtl, why };
}

function shorterOf(a: Lifetime, b: Lifetime): Lifetime {
  return b.ttlMs < a.ttlMs ? b : a;
}
