import { type Entry, NO_TAGS } from '../../entry/entry.ts';
import { assertArgument } from '../../entry/key.ts';
import type { Version } from '../../entry/version.ts';
import { OLDEST, type VersionClock } from '../../entry/version.ts';
import { ConfigError, RefusedError } from '../../errors.ts';
import { checked, constantOf, type Lifetime, type LifetimeSubject, type Previous } from '../../lifetime/lifetime.ts';
import type { KindCounters } from '../../telemetry/counters.ts';
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
  /** Milliseconds for which the source itself holds the value fresh. */
  readonly hintMs?: number | undefined;
}

/** What entries are made with. */
export interface EntryMakerParts<K, V> {
  readonly plan: KindPlan<K, V>;
  readonly clock: Clock;
  readonly versions: VersionClock;
  readonly random: () => number;
  readonly isVersioned: boolean;
  readonly counters: KindCounters;
  /** What memory has under a key. */
  readonly find: (text: string) => Entry<V> | undefined;
}

/** Makes entries of one kind: from values, by what the kind says of them. */
export class EntryMaker<K, V> {
  readonly #plan: KindPlan<K, V>;
  readonly #clock: Clock;
  readonly #versions: VersionClock;
  readonly #random: () => number;
  readonly #counters: KindCounters;
  readonly #find: (text: string) => Entry<V> | undefined;
  /** Where it is the same for every value. */
  readonly #constant: Lifetime | undefined;
  #isVersioned: boolean;

  constructor({ plan, clock, versions, random, isVersioned, counters, find }: EntryMakerParts<K, V>) {
    this.#counters = counters;
    this.#find = find;
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

  /**
   * The entry of a value; `undefined` makes it a negative one.
   *
   * @throws RefusedError when the kind does not believe the value.
   */
  make(key: K, text: string, value: V | undefined, origin: Origin): Entry<V> {
    const plan = this.#plan;
    const isNegative = value === undefined;
    const eventAt = isNegative ? undefined : (origin.eventAt ?? eventTime(plan, value));
    if (!isNegative && plan.refuse) this.#assertBelieved(plan.refuse, this.#subject(key, text, value, origin, eventAt), text);
    const lifetime = origin.lifetime ?? (isNegative ? this.#negative() : this.#lifetime(key, text, value, origin, eventAt));
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
    const { ttlMs, graceMs, why } =
      lifetime ?? this.#lifetime(key, entry.key, entry.value as V, { askedAt: now, version, source: entry.source }, entry.eventAt);
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

  #lifetime(key: K, text: string, value: V, origin: Origin, eventAt: number | undefined): Lifetime {
    return this.#constant ?? checked(this.#plan.lifetime(this.#subject(key, text, value, origin, eventAt)));
  }

  #subject(key: K, text: string, value: V, { askedAt, hintMs, source }: Origin, eventAt: number | undefined): Subject<K, V> {
    return new Subject({ key, text, value, askedAt, eventAt, hintMs, source }, this.#clock, this.#random, this.#find);
  }

  #assertBelieved(refuse: NonNullable<KindPlan<K, V>['refuse']>, subject: Subject<K, V>, text: string): void {
    const reason: unknown = refuse(subject.value, subject);
    if (reason === undefined) return;
    this.#counters.refused += 1;
    throw new RefusedError(this.#plan.name === '' ? text : `${this.#plan.name}:${text}`, String(reason));
  }

  /** From the first tag on, entries are versioned, for marks are compared with versions. */
  #versionFor(version: Version, tags: readonly string[]): Version {
    if (this.#isVersioned || tags.length === 0) return version;
    this.#isVersioned = true;
    return this.version();
  }
}

/** What is known of a value as it comes. */
interface Coming<K, V> {
  readonly key: K;
  readonly text: string;
  readonly value: V;
  /** Monotonic. */
  readonly askedAt: number;
  readonly eventAt: number | undefined;
  readonly hintMs: number | undefined;
  readonly source: string | undefined;
}

/** What a lifetime may depend on; most depend on none of it, so the clock and memory are asked only for those that ask. */
class Subject<K, V> implements LifetimeSubject<K, V> {
  readonly key: K;
  readonly value: V;
  readonly eventAt: number | undefined;
  readonly hintMs: number | undefined;
  readonly source: string | undefined;
  readonly random: () => number;
  readonly #text: string;
  readonly #askedAt: number;
  readonly #clock: Clock;
  readonly #find: (text: string) => Entry<V> | undefined;

  constructor(coming: Coming<K, V>, clock: Clock, random: () => number, find: (text: string) => Entry<V> | undefined) {
    this.key = coming.key;
    this.value = coming.value;
    this.eventAt = coming.eventAt;
    this.hintMs = coming.hintMs;
    this.source = coming.source;
    this.random = random;
    this.#text = coming.text;
    this.#askedAt = coming.askedAt;
    this.#clock = clock;
    this.#find = find;
  }

  get askedAt(): number {
    return this.#askedAt + this.#clock.now() - this.#clock.monotonic();
  }

  get previous(): Previous<V> | undefined {
    const entry = this.#find(this.#text);
    if (!entry || entry.isNegative) return undefined;
    const { value, eventAt, askedAt, staleAt } = entry;
    return { value: value as V, eventAt, ageMs: this.#askedAt - askedAt, ttlMs: staleAt - askedAt };
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
