import { type Size, toBytes } from '../../entry/size.ts';
import { assertNames, ConfigError } from '../../errors.ts';
import type { PolicyName } from '../../policy/eviction-policy.ts';
import { POLICIES } from '../../policy/policies.ts';
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
import { MemoryPartition } from './memory-partition.ts';
import { Pressure, type PressureLimits } from './pressure.ts';
import { Room, type RoomLimits } from './room.ts';
import { FULL_TRUST, type Trust } from './trust.ts';

/** How much memory a cache may use, and who leaves when it is full. */
export interface MemoryOptions {
  /** @default 100_000 */
  readonly maxEntries?: number;
  /** Bytes as the weigher sees them: values, keys, and our own part. @default '256mb' */
  readonly maxBytes?: Size;
  /** A heavier entry is not admitted, for it would empty the cache. @default a quarter of `maxBytes` */
  readonly maxEntryBytes?: Size;
  /** Who leaves when memory is full. @default 'hybrid' */
  readonly policy?: PolicyName;
  /** Protected entries may take this share of the entries and of the bytes, from 0 to 1; what is past it is treated as any other. @default 0.5 */
  readonly maxProtectedShare?: number;
  /**
   * Whether entries leave while the process nears the bound of its heap or of its container, and when: above `from` of
   * it (0.85) as many as are too much, down to a sixteenth of `maxBytes`; below `until` (0.7) the room comes back. @default true
   */
  readonly pressure?: boolean | { readonly from?: number; readonly until?: number };
  /** Keys and patterns of keys that are kept in memory for as long as their entries live, in every namespace. @default [] */
  readonly protect?: readonly string[];
}

const CHANGES = { maxEntries: true, maxBytes: true, maxEntryBytes: true, policy: true } as const satisfies Record<
  keyof LocalTierChange,
  true
>;

const OPTIONS = {
  maxEntries: true,
  maxBytes: true,
  maxEntryBytes: true,
  policy: true,
  maxProtectedShare: true,
  pressure: true,
  protect: true,
} as const satisfies Record<keyof MemoryOptions, true>;

/** Live values in the memory of this process: the nearest tier, synchronous. */
export class MemoryTier implements LocalTier {
  readonly #room: Room;
  readonly #log: EvictionLog;
  readonly #followers = new Followers();
  readonly #trust: Trust;
  readonly #pressure: Pressure | undefined;
  readonly #surroundings: MemorySurroundings;
  #policy: PolicyName;
  /** The parts of memory: by kind where a kind has one of its own; the one that the rest share has no kind. */
  readonly #stores = new Map<string | undefined, EntryStore>();

