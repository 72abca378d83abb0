import type { Bus } from './bus/bus.ts';
import { type Coherence, type CoherenceOptions, coherenceOf } from './bus/coherence-options.ts';
import { BusLink } from './bus/link/bus-link.ts';
import type { BusState, NewsListener } from './bus/news.ts';
import { Belief } from './cache/belief.ts';
import { Cache, type CacheOf } from './cache/cache.ts';
import { CacheCore, type SharedParts } from './cache/cache-core.ts';
import type { KindOptions, Kinds } from './cache/kind/kind.ts';
import { assertShares, DEFAULT_LIFETIME, type KindPlan, planKind } from './cache/kind/kind-plan.ts';
import type { NoKinds } from './cache/namespace.ts';
import { SafeTier } from './cache/store/safe-tier.ts';
import { assertNamespace, type KeyArgument } from './entry/key.ts';
import { KeyRing } from './entry/key-ring.ts';
import { type Size, toBytes } from './entry/size.ts';
import { VersionClock } from './entry/version.ts';
import { assertNames, ConfigError } from './errors.ts';
import type { LifetimeSpec } from './lifetime/lifetime.ts';
import { Telemetry } from './telemetry/telemetry.ts';
import { type GuardOptions, guarded, type TierChange } from './tiers/guarded-tier.ts';
import type { MemoryOptions } from './tiers/memory/memory-options.ts';
import { MemoryTier } from './tiers/memory/memory-tier.ts';
import type { RemoteTier } from './tiers/remote-tier.ts';
import { chance } from './time/chance.ts';
import { type Clock, systemClock } from './time/clock.ts';
import { FineWall } from './time/fine-wall.ts';

/** All that a cache can be told. Everything has a default. */
export interface CacheOptions<K extends Kinds> {
  /** Names the cache in events and statistics. @default 'cache' */
  readonly name?: string;
  /** Before every key in remote tiers, so that caches can share them. @default 'main' */
  readonly namespace?: string;
  /** The kinds of data, by name. Plain keys need none. */
  readonly kinds?: K;
  /** How long values live whose kind does not say. @default '1m' */
  readonly lifetime?: LifetimeSpec;
  /** How plain keys are treated, where it differs from the defaults of a kind. */
  readonly plain?: KindOptions<string, unknown>;
  readonly memory?: MemoryOptions;
  /** Tiers beyond memory, nearest first. Each is put behind a deadline and a breaker, and closed with the cache: share none. @default none */
  readonly remote?: RemoteTier | readonly RemoteTier[];
  /** Keeps the memories of several processes in step. @default none: this process is alone, or the others' writes are seen when their entries end */
  readonly bus?: Bus;
  /** How closely they keep in step. */
  readonly coherence?: CoherenceOptions;
  /** The deadline and the breaker before each remote tier. */
  readonly guard?: GuardOptions;
  /** Encrypts in remote tiers what kinds call `sensitive`; made by keyRing(). @default none */
  readonly encryption?: KeyRing;
  /** A larger value is not sent to remote tiers. @default '16mb' */
  readonly maxValueBytes?: Size;
  /** @default the machine's */
  readonly clock?: Clock;
  /** Numbers from 0 up to 1, for jitter. @default the machine's */
  readonly random?: () => number;
}

const OPTIONS = {
  name: true,
  namespace: true,
  kinds: true,
  lifetime: true,
  plain: true,
  memory: true,
  remote: true,
  bus: true,
  coherence: true,
  guard: true,
  encryption: true,
  maxValueBytes: true,
  clock: true,
  random: true,
} as const satisfies Record<keyof CacheOptions<NoKinds>, true>;

/**
 * Creates a cache.
 *
 * @example
 * const cache = createCache({
 *   kinds: { quote: kind<string, Quote>({ lifetime: { ttl: '5s', grace: '1m' } }) },
 *   memory: { maxEntries: 100_000 },
 * });
 * await cache.quote.getOrLoad('AAPL', ({ key, signal }) => api.quote(key, { signal }));
 *
 * @throws ConfigError naming the option at fault.
 */
