import type { Comparison } from '../../analytics/ghost-runs.ts';
import type { Curve } from '../../analytics/part-curves.ts';
import type { Size } from '../../entry/size.ts';
import { assertFlag, assertNames, ConfigError } from '../../errors.ts';
import type { PolicyName } from '../../policy/eviction-policy.ts';
import type { Eviction } from '../../telemetry/evictions.ts';
import { type Clock, systemClock } from '../../time/clock.ts';
import type {
  Access,
  LocalPartition,
  LocalTier,
  LocalTierChange,
  LocalTierUsage,
  PartitionObserver,
  PartitionOptions,
} from '../local-tier.ts';
import { EntryStore, type MemorySurroundings } from './entry-store.ts';
import { EvictionLog } from './eviction-log.ts';
import { Followers } from './followers.ts';
import { type MemoryGauge, processGauge } from './memory-gauge.ts';
import { checkedPolicy, limitsOf, MEMORY_OPTIONS, type MemoryOptions, pressureLimits } from './memory-options.ts';
import { MemoryPartition } from './memory-partition.ts';
import { Pressure } from './pressure.ts';
import { Room } from './room.ts';
import { ShareBalancer } from './share-balancer.ts';
import { FULL_TRUST, type Trust } from './trust.ts';

const ADMISSIONS: readonly string[] = ['frequency', 'frequency-per-byte'];

/** What a memory has around it. */
export interface MemoryTierSurroundings {
  /** @default the machine's */
  readonly clock: Clock;
  /** Where other processes write too: how long an entry may be believed from when it was taken in, while news may be missing. @default for ever */
  readonly suspectMs: number;
  /** Differs from process to process, so that nobody can choose keys whose hashes are equal. @default 0 */
  readonly hashSeed: number;
  /** Tells how much memory the process uses. @default the process's own */
  readonly gauge: MemoryGauge;
}

const CHANGES = { maxEntries: true, maxBytes: true, maxEntryBytes: true, policy: true } as const satisfies Record<
  keyof LocalTierChange,
  true
>;

/** Live values in the memory of this process: the nearest tier, synchronous. */
export class MemoryTier implements LocalTier {
  readonly #room: Room;
  /** As it was given: unless it was, it is a share of all bytes. */
  #maxEntryBytes: Size | undefined;
  readonly #log: EvictionLog;
  readonly #followers = new Followers();
  readonly #trust: Trust;
  readonly #pressure: Pressure | undefined;
  readonly #surroundings: MemorySurroundings;
  readonly #balancer: ShareBalancer | undefined;
  #policy: PolicyName;
  /** The parts of memory: by kind where a kind has one of its own; the one that the rest share has no kind. */
  readonly #stores = new Map<string | undefined, EntryStore>();

