import { ConfigError } from '../../errors.ts';
import { type EvictionPolicy, NONE, type Slot } from '../../policy/eviction-policy.ts';
import type { RemovalCause } from '../../telemetry/events.ts';
import type { EvictionCounters, EvictionNeed } from '../../telemetry/evictions.ts';
import type { Clock } from '../../time/clock.ts';
import type { Share } from '../local-tier.ts';
import { EntryColumns, UNTAGGED } from './entry-columns.ts';
import type { EvictionLog } from './eviction-log.ts';
import { ExpirySweep, type SweptRows } from './expiry-sweep.ts';
import type { Followers } from './followers.ts';
import { PolicySeat } from './policy-seat.ts';
import type { Pressure } from './pressure.ts';
import { type Room, type Tenant, WHOLE } from './room.ts';
import type { Trust } from './trust.ts';

/** Owners are numbered in 16 bits, from 1 up. */
const MAX_OWNERS = 0xffff;
const FIRST_ROWS = 64;
/** Finds the entries of one partition by key; the store tells it when one must go. */
export interface SlotOwner {
  readonly namespace: string;
  readonly kind: string;
  readonly evictions: EvictionCounters;
  drop(slot: Slot, cause: RemovalCause): void;
  /** Makes stale from `now` on what was taken in before `before`. */
  distrust(before: number, now: number): void;
}

/** What all parts of one memory share. */
export interface MemorySurroundings {
  readonly room: Room;
  /** `undefined` where memory does not give way. */
  readonly pressure?: Pressure | undefined;
  readonly clock: Clock;
  readonly log: EvictionLog;
  readonly followers: Followers;
  readonly trust: Trust;
  /** Differs from process to process, so that nobody can choose keys whose hashes are equal. */
  readonly hashSeed: number;
}

/**
 * The rows of one part of memory, which its partitions share: who sits where, who leaves
 * for room, and how much is in use. The bounds of the room hold after every call.
 */
export class EntryStore implements Tenant, SweptRows {
  readonly columns: EntryColumns = new EntryColumns();
  readonly room: Room;
  readonly share: Share;
  target: number;
  readonly seat: PolicySeat;
  readonly clock: Clock;
  readonly followers: Followers;
  readonly trust: Trust;
  /** Raised when tags were invalidated: an entry confirmed before is in doubt. */
  doubt = 0;
  entries = 0;
  bytes = 0;

  readonly #log: EvictionLog;
  readonly #pressure: Pressure | undefined;
  #protectedEntries = 0;
  readonly #owners: (SlotOwner | undefined)[] = [undefined];
  readonly #free: Slot[] = [];
  readonly #sweep: ExpirySweep;
  #nextSlot: Slot = 1;

  constructor(
    policy: EvictionPolicy,
    { room, pressure, clock, log, followers, trust, hashSeed }: MemorySurroundings,
    share: Share = WHOLE,
  ) {
    this.room = room;
    this.clock = clock;
    this.trust = trust;
    this.#log = log;
    this.followers = followers;
    this.#pressure = pressure;
    this.share = share;
    this.target = share.min;
    this.#sweep = new ExpirySweep(this, clock);
    this.seat = new PolicySeat(policy, this.columns, hashSeed, this.#maxEntries());
    room.join(this);
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
    this.#weigh(weight);
    this.room.entries += 1;
    if (!isProtected || !this.protect(slot, true)) this.seat.inserted(slot);
    this.#sweep.start();
    return slot;
  }

  /** The entry in `slot` weighs something else now. */
  reweigh(slot: Slot, weight: number): void {
    const more = weight - this.columns.weights[slot]!;
    this.#weigh(more);
    this.columns.weights[slot] = weight;
    if (this.columns.isProtected(slot)) {
      this.room.protectedBytes += more;
      if (this.room.isOverprotected) {
        this.room.unprotectable += 1;
        this.unprotect(slot);
      }
    } else {
      this.seat.policy.touched(slot);
    }
    this.makeRoom(slot);
  }

  /** Frees a row whose entry is gone. */
  vacate(slot: Slot, cause: RemovalCause): void {
    const { columns } = this;
    if (columns.isProtected(slot)) this.#release(slot);
    else if (cause === 'evicted') this.seat.policy.evicted(slot);
    else this.seat.policy.removed(slot);
    this.entries -= 1;
    this.room.entries -= 1;
    this.#weigh(-columns.weights[slot]!);
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
    if (!this.room.mayProtect(weight)) {
      this.room.unprotectable += 1;
      return false;
    }
    if (!isNew) this.seat.policy.removed(slot);
    this.columns.setProtected(slot, true);
    this.#protectedEntries += 1;
    this.room.protectedEntries += 1;
    this.room.protectedBytes += weight;
    return true;
  }

  /** Gives an entry back to the policy, as if it had come just now. */
  unprotect(slot: Slot): void {
    if (!this.columns.isProtected(slot)) return;
    this.#release(slot);
    this.seat.inserted(slot);
  }

  #release(slot: Slot): void {
    this.columns.setProtected(slot, false);
    this.#protectedEntries -= 1;
    this.room.protectedEntries -= 1;
    this.room.protectedBytes -= this.columns.weights[slot]!;
  }

