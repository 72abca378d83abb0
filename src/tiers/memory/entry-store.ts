import { AccessSample } from '../../analytics/access-sample.ts';
import type { Curve } from '../../analytics/part-curves.ts';
import { type EvictionPolicy, NONE, type PolicyName, type Slot } from '../../policy/eviction-policy.ts';
import { POLICIES } from '../../policy/policies.ts';
import type { RemovalCause } from '../../telemetry/events.ts';
import type { EvictionNeed } from '../../telemetry/evictions.ts';
import type { Clock } from '../../time/clock.ts';
import type { Share } from '../local-tier.ts';
import { EntryColumns, UNTAGGED } from './entry-columns.ts';
import type { EvictionLog } from './eviction-log.ts';
import { ExpirySweep, type SweptRows } from './expiry-sweep.ts';
import type { Followers } from './followers.ts';
import { PolicySeat } from './policy-seat.ts';
import type { Pressure } from './pressure.ts';
import { ProtectedRows } from './protected-rows.ts';
import { type Part, type Room, WHOLE } from './room.ts';
import type { ShareBalancer } from './share-balancer.ts';
import { type SlotOwner, SlotOwners } from './slot-owners.ts';
import type { Trust } from './trust.ts';

const FIRST_ROWS = 64;

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
  /** Whether entries are admitted by frequency per byte. */
  readonly isPerByte: boolean;
  /** Whether accesses are sampled. */
  readonly isSampled: boolean;
  /** Moves the targets of parts; `undefined` where they stay. */
  readonly balancer?: ShareBalancer | undefined;
}

/**
 * The rows of one part of memory, which its partitions share: who sits where, who leaves
 * for room, and how much is in use. The bounds of the room hold after every call.
 */
export class EntryStore implements Part, SweptRows {
  readonly columns: EntryColumns = new EntryColumns();
  readonly owners: SlotOwners = new SlotOwners(this.columns);
  readonly share: Share;
  target: number;
  maxEntries = 0;
  maxBytes = 0;
  readonly seat: PolicySeat;
  readonly protected: ProtectedRows;
  readonly clock: Clock;
  readonly followers: Followers;
  readonly trust: Trust;
  /** Raised when tags were invalidated: an entry confirmed before is in doubt. */
  doubt = 0;
  entries = 0;
  bytes = 0;

  readonly #room: Room;
  readonly #log: EvictionLog;
  readonly #isPerByte: boolean;
  readonly #pressure: Pressure | undefined;
  readonly #balancer: ShareBalancer | undefined;
  /** By owner, its number in the sample. */
  readonly #parts: number[] = [0];
  readonly #free: Slot[] = [];
  readonly #sweep: ExpirySweep;
  #nextSlot: Slot = 1;
  /** Came since room was last made. */
  #newBytes = 0;

  constructor(
    policy: PolicyName,
    { room, pressure, clock, log, followers, trust, hashSeed, isSampled, isPerByte, balancer }: MemorySurroundings,
    share: Share = WHOLE,
  ) {
    this.#room = room;
    this.clock = clock;
    this.trust = trust;
    this.#log = log;
    this.#isPerByte = isPerByte;
    this.followers = followers;
    this.#pressure = pressure;
    this.share = share;
    this.target = share.min;
    this.#bound();
    this.#sweep = new ExpirySweep(this, clock);
    this.seat = new PolicySeat(
      this.#made(policy),
      this.columns,
      hashSeed,
      this.maxEntries,
      isSampled ? new AccessSample(this.owners) : undefined,
    );
    this.protected = new ProtectedRows(this.columns, room, this);
    this.#balancer = balancer;
    room.join(this);
    balancer?.join(this);
  }

  get canGive(): boolean {
    return this.entries > this.protected.entries;
  }