  /** @throws ConfigError naming the option at fault. */
  constructor(options: MemoryOptions = {}, around: Partial<MemoryTierSurroundings> = {}) {
    const { clock = systemClock, suspectMs = Number.POSITIVE_INFINITY, hashSeed = 0, gauge = processGauge } = around;
    assertNames(options, MEMORY_OPTIONS, 'memory');
    const room = new Room(limitsOf(options));
    this.#room = room;
    this.#maxEntryBytes = options.maxEntryBytes;
    this.#policy = checkedPolicy(options.policy ?? 'hybrid');
    this.#log = new EvictionLog(clock);
    this.#trust = suspectMs === Number.POSITIVE_INFINITY ? FULL_TRUST : { until: Number.NEGATIVE_INFINITY, suspectMs };
    const limits = pressureLimits(options.pressure ?? true);
    const pressure = limits && new Pressure(room, gauge, limits, clock);
    this.#pressure = pressure;
    const { protect = [] } = options;
    if (!Array.isArray(protect)) throw new ConfigError(`\`memory.protect\` is ${typeof protect}; give a list of keys and patterns`);
    const { shares, sampling = true, admission = 'frequency' } = options;
    assertFlag(sampling, 'memory.sampling');
    if (!ADMISSIONS.includes(admission))
      throw new ConfigError(`\`memory.admission\` is "${String(admission)}"; give ${ADMISSIONS.join(' or ')}`);
    if (shares !== undefined && shares !== 'auto')
      throw new ConfigError(`\`memory.shares\` is "${String(shares)}"; give 'auto', or nothing`);
    if (shares === 'auto' && !sampling)
      throw new ConfigError("`memory.shares` is 'auto', which needs `memory.sampling`; leave out `sampling: false`");
    this.#balancer = shares && new ShareBalancer(room);
    this.#surroundings = {
      room,
      pressure,
      isSampled: sampling,
      isPerByte: admission === 'frequency-per-byte',
      balancer: this.#balancer,
      clock,
      log: this.#log,
      followers: this.#followers,
      trust: this.#trust,
      hashSeed,
    };
  }

  partition<V>(options: PartitionOptions<V>, observer: PartitionObserver): LocalPartition<V> {
    return new MemoryPartition(this.#storeFor(options), options, observer);
  }

  #storeFor({ kind = '', share }: PartitionOptions<never>): EntryStore {
    const name = share || this.#balancer ? kind : undefined;
    const known = this.#stores.get(name);
    if (known) return known;
    const store = new EntryStore(this.#policy, this.#surroundings, share);
    this.#stores.set(name, store);
    return store;
  }

  #parts(): EntryStore[] {
    return [...this.#stores.values()];
  }

  resize(change: LocalTierChange): void {
    assertNames(change, CHANGES, 'memory');
    const { maxEntries, maxBytes, maxProtectedShare } = this.#room.limits;
    const maxEntryBytes = change.maxEntryBytes ?? this.#maxEntryBytes;
    const limits = limitsOf({
      maxEntries: change.maxEntries ?? maxEntries,
      maxBytes: change.maxBytes ?? maxBytes,
      maxEntryBytes,
      maxProtectedShare,
    });
    const policy = checkedPolicy(change.policy ?? this.#policy);
    if (policy !== this.#policy) for (const store of this.#parts()) store.use(policy);
    this.#policy = policy;
    this.#maxEntryBytes = maxEntryBytes;
    this.#room.resize(limits);
  }

  follow(follower: (access: Access) => void): () => void {
    return this.#followers.add(follower);
  }

  curve(): Curve | undefined {
    const [part, ...others] = this.#parts();
    return others.length === 0 ? part?.seat.sample?.curve() : undefined;
  }

  compare(): boolean {
    return this.#parts().reduce((isAny, { seat }) => seat.sample?.compare(this.#policy) || isAny, false);
  }

  comparison(kind?: string): Comparison | undefined {
    const part = (kind === undefined ? undefined : this.#stores.get(kind)) ?? this.#stores.get(undefined);
    return part?.seat.sample?.comparison;
  }

  evictions(limit: number, matches?: (eviction: Omit<Eviction, 'at'>) => boolean): Eviction[] {
    return this.#log.last(limit, matches);
  }

  doubtTagged(): void {
    for (const store of this.#parts()) store.doubtTagged();
  }

  believe(until: number): void {
    if (this.#trust !== FULL_TRUST) this.#trust.until = until;
  }

  distrust(before: number): void {
    for (const store of this.#parts()) store.distrust(before);
  }

  get usage(): LocalTierUsage {
    const { entries, bytes, limits, allowedBytes, protectedEntries, protectedBytes } = this.#room;
    const unprotectable = this.#parts().reduce((sum, part) => sum + part.protected.refused, 0);
    const { maxEntries, maxBytes } = limits;
    const reliefs = this.#pressure?.reliefs ?? 0;
    const policy = this.#policy;
    const own = [...this.#stores].flatMap(([kind, store]) => (kind === undefined ? [] : [{ kind, store }]));
    const parts = own.map(({ kind, store: { share, target, entries, bytes } }) => ({ kind, ...share, target, entries, bytes }));
    return { entries, maxEntries, bytes, maxBytes, allowedBytes, reliefs, policy, protectedEntries, protectedBytes, unprotectable, parts };
  }

  [Symbol.dispose](): void {
    this.#pressure?.close();
    for (const store of this.#parts()) store.close();
  }
}
