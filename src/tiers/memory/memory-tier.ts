import { type Size, toBytes } from '../../entry/size.ts';
import { assertNames, ConfigError } from '../../errors.ts';
import type { PolicyName } from '../../policy/eviction-policy.ts';
import { POLICIES } from '../../policy/policies.ts';
import { type Clock, systemClock } from '../../time/clock.ts';
import type { LocalPartition, LocalTier, LocalTierUsage, PartitionObserver, PartitionOptions } from '../local-tier.ts';
import { EntryStore } from './entry-store.ts';
import { MemoryPartition } from './memory-partition.ts';
import { FULL_TRUST } from './trust.ts';

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
  /** Keys and patterns of keys that are kept in memory for as long as their entries live, in every namespace. @default [] */
  readonly protect?: readonly string[];
}

const OPTIONS = {
  maxEntries: true,
  maxBytes: true,
  maxEntryBytes: true,
  policy: true,
  maxProtectedShare: true,
  protect: true,
} as const satisfies Record<keyof MemoryOptions, true>;

/** Live values in the memory of this process: the nearest tier, synchronous. */
export class MemoryTier implements LocalTier {
  readonly #store: EntryStore;

  /**
   * @param suspectMs where other processes write too: how long an entry may be believed from when it was taken in, while news may be missing.
   * @param hashSeed differs from process to process, so that nobody can choose keys whose hashes are equal.
   * @throws ConfigError when a bound is no positive number or the policy is unknown.
   */
  constructor(options: MemoryOptions = {}, clock: Clock = systemClock, suspectMs: number = Number.POSITIVE_INFINITY, hashSeed = 0) {
    assertNames(options, OPTIONS, 'memory');
    const maxEntries = options.maxEntries ?? 100_000;
    if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > 2 ** 31) {
      throw new ConfigError(`\`memory.maxEntries\` is ${maxEntries}; give a whole number from 1 to 2147483648`);
    }
    const maxBytes = toBytes(options.maxBytes ?? '256mb', 'memory.maxBytes');
    const maxEntryBytes = Math.min(maxBytes, toBytes(options.maxEntryBytes ?? Math.ceil(maxBytes / 4), 'memory.maxEntryBytes'));
    const { maxProtectedShare = 0.5 } = options;
    if (!(maxProtectedShare >= 0 && maxProtectedShare <= 1))
      throw new ConfigError(`\`memory.maxProtectedShare\` is ${maxProtectedShare}; give a share from 0 to 1`);
    const name = options.policy ?? 'hybrid';
    const policy = POLICIES[name];
    if (!Object.hasOwn(POLICIES, name))
      throw new ConfigError(`\`memory.policy\` is "${options.policy}"; there are ${Object.keys(POLICIES).join(', ')}`);
    const trust = suspectMs === Number.POSITIVE_INFINITY ? FULL_TRUST : { until: Number.NEGATIVE_INFINITY, suspectMs };
    this.#store = new EntryStore(policy(), { maxEntries, maxBytes, maxEntryBytes, maxProtectedShare }, clock, trust, hashSeed);
  }

  partition<V>(options: PartitionOptions<V>, observer: PartitionObserver): LocalPartition<V> {
    return new MemoryPartition(this.#store, options, observer);
  }

  doubtTagged(): void {
    this.#store.doubtTagged();
  }

  believe(until: number): void {
    if (this.#store.trust !== FULL_TRUST) this.#store.trust.until = until;
  }

  distrust(before: number): void {
    this.#store.distrust(before);
  }

  get usage(): LocalTierUsage {
    const { entries, bytes, limits, policy, protectedEntries, protectedBytes, unprotectable } = this.#store;
    const { maxEntries, maxBytes } = limits;
    return { entries, maxEntries, bytes, maxBytes, policy: policy.name, protectedEntries, protectedBytes, unprotectable };
  }

  [Symbol.dispose](): void {
    this.#store.close();
  }
}