  /**
   * @param suspectMs where other processes write too: how long an entry may be believed from when it was taken in, while news may be missing.
   * @param hashSeed differs from process to process, so that nobody can choose keys whose hashes are equal.
   * @param gauge tells how much memory the process uses.
   * @throws ConfigError when a bound is no positive number or the policy is unknown.
   */
  constructor(
    options: MemoryOptions = {},
    clock: Clock = systemClock,
    suspectMs: number = Number.POSITIVE_INFINITY,
    hashSeed = 0,
    gauge: MemoryGauge = processGauge,
  ) {
    assertNames(options, OPTIONS, 'memory');
    this.#room = new Room(limitsOf(options));
    this.#policy = checkedPolicy(options.policy ?? 'hybrid');
    this.#log = new EvictionLog(clock);
    this.#trust = suspectMs === Number.POSITIVE_INFINITY ? FULL_TRUST : { until: Number.NEGATIVE_INFINITY, suspectMs };
    const pressure = pressureLimits(options.pressure ?? true);
    this.#pressure = pressure && new Pressure(this.#room, gauge, pressure);
    this.#surroundings = {
      room: this.#room,
      pressure: this.#pressure,
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

  /** @throws ConfigError when what kinds are to have at least is more than there is. */
  #storeFor({ kind = '', share }: PartitionOptions<never>): EntryStore {
    const name = share ? kind : undefined;
    let store = this.#stores.get(name);
    if (store) return store;
    store = new EntryStore(POLICIES[this.#policy](), this.#surroundings, share);
    this.#stores.set(name, store);
    const least = this.#parts().reduce((sum, part) => sum + part.share.min, 0);
    if (least > 1) throw new ConfigError(`The kinds' \`share.min\` add up to ${least}; give them 1 at most together`);
    return store;
  }

  #parts(): EntryStore[] {
    return [...this.#stores.values()];
  }

  resize(change: LocalTierChange): void {
    assertNames(change, CHANGES, 'memory');
    const { limits } = this.#room;
    const next = limitsOf({
      maxEntries: change.maxEntries ?? limits.maxEntries,
      maxBytes: change.maxBytes ?? limits.maxBytes,
      maxEntryBytes: change.maxEntryBytes ?? (change.maxBytes === undefined ? limits.maxEntryBytes : undefined),
      maxProtectedShare: limits.maxProtectedShare,
    });
    const policy = checkedPolicy(change.policy ?? this.#policy);
    if (policy !== this.#policy) for (const store of this.#parts()) store.use(POLICIES[policy]());
    this.#policy = policy;
    this.#room.resize(next);
  }

  follow(listener: (access: Access) => void): () => void {
    return this.#followers.add(listener);
  }

  evictions(limit: number, matches?: (eviction: Eviction) => boolean): Eviction[] {
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
    const { entries, bytes, limits, allowedBytes, protectedEntries, protectedBytes, unprotectable } = this.#room;
    const { maxEntries, maxBytes } = limits;
    const reliefs = this.#pressure?.reliefs ?? 0;
    const policy = this.#policy;
    const own = [...this.#stores].flatMap(([kind, store]) => (kind === undefined ? [] : [{ kind, store }]));
    const parts = own.map(({ kind, store: { share, target, entries, bytes } }) => ({ kind, ...share, target, entries, bytes }));
    return { entries, maxEntries, bytes, maxBytes, allowedBytes, reliefs, policy, protectedEntries, protectedBytes, unprotectable, parts };
  }

  [Symbol.dispose](): void {
    for (const store of this.#parts()) store.close();
  }
}

type Bounds = { readonly [Name in 'maxEntries' | 'maxBytes' | 'maxEntryBytes' | 'maxProtectedShare']?: MemoryOptions[Name] | undefined };

/** @throws ConfigError naming the option at fault. */
function limitsOf(options: Bounds): RoomLimits {
  const maxEntries = options.maxEntries ?? 100_000;
  if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > 2 ** 31) {
    throw new ConfigError(`\`memory.maxEntries\` is ${maxEntries}; give a whole number from 1 to 2147483648`);
  }
  const maxBytes = toBytes(options.maxBytes ?? '256mb', 'memory.maxBytes');
  const maxEntryBytes = Math.min(maxBytes, toBytes(options.maxEntryBytes ?? Math.ceil(maxBytes / 4), 'memory.maxEntryBytes'));
  const { maxProtectedShare = 0.5 } = options;
  if (!(maxProtectedShare >= 0 && maxProtectedShare <= 1))
    throw new ConfigError(`\`memory.maxProtectedShare\` is ${maxProtectedShare}; give a share from 0 to 1`);
  return { maxEntries, maxBytes, maxEntryBytes, maxProtectedShare };
}

const PRESSURE = { from: true, until: true } as const;

function pressureLimits(option: NonNullable<MemoryOptions['pressure']>): PressureLimits | undefined {
  if (option === false) return undefined;
  if (option !== true) assertNames(option, PRESSURE, 'memory.pressure');
  const { from = 0.85, until = 0.7 } = option === true ? {} : option;
  if (from > 0 && from <= 1 && until >= 0 && until < from) return { from, until };
  throw new ConfigError(`\`memory.pressure\` is from ${from} until ${until}; give shares from 0 to 1, \`until\` below \`from\``);
}

function checkedPolicy(name: PolicyName): PolicyName {
  if (Object.hasOwn(POLICIES, name)) return name;
  throw new ConfigError(`\`memory.policy\` is "${String(name)}"; there are ${Object.keys(POLICIES).join(', ')}`);
}
