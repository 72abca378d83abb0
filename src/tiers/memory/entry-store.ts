import { ConfigError } from '../../errors.ts';
import { type EvictionPolicy, NONE, type Slot } from '../../policy/eviction-policy.ts';
import { hashOf } from '../../policy/key-hash.ts';
import { RoomReckoning } from '../../policy/room-reckoning.ts';
import type { RemovalCause } from '../../telemetry/events.ts';
import type { Cancel, Clock } from '../../time/clock.ts';
import { EntryColumns, UNTAGGED } from './entry-columns.ts';
import { FULL_TRUST, type Trust } from './trust.ts';

/** The dead are looked for this often, so that memory comes back even if nobody reads. */
const SWEEP_EVERY_MS = 1_000;
/** Rows looked at in one sweep: well under a millisecond. */
const SWEEP_ROWS = 65_536;
/** Owners are numbered in 16 bits, from 1 up. */
const MAX_OWNERS = 0xffff;
const FIRST_ROWS = 64;
/** Spreads small numbers over 32 bits (Knuth, volume 3, 6.4). */
const GOLDEN = 0x9e37_79b1;

/** Finds the entries of one partition by key; the store tells it when one must go. */
export interface SlotOwner {
  drop(slot: Slot, cause: RemovalCause): void;
  /** Makes stale from `now` on what was taken in before `before`. */
  distrust(before: number, now: number): void;
}

/** Bounds of a store, resolved. */
export interface StoreLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly maxEntryBytes: number;
  /** Of the entries and of the bytes, protected ones may take this share. */
  readonly maxProtectedShare: number;
}

/**
 * The rows that all partitions of one memory share: who sits where, who leaves
 * for room, and how much is in use. Its bounds hold after every call.
 */
export class EntryStore {
  readonly columns: EntryColumns = new EntryColumns();
  readonly policy: EvictionPolicy;
  readonly limits: StoreLimits;
  readonly clock: Clock;
  readonly trust: Trust;
  /** Raised when tags were invalidated: an entry confirmed before is in doubt. */
  doubt = 0;
  entries = 0;
  bytes = 0;
  protectedEntries = 0;
  protectedBytes = 0;
  /** Entries that were to be protected while too much was. */
  unprotectable = 0;

  readonly #hashSeed: number;
  readonly #room: RoomReckoning;
  readonly #owners: (SlotOwner | undefined)[] = [undefined];
  readonly #free: Slot[] = [];
  #nextSlot: Slot = 1;
  #sweepFrom: Slot = 1;
  #cancelSweep: Cancel | undefined;
  #isClosed = false;

  /** @param hashSeed differs from process to process, so that nobody can choose keys whose hashes are equal. */
  constructor(policy: EvictionPolicy, limits: StoreLimits, clock: Clock, trust: Trust = FULL_TRUST, hashSeed = 0) {
    this.#hashSeed = hashSeed;
    this.#room = new RoomReckoning(policy, limits.maxEntries);
    this.policy = policy;
    this.limits = limits;
    this.clock = clock;
    this.trust = trust;
  }

