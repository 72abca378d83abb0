import type { Entry } from '../../../src/entry/entry.ts';
import { compareVersions } from '../../../src/entry/version.ts';
import { NONE, type PolicyName, type Slot } from '../../../src/policy/eviction-policy.ts';
import { hashOf } from '../../../src/policy/key-hash.ts';
import type { RemovalCause } from '../../../src/telemetry/events.ts';
import type { Admission } from '../../../src/tiers/local-tier.ts';
import type { RoomLimits } from '../../../src/tiers/memory/room.ts';
import { SLOW_POLICIES, type SlowPolicy } from '../../policy/slow-policies.ts';

const ENTRY_BYTES = 96;
const SWEEP_EVERY_MS = 1_000;

/** A value that says itself what it weighs. */
export interface Weight {
  readonly bytes: number;
}

interface Row {
  readonly slot: Slot;
  readonly partition: number;
  readonly weight: number;
  readonly entry: Entry<Weight>;
  readonly attentionAt: number;
  isDoubted: boolean;
  isProtected: boolean;
}

/** Memory as its contract tells it, in one plain list of rows that is searched for everything. */
export class SlowMemory {
  now = 0;
  readonly told: string[] = [];
  unprotectable = 0;
  #rows: Row[] = [];
  #nextSlot = 1;
  #lastSlot = 0;
  #room = 0;
  readonly #free: Slot[] = [];
  #sweepAt: number | undefined;
  #limits: RoomLimits;
  /** The entries that the policy was told there may be. */
  #bound: number;
  #policy: SlowPolicy;
  #policyName: PolicyName;

  constructor(limits: RoomLimits, policy: PolicyName) {
    this.#limits = limits;
    this.#bound = limits.maxEntries;
    this.#policy = SLOW_POLICIES[policy]();
    this.#policyName = policy;
  }

  get limits(): RoomLimits {
    return this.#limits;
  }

