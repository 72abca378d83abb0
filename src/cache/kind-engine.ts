import type { Entry } from '../entry/entry.ts';
import type { Precedence } from '../entry/envelope-header.ts';
import type { Version, VersionClock } from '../entry/version.ts';
import { ClosedError } from '../errors.ts';
import type { Lifetime } from '../lifetime/lifetime.ts';
import { KindCounters } from '../telemetry/counters.ts';
import type { RemovalCause } from '../telemetry/events.ts';
import type { NamespaceTelemetry } from '../telemetry/namespace-telemetry.ts';
import type { LocalPartition, LocalTier } from '../tiers/local-tier.ts';
import type { Clock } from '../time/clock.ts';
import { EntryMaker } from './kind/entry-maker.ts';
import type { KindPlan } from './kind/kind-plan.ts';
import { RefreshAhead } from './kind/refresh.ts';
import { Backoff } from './loading/backoff.ts';
import { FleetLeases } from './loading/fleet-leases.ts';
import { Flights } from './loading/flight.ts';
import { LoadGate } from './loading/load-gate.ts';
import { Loads } from './loading/loads.ts';
import { ReadMany } from './reading/read-many.ts';
import { ReadThrough } from './reading/read-through.ts';
import type { Announcer } from './store/announcer.ts';
import { KindStore } from './store/kind-store.ts';
import { KindWriter } from './store/kind-writer.ts';
import type { RemoteStack } from './store/remote-stack.ts';
import type { TagMarks } from './store/tag-marks.ts';

/** What all kinds of a namespace share. */
export interface KindSurroundings {
  readonly namespace: string;
  readonly local: LocalTier;
  readonly stack: RemoteStack;
  readonly marks: TagMarks;
  readonly versions: VersionClock;
  readonly clock: Clock;
  readonly random: () => number;
  readonly telemetry: NamespaceTelemetry;
  /** Whether versions will be compared: with remote tiers, always. */
  readonly isVersioned: boolean;
  readonly announcer: Announcer;
  /** Which keys memory keeps, by the kind's name and the argument. */
  readonly isProtected: (kind: string, argument: string) => boolean;
  readonly isClosed: () => boolean;
}

/** What a write says of its value. */
export interface WriteOrigin {
  readonly lifetime: Lifetime | undefined;
  readonly tags: readonly string[] | undefined;
  readonly eventAt: number | undefined;
  readonly source: string | undefined;
}

/** One kind at work: its entries, its flights and its loads, put together. */
export class KindEngine<K, V> {
  readonly plan: KindPlan<K, V>;
  readonly partition: LocalPartition<V>;
  readonly counters: KindCounters = new KindCounters();
  readonly clock: Clock;
  readonly flights: Flights<V> = new Flights();
  readonly gate: LoadGate;
  readonly backoff: Backoff;
  readonly store: KindStore<K, V>;
  readonly one: ReadThrough<K, V>;
  readonly many: ReadMany<K, V>;
  readonly #maker: EntryMaker<K, V>;
  readonly #loads: Loads<K, V>;
  readonly #writer: KindWriter<K, V>;
  readonly #telemetry: NamespaceTelemetry;
  readonly #announcer: Announcer;
  readonly #isClosed: () => boolean;
  /** Whether other processes are told of its entries, and tell of theirs. */
  readonly #tells: boolean;

