import { type Entry, NO_TAGS } from '../../entry/entry.ts';
import { assertArgument } from '../../entry/key.ts';
import type { Version } from '../../entry/version.ts';
import { OLDEST, type VersionClock } from '../../entry/version.ts';
import { ConfigError } from '../../errors.ts';
import { checked, constantOf, type Lifetime, type LifetimeSubject } from '../../lifetime/lifetime.ts';
import type { Clock } from '../../time/clock.ts';
import type { KindPlan } from './kind-plan.ts';

/** What is known of a value besides the value. */
export interface Origin {
  /** When its source was asked, monotonic. */
  readonly askedAt: number;
  readonly version: Version;
  /** Instead of what the kind says. */
  readonly lifetime?: Lifetime | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly eventAt?: number | undefined;
  readonly source?: string | undefined;
}

/** Makes entries of one kind: from values, by what the kind says of them. */
export class EntryMaker<K, V> {
  readonly #plan: KindPlan<K, V>;
  readonly #clock: Clock;
  readonly #versions: VersionClock;
  readonly #random: () => number;
  /** Where it is the same for every value. */
  readonly #constant: Lifetime | undefined;
  #isVersioned: boolean;

  constructor(plan: KindPlan<K, V>, clock: Clock, versions: VersionClock, random: () => number, isVersioned: boolean) {
    this.#plan = plan;
    this.#clock = clock;
    this.#versions = versions;
    this.#random = random;
    this.#constant = constantOf(plan.lifetime);
    this.#isVersioned = isVersioned || plan.tags !== undefined;
  }

  /** A version for what is asked or written now; all the same while nothing could compare them. */
  version(): Version {
    return this.#isVersioned ? { stamp: this.#versions.next(), origin: this.#versions.origin } : OLDEST;
  }

  /** The entry of a value; `undefined` makes it a negative one. */
  make(key: K, text: string, value: V | undefined, origin: Origin): Entry<V> {
    const plan = this.#plan;
    const isNegative = value === undefined;
    const eventAt = isNegative ? undefined : (origin.eventAt ?? eventTime(plan, value));
    const lifetime = origin.lifetime ?? (isNegative ? this.#negative() : this.#lifetime(key, value, origin.askedAt, eventAt));
    const staleAt = origin.askedAt + lifetime.ttlMs;
    const tags = origin.tags ?? (isNegative || !plan.tags ? NO_TAGS : this.#tags(plan.tags(key, value)));
    return {
      key: text,
      value: !isNegative && plan.isolate.shields ? plan.isolate.keep(value) : value,
      isNegative,
      eventAt,
      askedAt: origin.askedAt,
      staleAt,
      deadAt: staleAt + lifetime.graceMs,
      version: this.#versionFor(origin.version, tags),
      tags,
      source: origin.source,
      isFinal: !isNegative && (plan.isFinal?.(value) ?? false),
      why: lifetime.why,
    };
  }

  /** The same value, asked for anew: its source said that it is still true. */
  renewed(key: K, entry: Entry<V>, origin: Origin): Entry<V> {
    const { tags, eventAt } = entry;
    return this.make(key, entry.key, entry.value, { ...origin, tags: origin.tags ?? tags, eventAt: origin.eventAt ?? eventAt });
  }

  /** The same entry with another life, that counts from `now`; its age goes on. */
  prolonged(key: K, entry: Entry<V>, version: Version, lifetime: Lifetime | undefined, now: number): Entry<V> {
    const { ttlMs, graceMs, why } = lifetime ?? this.#lifetime(key, entry.value as V, now, entry.eventAt);
    return { ...entry, version, staleAt: now + ttlMs, deadAt: now + ttlMs + graceMs, why };
  }

  /** Tags can be named again, or they could never be invalidated. */
  #tags(tags: readonly string[]): readonly string[] {
    for (const tag of tags) assertArgument(tag);
    return tags;
  }

  #negative(): Lifetime {
    return { ttlMs: this.#plan.negativeMs, graceMs: 0, why: 'the source has nothing under this key' };
  }

  #lifetime(key: K, value: V, askedAt: number, eventAt: number | undefined): Lifetime {
    return this.#constant ?? checked(this.#plan.lifetime(new Subject(key, value, eventAt, askedAt, this.#clock, this.#random)));
  }

  /** From the first tag on, entries are versioned, for marks are compared with versions. */
  #versionFor(version: Version, tags: readonly string[]): Version {
    if (this.#isVersioned || tags.length === 0) return version;
    this.#isVersioned = true;
    return this.version();
  }
}

/** What a lifetime may depend on; most depend on none of it, so the clock is read only for those that ask. */
class Subject<K, V> implements LifetimeSubject<K, V> {
  readonly key: K;
  readonly value: V;
  readonly eventAt: number | undefined;
  readonly random: () => number;
  readonly #askedAt: number;
  readonly #clock: Clock;

  constructor(key: K, value: V, eventAt: number | undefined, askedAt: number, clock: Clock, random: () => number) {
    this.key = key;
    this.value = value;
    this.eventAt = eventAt;
    this.random = random;
    this.#askedAt = askedAt;
    this.#clock = clock;
  }

  get askedAt(): number {
    return this.#askedAt + this.#clock.now() - this.#clock.monotonic();
  }
}

/** An event time that is no finite number is none. */
function eventTime<K, V>(plan: KindPlan<K, V>, value: V): number | undefined {
  const eventAt: unknown = plan.order?.(value);
  if (eventAt === undefined || eventAt === null) return undefined;
  if (typeof eventAt === 'number') return Number.isFinite(eventAt) ? eventAt : undefined;
  const told = eventAt instanceof Date ? 'a Date' : `a ${typeof eventAt}`;
  throw new ConfigError(`\`order\` of kind "${plan.name}" answered ${told}; give epoch milliseconds, or NaN where the time is not known`);
}