  /** The number under which `owner` holds entries. */
  join(owner: SlotOwner): number {
    if (this.#owners.length > MAX_OWNERS)
      throw new ConfigError(`One memory holds ${MAX_OWNERS} kinds and namespaces; use fewer namespaces`);
    return this.#owners.push(owner) - 1;
  }

  /** A row for the entry under `key`, of `weight`. The bounds may be passed until {@link EntryStore.makeRoom}. */
  occupy(owner: number, key: string, weight: number, isProtected = false): Slot {
    const slot = this.#free.pop() ?? this.#freshRow();
    this.columns.keys[slot] = key;
    this.columns.owners[slot] = owner;
    this.columns.weights[slot] = weight;
    this.entries += 1;
    this.bytes += weight;
    if (!isProtected || !this.protect(slot, true)) this.policy.inserted(slot, this.#hashOf(slot));
    if (!this.#isClosed) this.#cancelSweep ??= this.clock.after(SWEEP_EVERY_MS, this.#sweep);
    return slot;
  }

  /** The entry in `slot` weighs something else now. */
  reweigh(slot: Slot, weight: number): void {
    const more = weight - this.columns.weights[slot]!;
    this.bytes += more;
    this.columns.weights[slot] = weight;
    if (this.columns.isProtected(slot)) {
      this.protectedBytes += more;
      if (this.protectedBytes > this.#share(this.limits.maxBytes)) {
        this.unprotectable += 1;
        this.unprotect(slot);
      }
    } else {
      this.policy.touched(slot);
    }
    this.makeRoom(slot);
  }

  /** Frees a row whose entry is gone. */
  vacate(slot: Slot, cause: RemovalCause): void {
    const { columns } = this;
    if (columns.isProtected(slot)) this.#release(slot);
    else if (cause === 'evicted') this.policy.evicted(slot);
    else this.policy.removed(slot);
    this.entries -= 1;
    this.bytes -= columns.weights[slot]!;
    columns.keys[slot] = undefined;
    columns.values[slot] = undefined;
    if (columns.details) delete columns.details[slot];
    columns.owners[slot] = 0;
    this.#free.push(slot);
  }

  /**
   * Takes an entry out of the policy's hands, so that it never leaves for room. Tells
   * whether it is protected now: not where too much would be.
   *
   * @param isNew whether the policy has not heard of it yet.
   */
  protect(slot: Slot, isNew = false): boolean {
    if (this.columns.isProtected(slot)) return true;
    const weight = this.columns.weights[slot]!;
    const { maxEntries, maxBytes } = this.limits;
    if (this.protectedEntries + 1 > this.#share(maxEntries) || this.protectedBytes + weight > this.#share(maxBytes)) {
      this.unprotectable += 1;
      return false;
    }
    if (!isNew) this.policy.removed(slot);
    this.columns.setProtected(slot, true);
    this.protectedEntries += 1;
    this.protectedBytes += weight;
    return true;
  }

  /** Gives an entry back to the policy, as if it had come just now. */
  unprotect(slot: Slot): void {
    if (!this.columns.isProtected(slot)) return;
    this.#release(slot);
    this.policy.inserted(slot, this.#hashOf(slot));
  }

  #release(slot: Slot): void {
    this.columns.setProtected(slot, false);
    this.protectedEntries -= 1;
    this.protectedBytes -= this.columns.weights[slot]!;
  }

  #share(limit: number): number {
    return limit * this.limits.maxProtectedShare;
  }

  /** Lets entries go until the bounds hold; the one in `kept` stays, unless nobody else may leave. */
  makeRoom(kept: Slot = NONE): void {
    const { maxEntries, maxBytes } = this.limits;
    let isSpared = false;
    while (this.entries > maxEntries || this.bytes > maxBytes) {
      this.#room.full(this.entries - this.protectedEntries);
      const victim = this.policy.victim();
      if (victim === NONE) return;
      if (victim !== kept || isSpared) {
        this.#drop(victim, 'evicted');
        continue;
      }
      // As if it had come just now: others leave for it, if there are any that may.
      isSpared = true;
      this.policy.removed(kept);
      this.policy.inserted(kept, this.#hashOf(kept));
    }
  }

  #hashOf(slot: Slot): number {
    if (!this.policy.usesHashes) return 0;
    return hashOf(this.columns.keys[slot] ?? '', this.#hashSeed ^ Math.imul(this.columns.owners[slot]!, GOLDEN));
  }

  /** Casts doubt on every entry with tags. */
  doubtTagged(): void {
    this.doubt += 1;
    if (this.doubt < UNTAGGED) return;
    this.doubt = 1;
    const { confirmed } = this.columns;
    for (let slot = 1; confirmed && slot < confirmed.length; slot += 1) {
      if (confirmed[slot] !== UNTAGGED) confirmed[slot] = 0;
    }
  }

  /** Makes stale what was taken in before `before`, whatever its kind. */
  distrust(before: number): void {
    const now = this.clock.monotonic();
    for (const owner of this.#owners) owner?.distrust(before, now);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
  }

  #drop(slot: Slot, cause: RemovalCause): void {
    this.#owners[this.columns.owners[slot]!]?.drop(slot, cause);
  }

  /** Rows double until the last that is allowed, so that a small cache stays small. */
  #freshRow(): Slot {
    const slot = this.#nextSlot++;
    if (slot > this.columns.lastSlot) {
      // One more than is allowed: a new entry comes before another leaves for it.
      const lastSlot = Math.min(Math.max(FIRST_ROWS, this.columns.lastSlot * 2), this.limits.maxEntries + 1);
      this.columns.grow(lastSlot);
      this.policy.grow(lastSlot);
      this.#room.grown(lastSlot);
    }
    return slot;
  }

  readonly #sweep = (): void => {
    const { columns } = this;
    const now = this.clock.monotonic();
    const end = Math.min(this.#sweepFrom + SWEEP_ROWS, this.#nextSlot);
    for (let slot = this.#sweepFrom; slot < end; slot += 1) {
      if (columns.attentionAt[slot]! <= now && columns.owners[slot] !== 0 && columns.deadAtOf(slot) <= now) this.#drop(slot, 'expired');
    }
    this.#sweepFrom = end === this.#nextSlot ? 1 : end;
    this.#cancelSweep = this.entries > 0 && !this.#isClosed ? this.clock.after(SWEEP_EVERY_MS, this.#sweep) : undefined;
  };
}
