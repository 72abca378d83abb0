import type { News } from '../bus/news.ts';
import type { KeyArgument } from '../entry/key.ts';
import type { KeyRing } from '../entry/key-ring.ts';
import { Pattern } from '../entry/pattern.ts';
import type { Version, VersionClock } from '../entry/version.ts';
import { ClosedError } from '../errors.ts';
import type { Eviction } from '../telemetry/evictions.ts';
import { NamespaceTelemetry } from '../telemetry/namespace-telemetry.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { LocalTier } from '../tiers/local-tier.ts';
import type { Clock } from '../time/clock.ts';
import { type Explanation, explainTier, verdictOf } from './explanation.ts';
import { type Health, healthOf } from './health.ts';
import { Invalidation } from './invalidation/invalidation.ts';
import { Reception } from './invalidation/reception.ts';
import type { KindPlan } from './kind/kind-plan.ts';
import { type AnyKindCache, KindCache } from './kind-cache.ts';
import { KindEngine, type KindSurroundings } from './kind-engine.ts';
import { type AnyEngine, KindRoutes, keyText } from './kind-routes.ts';
import { Memory } from './memory.ts';
import { Protection } from './protection.ts';
import { type CacheStats, kindStats, tierStats, totalStats } from './stats.ts';
import { Announcer } from './store/announcer.ts';
import { RemoteMarks } from './store/remote-marks.ts';
import { RemoteStack } from './store/remote-stack.ts';
import type { SafeTier } from './store/safe-tier.ts';
import { Sealing } from './store/sealing.ts';
import { TagMarks } from './store/tag-marks.ts';

/** Of what left memory under a key, the last few are told. */
const EXPLAINED_EVICTIONS = 5;

/** What the namespaces of one cache share. */
export interface SharedParts {
  readonly plain: KindPlan<string, unknown>;
  readonly plans: ReadonlyMap<string, KindPlan<KeyArgument, unknown>>;
  readonly local: LocalTier;
  /** Patterns of keys that memory keeps, in every namespace. */
  readonly protect: readonly string[];
  readonly tiers: readonly SafeTier[];
  readonly versions: VersionClock;
  readonly clock: Clock;
  readonly random: () => number;
  readonly telemetry: Telemetry;
  readonly maxValueBytes: number;
  /** The way to the other processes; `undefined` without a bus. */
  readonly news: News | undefined;
  /** The tiers that the processes on the bus do not all share. */
  readonly nearby: readonly SafeTier[];
  /** Whether what a nearby tier has under this version can be believed: all news since it was asked for have been heard. */
  readonly isBelieved: (version: Version) => boolean;
  /** Encrypt the values of sensitive kinds. */
  readonly keys: KeyRing | undefined;
  /** Every namespace there is, by its whole name: one way to it is like another. They are closed together. */
  readonly cores: Map<string, CacheCore>;
  closing: Promise<void> | undefined;
}

/** One namespace of a cache at work: its kinds, and what they share, put together. */
export class CacheCore {
  readonly namespace: string;
  readonly telemetry: NamespaceTelemetry;
  readonly memory: Memory;
  readonly stack: RemoteStack;
  readonly routes: KindRoutes;
  readonly invalidation: Invalidation;
  readonly reception: Reception;
  readonly kinds: ReadonlyMap<string, KindCache<KeyArgument, unknown>>;
  readonly #faces = new Map<AnyEngine, AnyKindCache>();
  readonly #shared: SharedParts;
  readonly #protection: Protection;

  constructor(namespace: string, shared: SharedParts) {
    const { clock, local, tiers, versions, random } = shared;
    const telemetry = new NamespaceTelemetry(namespace, shared.telemetry);
    this.namespace = namespace;
    this.#shared = shared;
    this.#protection = new Protection(shared.protect);
    this.telemetry = telemetry;
    this.memory = new Memory(
      local,
      () => this.assertOpen(),
      (kind) => this.routes.named(kind).partition,
    );
    const marks = new TagMarks();
    const sealing = new Sealing(telemetry, clock, versions, shared.maxValueBytes, shared.keys);
    const doubtTagged = (): void => local.doubtTagged();
    // News of a namespace are heard from when it is there.
    const heardSince = versions.next();
    const isBelieved = (tier: SafeTier, version: Version): boolean =>
      !shared.nearby.includes(tier) || (version.stamp > heardSince && shared.isBelieved(version));
    const stackOf = (some: readonly SafeTier[]): RemoteStack =>
      new RemoteStack(some, sealing, new RemoteMarks(namespace), marks, doubtTagged, isBelieved);
    this.stack = stackOf(tiers);
    const announcer = new Announcer(namespace, shared.news);
    const { stack } = this;
    const isClosed = (): boolean => shared.closing !== undefined;
    const isVersioned = tiers.length > 0 || shared.news !== undefined;
    const isProtected = (kind: string, argument: string): boolean =>
      !this.#protection.isEmpty && this.#protection.has(keyText(kind, argument));
    const around: KindSurroundings = {
      namespace,
      local,
      stack,
      marks,
      versions,
      clock,
      random,
      telemetry,
      isVersioned,
      announcer,
      isProtected,
      isClosed,
    };

    const engines = new Map<string, AnyEngine>();
    const kinds = new Map<string, KindCache<KeyArgument, unknown>>();
    for (const [name, plan] of shared.plans) {
      const engine = new KindEngine(plan, around);
      engines.set(name, engine);
      kinds.set(name, this.#face(engine));
    }
    const plain = new KindEngine(shared.plain, around);
    this.#face(plain);
    this.kinds = kinds;
    this.routes = new KindRoutes(namespace, plain, engines);
    this.invalidation = new Invalidation(this.routes, stack, marks, local, versions, telemetry, announcer);
    this.reception = new Reception({ routes: this.routes, stack, nearby: stackOf(shared.nearby), marks, local, versions });
    shared.cores.set(namespace, this);
  }

  #face<K extends KeyArgument>(engine: KindEngine<K, unknown>): KindCache<K, unknown> {
    const face = new KindCache(engine);
    this.#faces.set(engine, face);
    return face;
  }