  #weigh(more: number): void {
    this.bytes += more;
    this.room.bytes += more;
    if (more > 0) this.#pressure?.added(more);
  }

  /** Lets entries go until the bounds hold; the one in `kept` stays, unless nobody else may leave. */
  makeRoom(kept: Slot = NONE): void {
    this.room.makeRoom(this, kept);
  }

  evict(need: EvictionNeed, kept: Slot = NONE): boolean {
    const victim = this.seat.victim(this.entries - this.#protectedEntries, kept);
    if (victim === NONE) return false;
    this.#note(victim, need);
    this.#drop(victim, 'evicted');
    return true;
  }

  /** Counts an entry that is about to leave for room, and remembers why. */
  #note(victim: Slot, need: EvictionNeed): void {
    const { columns } = this;
    const owner = this.#owners[columns.owners[victim]!];
    if (!owner) return;
    const { namespace, kind } = owner;
    const { policy } = this.seat;
    const reason = policy.reason(victim);
    const at = this.clock.recent();
    const ageMs = Math.max(0, at - columns.askedAt[victim]!);
    owner.evictions.count(policy.name, reason, need, ageMs);
    this.#log.add({
      at,
      namespace,
      kind,
      key: columns.keys[victim]!,
      policy: policy.name,
      reason,
      need,
      ageMs,
      bytes: columns.weights[victim]!,
    });
  }

  /** Another policy decides from now on; those used most stay the last to leave. */
  use(policy: EvictionPolicy): void {
    this.seat.use(policy);
  }

  resized(): void {
    this.seat.bound(this.#maxEntries());
    const { protection } = this.columns;
    for (let slot = 1; protection && this.room.isOverprotected && slot < protection.length; slot += 1) {
      if (protection[slot] === 0) continue;
      this.room.unprotectable += 1;
      this.unprotect(slot);
    }
  }

  #maxEntries(): number {
    return Math.max(1, Math.floor(this.room.limits.maxEntries * this.share.max));
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
    this.#sweep.close();
  }

  get nextSlot(): Slot {
    return this.#nextSlot;
  }

  dropDead(from: Slot, end: Slot, now: number): void {
    this.#pressure?.read();
    const { columns } = this;
    for (let slot = from; slot < end; slot += 1) {
      if (columns.attentionAt[slot]! <= now && columns.owners[slot] !== 0 && columns.deadAtOf(slot) <= now) this.#drop(slot, 'expired');
    }
  }

  #drop(slot: Slot, cause: RemovalCause): void {
    this.#owners[this.columns.owners[slot]!]?.drop(slot, cause);
  }

  /** Rows double until the last that is allowed, so that a small cache stays small. */
  #freshRow(): Slot {
    const slot = this.#nextSlot++;
    if (slot > this.columns.lastSlot) {
      // One more than is allowed: a new entry comes before another leaves for it.
      const lastSlot = Math.max(slot, Math.min(Math.max(FIRST_ROWS, this.columns.lastSlot * 2), this.#maxEntries() + 1));
      this.columns.grow(lastSlot);
      this.seat.grow(lastSlot);
    }
    return slot;
  }
}