  constructor(plan: KindPlan<K, V>, around: KindSurroundings) {
    const { local, stack, marks, versions, clock, random, telemetry } = around;
    this.plan = plan;
    this.clock = clock;
    this.#telemetry = telemetry;
    this.#announcer = around.announcer;
    this.#isClosed = around.isClosed;
    this.#tells = around.announcer.tellsOf(plan);
    const isProtected = plan.isProtected ? () => true : (argument: string) => around.isProtected(plan.name, argument);
    const { name, share, weigh, isCoherent } = plan;
    this.partition = local.partition<V>({ namespace: around.namespace, kind: name, share, weigh, isCoherent, isProtected }, this);
    this.gate = new LoadGate(plan.name, plan.maxConcurrentLoads, plan.maxQueuedLoads);
    this.backoff = new Backoff(plan.backoffMs, plan.maxBackoffMs, random);
    const { counters, flights, gate, backoff } = this;
    const refresh = new RefreshAhead(plan, random);
    this.#maker = new EntryMaker({
      plan,
      clock,
      versions,
      random,
      isVersioned: around.isVersioned && (plan.isRemote || this.#tells),
      counters,
      find: (text) => this.partition.find(text),
    });
    this.store = new KindStore(plan, this.partition, stack, marks, refresh, clock, around.announcer);
    const { store } = this;
    this.#writer = new KindWriter(plan, store, around.announcer, refresh, clock, counters);
    const leases = new FleetLeases(store, clock, around.announcer.isLive);
    const parts = { plan, store, flights, backoff, refresh, clock, counters };
    this.#loads = new Loads({ ...parts, writer: this.#writer, maker: this.#maker, gate, telemetry, leases });
    this.one = new ReadThrough({ ...parts, loads: this.#loads });
    this.many = new ReadMany(plan, store, flights, this.#loads, this.one, counters);
  }

  /** What the fast path left open: the value may be due for refresh, in doubt, or not there. Counts the request. */
  peekSlow(text: string): V | undefined {
    const held = this.store.held(text);
    if (held && !held.isNegative && this.clock.monotonic() < held.staleAt) {
      this.store.touch(text);
      this.counters.hits += 1;
      return this.plan.isolate.hand(held.value as V);
    }
    this.counters.misses += 1;
    return undefined;
  }

  /** Writes a value: a load under way for its key is fenced, for it is older. */
  write(key: K, text: string, value: V, origin: WriteOrigin): boolean | Promise<boolean> {
    const now = this.clock.monotonic();
    return this.#writer.writeOne(this.#written(key, text, value, origin, now), now);
  }

  /** Writes values, in one trip to each tier. */
  writeMany(values: readonly { key: K; text: string; value: V }[], origin: WriteOrigin): Promise<boolean[]> {
    const now = this.clock.monotonic();
    return this.#writer.write(values.map(({ key, text, value }) => this.#written(key, text, value, origin, now)));
  }

  #written(key: K, text: string, value: V, { lifetime, tags, eventAt, source }: WriteOrigin, askedAt: number): Entry<V> {
    this.flights.cut(text);
    const origin = { askedAt, version: this.#maker.version(), lifetime, tags, eventAt, source };
    return this.#maker.make(key, text, value, origin);
  }

  async remove(texts: readonly string[]): Promise<void> {
    this.#invalidated(texts, false);
    const version = this.#maker.version();
    for (const text of texts) this.flights.cut(text);
    await this.store.remove(texts, version);
  }

  async expire(texts: readonly string[]): Promise<void> {
    this.#invalidated(texts, true);
    const version = this.#maker.version();
    const isTaken = await this.expireUntold(texts, version);
    this.#announcer.removed('stale', this.plan, texts, version, !isTaken);
  }

  /** The same without a word to the other processes, for who tells them of all at once. Tells whether the tiers have taken it. */
  expireUntold(texts: readonly string[], version: Version): Promise<boolean> {
    for (const text of texts) this.flights.cut(text);
    return this.store.expire(texts, version);
  }

  #invalidated(keys: readonly string[], keep: boolean): void {
    if (keys.length === 0 || !this.#telemetry.wants('invalidate')) return;
    const { cache, namespace } = this.#telemetry;
    this.#telemetry.tell('invalidate', { cache, namespace, by: 'keys', kind: this.plan.name, keys, keep });
  }

  /** Another process has written `text`: what is older than that here is stale. */
  outdate(text: string, newer: Precedence, sealed: Uint8Array | undefined): void {
    this.flights.cutOlder(text, newer.version);
    this.store.outdate(text, newer, sealed);
    this.#loads.told(text);
  }

  /** Another process has removed `text` up to `version`, or made it stale where it is kept. */
  withdraw(text: string, version: Version, keep: boolean): void {
    this.flights.cutOlder(text, version);
    const withdrawn = this.store.withdraw(text, version, keep);
    if (keep && withdrawn) this.store.removeLate([withdrawn], version);
  }

  /** The same for every key that matches. */
  withdrawMatching(matches: (text: string) => boolean, version: Version, keep: boolean): void {
    this.fenceWhere(matches);
    const withdrawn = this.matching(matches).map((text) => this.store.withdraw(text, version, keep));
    this.store.removeLate(
      withdrawn.filter((entry) => entry !== undefined),
      version,
    );
  }

  /**
   * A new life for the value there is. It is one tick newer than it was, so that
   * a load under way outdates it; only a tag that expired it makes it newer than that.
   * Where others write too, what is stale may be outdated, and has none but what the tiers have.
   */
  async touch(key: K, text: string, lifetime: Lifetime | undefined): Promise<boolean> {
    const version = this.#maker.version();
    // What is newest in the tiers is in memory afterwards, unless it was removed meanwhile.
    const found = await this.store.search(text);
    const entry = this.store.held(text);
    if (!entry || entry.isNegative) return false;
    const isCurrent = this.clock.monotonic() < entry.staleAt || found?.entry.version.stamp === entry.version.stamp;
    if (this.#tells && !isCurrent) return false;
    const next = entry.version.stamp === 0 || this.store.isMarked(entry) ? version : { ...entry.version, stamp: entry.version.stamp + 1 };
    const now = this.clock.monotonic();
    return this.#writer.writeOne(this.#maker.prolonged(key, entry, next, lifetime, now), now);
  }

  /** Memory's keys of this kind that match. */
  matching(matches: (text: string) => boolean): string[] {
    return [...this.partition.keys()].filter(matches);
  }

  /** Fences flights that match and have asked, and lookups: these all, for they are few and short. What was there is removed, or expired. */
  fenceWhere(matches: (text: string) => boolean): void {
    this.flights.cutWhere(matches);
    this.store.fence();
    this.store.liftFloors();
  }

  /** News were missed: whatever has asked may have been outdated by them. */
  fenceAll(): void {
    this.flights.cutWhere(() => true);
    this.store.fence();
  }

  /** Ends what is under way and forgets what memory has: the cache is closed. */
  end(): void {
    this.flights.abortAll(new ClosedError());
    for (const text of [...this.partition.keys()]) this.partition.remove(text, 'explicit');
  }

  /** @throws ClosedError once the cache is closed. */
  assertOpen(): void {
    if (this.#isClosed()) throw new ClosedError();
  }

  removed(key: string, cause: RemovalCause): void {
    this.counters[cause] += 1;
    if (!this.#telemetry.wants('remove')) return;
    const { cache, namespace } = this.#telemetry;
    this.#telemetry.tell('remove', { cache, namespace, kind: this.plan.name, key, cause });
  }

  oversized(): void {
    this.counters.oversized += 1;
  }
}