export function createCache<const K extends Kinds = NoKinds>(options: CacheOptions<K> = {}): CacheOf<K> {
  assertNames(options, OPTIONS, 'createCache');
  const { clock = systemClock, random = chance, name = 'cache', namespace = 'main', lifetime = DEFAULT_LIFETIME } = options;
  assertNamespace(namespace);
  const coherence = coherenceOf(options.coherence);
  const telemetry = new Telemetry(name);
  const remote = options.remote === undefined ? [] : asList(options.remote);
  const names = remote.map((tier) => tier.name);
  if (new Set(names).size < names.length)
    throw new ConfigError(`Two remote tiers are named alike (${names.join(', ')}); give them names of their own`);

  if (options.bus !== undefined && typeof (options.bus as { listen?: unknown } | null)?.listen !== 'function')
    throw new ConfigError('`bus` is no bus; give one such as lmdbBus({ path }), redisBus({ url }) or nats({ servers })');

  for (const taken of ['memory', 'source']) {
    if (names.includes(taken))
      throw new ConfigError(`A remote tier cannot be named "${taken}", for answers say so of ours; choose another name`);
  }

  const onChange = (change: TierChange): void => {
    const { tier, from, to } = change;
    if (telemetry.wants('tier')) telemetry.tell('tier', { cache: name, tier, what: 'breaker', from, to });
    options.guard?.onChange?.(change);
  };

  const plans = new Map<string, KindPlan<KeyArgument, unknown>>();
  for (const [kindName, kind] of Object.entries(options.kinds ?? {})) {
    if (kindName === '') throw new ConfigError('A kind needs a name; plain keys are treated by the option `plain`');
    if (!kind?.options) throw new ConfigError(`\`kinds.${kindName}\` is no kind; make it with kind({ … })`);
    plans.set(kindName, planKind(kindName, kind.options, lifetime));
  }
  const plain = planKind('', options.plain ?? {}, lifetime);
  assertShares([plain, ...plans.values()]);
  const keys = checkedKeys(options.encryption, remote.length > 0 ? [plain, ...plans.values()] : []);
  const wall = new FineWall(clock);
  const versions = new VersionClock(() => wall.now(), Math.floor(random() * 2 ** 32));
  const local = new MemoryTier(options.memory, {
    clock,
    hashSeed: versions.origin,
    ...(options.bus && { suspectMs: coherence.suspectMs }),
  });
  const belief = new Belief(local, versions);
  const cores = new Map<string, CacheCore>();
  const tiers = remote.map((tier) => new SafeTier(guarded(tier, { clock, random, ...options.guard, onChange }), telemetry, clock));
  const shared: SharedParts = {
    plain,
    plans,
    local,
    protect: options.memory?.protect ?? [],
    tiers,
    isBelieved: (version) => belief.isBelieved(version, clock.monotonic()),
    nearby: options.bus?.reach === 'fleet' ? tiers.filter(({ reach }) => reach === 'host') : [],
    news: options.bus && linked(options.bus, coherence, { versions, cores, clock, random, telemetry, belief }),
    versions,
    clock,
    random,
    telemetry,
    maxValueBytes: toBytes(options.maxValueBytes ?? '16mb', 'maxValueBytes'),
    keys,
    cores,
    closing: undefined,
  };
  return new Cache<K>(new CacheCore(namespace, shared)) as CacheOf<K>;
}

/** A kind that is sensitive must not find out at its first write that there is no key. */
function checkedKeys(
  keys: KeyRing | undefined,
  shared: readonly Pick<KindPlan<never, unknown>, 'name' | 'isSensitive' | 'isRemote'>[],
): KeyRing | undefined {
  if (keys instanceof KeyRing) return keys;
  if (keys !== undefined) throw new ConfigError('`encryption` is no ring of keys; make one with keyRing(…)');
  const secret = shared.find(({ isSensitive, isRemote }) => isSensitive && isRemote);
  if (!secret) return undefined;
  const name = secret.name === '' ? 'plain' : `kinds.${secret.name}`;
  throw new ConfigError(`\`${name}\` is sensitive and there is no key; give \`encryption: keyRing(…)\`, or \`remote: false\` to the kind`);
}

function asList(remote: RemoteTier | readonly RemoteTier[]): readonly RemoteTier[] {
  const tiers: readonly unknown[] = Array.isArray(remote) ? remote : [remote];
  const isTier = (tier: unknown): tier is RemoteTier => typeof tier === 'object' && tier !== null && 'getMany' in tier;
  if (!tiers.every(isTier)) throw new ConfigError('`remote` is no tier; give one such as lmdb({ path }), or a list of them');
  return tiers;
}

/** What the other processes say goes to whom it concerns. */
function linked(
  bus: Bus,
  coherence: Coherence,
  {
    versions,
    cores,
    clock,
    random,
    telemetry,
    belief,
  }: Pick<SharedParts, 'versions' | 'cores' | 'clock' | 'random' | 'telemetry'> & { readonly belief: Belief },
): BusLink {
  const listener: NewsListener = {
    told: (notices) => {
      for (const notice of notices) cores.get(notice.namespace)?.reception.hear(notice);
    },
    believe: (until) => belief.believe(until),
    distrust: (before) => {
      belief.distrust(before);
      for (const { reception } of cores.values()) reception.missed();
    },
  };
  const onChange = (state: BusState, reason: string): void => {
    if (telemetry.wants('bus')) telemetry.tell('bus', { cache: telemetry.cache, bus: bus.name, state, reason });
  };
  return new BusLink(bus, listener, versions, { coherence, clock, random, onChange });
}