  faceOf(engine: AnyEngine): AnyKindCache {
    return this.#faces.get(engine) as AnyKindCache;
  }

  within(name: string): CacheCore {
    this.assertOpen();
    const whole = `${this.namespace}/${name}`;
    return this.#shared.cores.get(whole) ?? new CacheCore(whole, this.#shared);
  }

  assertOpen(): void {
    if (this.#shared.closing !== undefined) throw new ClosedError();
  }

  async keys(pattern: string, limit: number): Promise<string[]> {
    const wanted = new Pattern(pattern);
    const keys = new Set<string>();
    const add = (text: string | undefined): void => {
      if (text !== undefined && keys.size < limit && wanted.matches(text)) keys.add(text);
    };
    for (const engine of this.routes.engines()) {
      for (const argument of engine.partition.keys()) add(this.routes.text(engine, argument));
    }
    for (const full of this.routes.fullPatterns(pattern)) {
      if (keys.size >= limit) break;
      for await (const batch of this.stack.scan(full)) {
        for (const key of batch) add(this.routes.textOf(key));
        if (keys.size >= limit) break;
      }
    }
    return [...keys].sort();
  }

  /** Protects what matches, now and from now on; tells how many entries of memory are protected by it. */
  protect(pattern: Pattern): number {
    this.#protection.add(pattern);
    let count = 0;
    for (const [engine, argument] of this.#inMemory(pattern)) if (engine.partition.protect(argument)) count += 1;
    return count;
  }

  /** Takes it back. What another pattern or its kind protects stays so. */
  unprotect(pattern: Pattern): void {
    this.#protection.remove(pattern);
    for (const [engine, argument] of this.#inMemory(pattern)) {
      if (!engine.plan.isProtected && !this.#protection.has(keyText(engine.plan.name, argument))) engine.partition.unprotect(argument);
    }
  }

  *#inMemory(pattern: Pattern): IterableIterator<[AnyEngine, string]> {
    for (const engine of this.routes.engines()) {
      for (const argument of [...engine.partition.keys()]) {
        if (pattern.matches(keyText(engine.plan.name, argument))) yield [engine, argument];
      }
    }
  }

  async explain(key: string): Promise<Explanation> {
    const { clock } = this.#shared;
    const { engine, argument } = this.routes.resolve(key);
    const memory = explainTier('memory', engine.store.held(argument), clock);
    const remote = engine.store.isShared ? await this.stack.inspect(engine.plan, argument) : new Map();
    const tiers = [memory, ...[...remote].map(([tier, entry]) => explainTier(tier, entry, clock))];
    return {
      key,
      kind: engine.plan.name,
      argument,
      namespace: this.namespace,
      tiers,
      evictions: this.#evictionsOf(engine.plan.name, argument),
      isLoading: engine.flights.get(argument) !== undefined,
      isBackingOff: engine.backoff.isWaiting(argument, clock.monotonic()),
      verdict: verdictOf(tiers, engine, argument),
    };
  }

  #evictionsOf(kind: string, argument: string): readonly Eviction[] {
    const isOf = ({ namespace, kind: of, key }: Omit<Eviction, 'at'>): boolean =>
      namespace === this.namespace && of === kind && key === argument;
    return this.#shared.local.evictions(EXPLAINED_EVICTIONS, isOf);
  }

  health(): Health {
    return healthOf(this.#shared.tiers.map(tierStats), this.#shared.news?.stats);
  }

  stats(): CacheStats {
    const engines = [...this.routes.engines()];
    const tiers = this.#shared.tiers.map(tierStats);
    const bus = this.#shared.news?.stats;
    return {
      name: this.telemetry.cache,
      namespace: this.namespace,
      kinds: Object.fromEntries(engines.map((engine) => [engine.plan.name, kindStats(engine)])),
      total: totalStats(engines),
      memory: this.#shared.local.usage,
      tiers,
      bus,
      health: healthOf(tiers, bus),
      encryption: this.#shared.keys?.usage() ?? [],
    };
  }

  async flush(): Promise<void> {
    await this.stack.flush();
    await this.#shared.news?.flush();
  }

  /** The same for all namespaces. */
  async flushAll(): Promise<void> {
    await Promise.all([...this.#shared.cores.values()].map(({ stack }) => stack.settled()));
    await this.flush();
  }

  close(): Promise<void> {
    this.#shared.closing ??= this.#close();
    return this.#shared.closing;
  }

  async #close(): Promise<void> {
    const { cores, tiers, local } = this.#shared;
    for (const core of cores.values()) {
      for (const engine of core.routes.engines()) engine.end();
    }
    await Promise.all([...cores.values()].map((core) => core.stack.flush()));
    await this.#shared.news?.close();
    await Promise.all(tiers.map((tier) => tier.close()));
    local[Symbol.dispose]();
  }
}
