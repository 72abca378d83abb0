import type { Traffic } from '../../analytics/traffic.ts';
import { ConfigError } from '../../errors.ts';
import type { Slot } from '../../policy/eviction-policy.ts';
import type { RemovalCause } from '../../telemetry/events.ts';
import type { EvictionCounters } from '../../telemetry/evictions.ts';
import type { EntryColumns } from './entry-columns.ts';

/** Owners are numbered in 16 bits, from 1 up. */
const MAX_OWNERS = 0xffff;
/** Finds the entries of one partition by key; the store tells it when one must go. */
export interface SlotOwner {
  readonly namespace: string;
  readonly kind: string;
  readonly evictions: EvictionCounters;
  /** Uses of entries that are not protected, and comings of such. */
  hits: number;
  arrivals: number;
  drop(slot: Slot, cause: RemovalCause): void;
  /** Its part may hold so many entries from now on. */
  resized(maxEntries: number): void;
  /** Makes stale from `now` on what was taken in before `before`. */
  distrust(before: number, now: number): void;
}

/** The partitions that share rows, by the numbers under which they hold entries. */
export class SlotOwners implements Traffic {
  readonly #columns: EntryColumns;
  readonly #owners: (SlotOwner | undefined)[] = [undefined];

  constructor(columns: EntryColumns) {
    this.#columns = columns;
  }

  /** The number under which `owner` holds entries. @throws ConfigError when there are too many. */
  add(owner: SlotOwner): number {
    if (this.#owners.length > MAX_OWNERS)
      throw new ConfigError(`One memory holds ${MAX_OWNERS} kinds and namespaces; use fewer namespaces`);
    return this.#owners.push(owner) - 1;
  }

  /** Whose the entry in `slot` is. */
  of(slot: Slot): SlotOwner {
    const owner = this.#owners[this.#columns.owners[slot]!];
    if (owner) return owner;
    // Who trusts the policy would ask it for another for ever.
    throw new Error(`There is no entry in slot ${slot}, and a policy lets it go; please report this`);
  }

  *[Symbol.iterator](): IterableIterator<SlotOwner> {
    for (const owner of this.#owners) if (owner) yield owner;
  }

  get hits(): number {
    return this.#owners.reduce((sum, owner) => sum + (owner?.hits ?? 0), 0);
  }

  get arrivals(): number {
    return this.#owners.reduce((sum, owner) => sum + (owner?.arrivals ?? 0), 0);
  }
}