  /** Another policy begins with what the last would have let go last as what was used most; then other bounds hold. */
  resize(limits: RoomLimits, policy: PolicyName): void {
    if (policy !== this.#policyName) this.#use(policy);
    const isOtherCount = limits.maxEntries !== this.#limits.maxEntries;
    this.#limits = limits;
    for (const row of this.#inOrder()) {
      const isTooMuch = this.protectedEntries > limits.maxEntries / 2 || this.protectedBytes > limits.maxBytes / 2;
      if (!isTooMuch || !row.isProtected) continue;
      this.unprotectable += 1;
      row.isProtected = false;
      this.#policy.inserted(row.slot, hashIn(row));
    }
    this.#makeRoom();
    this.#bound = limits.maxEntries;
    if (isOtherCount && this.#lastSlot > 0) this.#tell(Math.min(this.#lastSlot, limits.maxEntries));
  }

  #inOrder(): Row[] {
    return this.#rows.toSorted((one, other) => one.slot - other.slot);
  }

  #use(policy: PolicyName): void {
    const leaving: Slot[] = [];
    for (let slot = this.#policy.victim(); slot !== NONE; slot = this.#policy.victim()) {
      this.#policy.removed(slot);
      leaving.push(slot);
    }
    this.#policy = SLOW_POLICIES[policy]();
    this.#policyName = policy;
    if (this.#room > 0) this.#policy.resize(this.#room);
    const rows = new Map(this.#rows.map((row) => [row.slot, row]));
    for (const slot of leaving) this.#policy.inserted(slot, hashIn(rows.get(slot) as Row));
    for (const part of [2, 4, 8, 16]) {
      for (const slot of leaving.slice(leaving.length - Math.floor(leaving.length / part))) this.#policy.touched(slot);
    }
  }

  get entries(): number {
    return this.#rows.length;
  }

  get bytes(): number {
    return this.#rows.reduce((sum, { weight }) => sum + weight, 0);
  }

  get timerCount(): number {
    return this.#sweepAt === undefined ? 0 : 1;
  }

  size(partition: number): number {
    return this.#rows.filter((row) => row.partition === partition).length;
  }

  read(partition: number, key: string): Weight | undefined {
    const row = this.#row(partition, key);
    if (!row || row.isDoubted || row.entry.isNegative) return undefined;
    if (this.now >= row.attentionAt || this.now >= row.entry.staleAt) return undefined;
    if (!row.isProtected) this.#policy.touched(row.slot);
    return row.entry.value;
  }

  find(partition: number, key: string): Entry<Weight> | undefined {
    return this.#alive(partition, key)?.entry;
  }

  touch(partition: number, key: string): void {
    const row = this.#row(partition, key);
    if (row && !row.isProtected) this.#policy.touched(row.slot);
  }

  put(partition: number, entry: Entry<Weight>, attentionAt: number): Admission {
    const there = this.#alive(partition, entry.key);
    if (there && isNewer(there.entry, entry)) return 'outdated';
    const weight = Math.ceil(entry.value?.bytes ?? 0) + entry.key.length + ENTRY_BYTES;
    if (weight > this.#limits.maxEntryBytes) {
      if (there) this.#leave(there, 'replaced');
      this.told.push(`${partition} ${entry.key} oversized`);
      return 'oversized';
    }
    if (there) {
      const row = { ...there, entry, attentionAt, weight, isDoubted: false };
      this.#rows = this.#rows.map((other) => (other === there ? row : other));
      if (!row.isProtected) this.#policy.touched(row.slot);
      else if (this.protectedBytes > this.#limits.maxBytes / 2) {
        this.unprotectable += 1;
        row.isProtected = false;
        this.#policy.inserted(row.slot, hashIn(row));
      }
      this.#makeRoom(row);
      if (this.#rows.includes(row)) this.told.push(`${partition} ${entry.key} replaced`);
      return 'stored';
    }
    const slot = this.#free.pop() ?? this.#freshRow();
    const row = { slot, partition, weight, entry, attentionAt, isDoubted: false, isProtected: false };
    this.#rows.push(row);
    if (!isAlwaysProtected(entry.key) || !this.#admitProtected(row)) this.#policy.inserted(slot, hashIn(row));
    this.#sweepAt ??= this.now + SWEEP_EVERY_MS;
    this.#makeRoom();
    return 'stored';
  }

  /** Half of the room may be protected. */
  #admitProtected(row: Row): boolean {
    const isRoom =
      this.protectedEntries + 1 <= this.#limits.maxEntries / 2 && this.protectedBytes + row.weight <= this.#limits.maxBytes / 2;
    if (!isRoom) this.unprotectable += 1;
    row.isProtected = isRoom;
    return isRoom;
  }

  protect(partition: number, key: string): boolean {
    const row = this.#row(partition, key);
    if (!row || row.isProtected) return row !== undefined;
    if (!this.#admitProtected(row)) return false;
    this.#policy.removed(row.slot);
    return true;
  }

  unprotect(partition: number, key: string): void {
    const row = this.#row(partition, key);
    if (!row?.isProtected) return;
    row.isProtected = false;
    this.#policy.inserted(row.slot, hashIn(row));
  }

  get protectedEntries(): number {
    return this.#rows.filter(({ isProtected }) => isProtected).length;
  }

  get protectedBytes(): number {
    return this.#rows.reduce((sum, { isProtected, weight }) => sum + (isProtected ? weight : 0), 0);
  }

  remove(partition: number, key: string): boolean {
    const row = this.#row(partition, key);
    if (row) this.#leave(row, 'explicit');
    return row !== undefined;
  }

  expire(partition: number, key: string): boolean {
    const row = this.#row(partition, key);
    if (!row) return false;
    const { staleAt, deadAt } = row.entry;
    const entry = { ...row.entry, staleAt: Math.min(staleAt, this.now), deadAt: Math.min(staleAt, this.now) + (deadAt - staleAt) };
    this.#rows = this.#rows.map((other) => (other === row ? { ...row, entry } : other));
    return true;
  }

  isTagged(partition: number, key: string): boolean {
    return (this.#row(partition, key)?.entry.tags.length ?? 0) > 0;
  }

  confirm(partition: number, key: string): void {
    const row = this.#row(partition, key);
    if (row) row.isDoubted = false;
  }

  doubtTagged(): void {
    for (const row of this.#rows) row.isDoubted = row.entry.tags.length > 0;
  }

  keys(partition: number): string[] {
    return this.#rows.filter((row) => row.partition === partition && this.now < row.entry.deadAt).map(({ entry }) => entry.key);
  }

  advance(ms: number): void {
    const endsAt = this.now + ms;
    while (this.#sweepAt !== undefined && this.#sweepAt <= endsAt) {
      this.now = this.#sweepAt;
      for (const row of this.#inOrder()) {
        if (row.entry.deadAt <= this.now) this.#leave(row, 'expired');
      }
      this.#sweepAt = this.#rows.length > 0 ? this.now + SWEEP_EVERY_MS : undefined;
    }
    this.now = endsAt;
  }

  #row(partition: number, key: string): Row | undefined {
    return this.#rows.find((row) => row.partition === partition && row.entry.key === key);
  }

  #alive(partition: number, key: string): Row | undefined {
    const row = this.#row(partition, key);
    if (!row || this.now < row.entry.deadAt) return row;
    this.#leave(row, 'expired');
    return undefined;
  }

  /** Rows double, and the policy is told how many entries they hold. */
  #freshRow(): Slot {
    const slot = this.#nextSlot++;
    if (slot > this.#lastSlot) {
      this.#lastSlot = Math.max(slot, Math.min(Math.max(64, this.#lastSlot * 2), this.#limits.maxEntries + 1));
      this.#tell(Math.min(this.#lastSlot, this.#limits.maxEntries));
    }
    return slot;
  }

  #tell(room: number): void {
    this.#room = room;
    this.#policy.resize(room);
  }

  /** What was just stored in `kept` does not leave for its own sake. */
  #makeRoom(kept?: Row): void {
    const { maxEntries, maxBytes } = this.#limits;
    let isSpared = false;
    while (this.entries > maxEntries || this.bytes > maxBytes) {
      const free = this.entries - this.protectedEntries;
      const room = Math.min(this.#bound, Math.max(1, free - 1));
      if (Math.abs(room - this.#room) >= this.#room / 8) this.#tell(room);
      const victim = this.#policy.victim();
      const row = this.#rows.find(({ slot }) => slot === victim);
      if (!row) return;
      if (victim !== kept?.slot || isSpared) {
        this.#leave(row, 'evicted');
        isSpared = false;
        continue;
      }
      isSpared = true;
      this.#policy.removed(victim);
      this.#policy.inserted(victim, hashIn(row));
    }
  }

  #leave(row: Row, cause: RemovalCause): void {
    this.#rows = this.#rows.filter((other) => other !== row);
    if (row.isProtected) row.isProtected = false;
    else if (cause === 'evicted') this.#policy.evicted(row.slot);
    else this.#policy.removed(row.slot);
    this.#free.push(row.slot);
    this.told.push(`${row.partition} ${row.entry.key} ${cause}`);
  }
}

/** Protected from when it comes. */
export function isAlwaysProtected(key: string): boolean {
  return key.endsWith('5');
}

/** As memory has it whose chance is 0. */
function hashIn({ partition, entry }: Row): number {
  return hashOf(entry.key, Math.imul(partition + 1, 0x9e37_79b1));
}

function isNewer(there: Entry, offered: Entry): boolean {
  const isOrdered = there.eventAt !== undefined && offered.eventAt !== undefined && there.eventAt !== offered.eventAt;
  return isOrdered ? Number(there.eventAt) > Number(offered.eventAt) : compareVersions(there.version, offered.version) > 0;
}