  /** A heavier entry would empty the part, and not stay. */
  get maxEntryBytes(): number {
    return Math.min(this.#room.limits.maxEntryBytes, this.maxBytes, this.#room.allowedBytes);
  }

  /** The number under which `owner` holds entries. */
  join(owner: SlotOwner): number {
    this.#parts.push(this.seat.sample?.join(owner) ?? 0);
    return this.owners.add(owner);
  }

  /** What an owner would hit in a part of another size. */
  curveOf(owner: number): Curve | undefined {
    return this.seat.sample?.curve(this.#parts[owner]);
  }

  /** A row for the entry under `key`, of `weight`. The bounds may be passed until {@link EntryStore.makeRoom}. */
  occupy(owner: number, key: string, weight: number, isProtected = false): Slot {
    const slot = this.#free.pop() ?? this.#freshRow();
    this.columns.keys[slot] = key;
    this.columns.owners[slot] = owner;
    this.columns.weights[slot] = weight;
    this.#took(1, weight);
    if (!isProtected || !this.protected.add(slot)) this.#arrived(slot);
    this.#sweep.start();
    return slot;
  }

  /** The entry in `slot` weighs something else now. */
  reweigh(slot: Slot, weight: number): void {
    const more = weight - this.columns.weights[slot]!;
    this.columns.weights[slot] = weight;
    this.#took(0, more);
    if (this.protected.has(slot)) {
      this.protected.grew(more);
      if (this.protected.isTooMuch) this.#giveBack(slot);
    } else {
      this.seat.touched(slot);
      this.owners.of(slot).hits += 1;
    }
    this.makeRoom(slot);
  }

  /** Frees a row whose entry is gone. */
  vacate(slot: Slot, cause: RemovalCause): void {
    const { columns } = this;
    if (this.protected.has(slot)) this.protected.remove(slot);
    else this.seat.left(slot, cause === 'evicted');
    this.#took(-1, -columns.weights[slot]!);
    columns.keys[slot] = undefined;
    columns.values[slot] = undefined;
    if (columns.details) delete columns.details[slot];
    columns.owners[slot] = 0;
    this.#free.push(slot);
  }

  /** Takes an entry out of the policy's hands, so that it never leaves for room. Tells whether it is protected now: not where too much would be. */
  protect(slot: Slot): boolean {
    if (this.protected.has(slot)) return true;
    if (!this.protected.add(slot)) return false;
    this.seat.left(slot, false);
    return true;
  }

  /** Gives an entry back to the policy, as if it had come just now; it may be the one that leaves, if there is too little room. */
  unprotect(slot: Slot): void {
    if (!this.protected.has(slot)) return;
    this.protected.remove(slot);
    this.seat.inserted(slot);
    this.makeRoom();
  }

  /** The same for what is too much. */
  #giveBack(slot: Slot): void {
    this.protected.refused += 1;
    this.protected.remove(slot);
    this.seat.inserted(slot);
  }

  #took(entries: number, bytes: number): void {
    this.entries += entries;
    this.bytes += bytes;
    this.#room.took(entries, bytes);
    if (bytes > 0) this.#newBytes += bytes;
  }

  /** Lets entries go until the bounds hold; the one in `kept` stays, unless nobody else may leave. */
  makeRoom(kept: Slot = NONE): void {
    this.#room.makeRoom(this, kept);
    const came = this.#newBytes;
    this.#newBytes = 0;
    if (came > 0) this.#pressure?.came(came);
  }

  evict(need: EvictionNeed, kept: Slot = NONE): boolean {
    const victim = this.seat.victim(this.entries - this.protected.entries, kept);
    if (victim === NONE) return false;
    this.#log.note(this.owners.of(victim), this.columns, victim, this.seat.policy, need);
    this.#drop(victim, 'evicted');
    return true;
  }

  #arrived(slot: Slot): void {
    this.owners.of(slot).arrivals += 1;
    this.seat.arrived(slot, this.#parts[this.columns.owners[slot]!]!, this.entries - this.protected.entries);
    this.#balancer?.arrived();
  }

  /** Another policy decides from now on; those used most stay the last to leave. */
  use(policy: PolicyName): void {
    this.seat.use(this.#made(policy));
  }

  #made(policy: PolicyName): EvictionPolicy {
    return POLICIES[policy](this.#isPerByte ? { weightOf: (slot) => this.columns.weights[slot]! } : {});
  }

  resized(): void {
    this.#bound();
    const { protection } = this.columns;
    for (let slot = 1; protection && this.protected.isTooMuch && slot < protection.length; slot += 1) {
      if (protection[slot] === 1) this.#giveBack(slot);
    }
    // Who is told of little room before it has chosen who leaves knows too little of them by then.
    this.makeRoom();
    this.seat.bound(this.maxEntries);
    for (const owner of this.owners) owner.resized(this.maxEntries);
  }

  #bound(): void {
    const { maxEntries, maxBytes } = this.#room.limits;
    this.maxEntries = Math.max(1, Math.round(maxEntries * this.share.max));
    this.maxBytes = Math.round(maxBytes * this.share.max);
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
    for (const owner of this.owners) owner.distrust(before, now);
  }

  close(): void {
    this.#sweep.close();
  }

  get nextSlot(): Slot {
    return this.#nextSlot;
  }

  dropDead(from: Slot, end: Slot, now: number): void {
    const { columns } = this;
    for (let slot = from; slot < end; slot += 1) {
      if (columns.attentionAt[slot]! <= now && columns.owners[slot] !== 0 && columns.deadAtOf(slot) <= now) this.#drop(slot, 'expired');
    }
  }

  #drop(slot: Slot, cause: RemovalCause): void {
    this.owners.of(slot).drop(slot, cause);
  }

  /** Rows double until the last that is allowed, so that a small cache stays small. */
  #freshRow(): Slot {
    const slot = this.#nextSlot++;
    if (slot > this.columns.lastSlot) {
      // One more than is allowed: a new entry comes before another leaves for it.
      const lastSlot = Math.max(slot, Math.min(Math.max(FIRST_ROWS, this.columns.lastSlot * 2), this.maxEntries + 1));
      this.columns.grow(lastSlot);
      this.seat.grow(lastSlot);
    }
    return slot;
  }
}
