import type { Slot } from '../../policy/eviction-policy.ts';
import type { EvictionNeed } from '../../telemetry/evictions.ts';
import type { Share } from '../local-tier.ts';

/** Bounds of a memory, resolved. */
export interface RoomLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** A heavier entry is not admitted. */
  readonly maxEntryBytes: number;
  /** Of the entries and of the bytes, protected ones may take this share. */
  readonly maxProtectedShare: number;
}

/** All that there is, and none of it for sure: how a part is treated of which nothing was said. */
export const WHOLE: Share = Object.freeze({ min: 0, max: 1 });

/** A part of memory, as the room sees it: what it takes, and that it can let something go. */
export interface Tenant {
  readonly entries: number;
  readonly bytes: number;
  readonly share: Share;
  /** Where it should be: of those above, the one furthest above gives first. */
  readonly target: number;
  /** Lets go whose turn it is, rather not `kept`; tells whether there was one that may leave. */
  evict(need: EvictionNeed, kept?: Slot): boolean;
  /** The bounds have changed. */
  resized(): void;
}

/**
 * The room that the parts of one memory share: its bounds, what is in use of them, and who
 * gives when there is too little.
 *
 * A part never takes more than its maximum. When the whole is full, of the parts above their
 * minima the one furthest above its target lets something go, so that what nobody else asks
 * for may be used by whoever does.
 */
export class Room {
  entries = 0;
  bytes = 0;
  protectedEntries = 0;
  protectedBytes = 0;
  /** Entries that were to be protected while too much was. */
  unprotectable = 0;
  #limits: RoomLimits;
  /** Below `limits.maxBytes` while the process has little memory left. */
  #allowedBytes: number;
  readonly #tenants: Tenant[] = [];

  constructor(limits: RoomLimits) {
    this.#limits = limits;
    this.#allowedBytes = limits.maxBytes;
  }

  get limits(): RoomLimits {
    return this.#limits;
  }

  get allowedBytes(): number {
    return this.#allowedBytes;
  }

  join(tenant: Tenant): void {
    this.#tenants.push(tenant);
  }

  /** Other bounds from now on. What is too much leaves at once, by the choice of each part's policy. */
  resize(limits: RoomLimits): void {
    this.#limits = limits;
    this.#allowedBytes = limits.maxBytes;
    for (const tenant of this.#tenants) tenant.resized();
    this.#settle();
  }

  /** Allows so many bytes for now, of those that the bounds grant. */
  allow(bytes: number): void {
    this.#allowedBytes = Math.min(bytes, this.#limits.maxBytes);
    this.#settle();
  }

  /** Whether another protected entry of `weight` would be no more than may be protected. */
  mayProtect(weight: number): boolean {
    const { maxEntries, maxBytes, maxProtectedShare } = this.#limits;
    return this.protectedEntries + 1 <= maxEntries * maxProtectedShare && this.protectedBytes + weight <= maxBytes * maxProtectedShare;
  }

  /** Whether more is protected than may be. */
  get isOverprotected(): boolean {
    const { maxEntries, maxBytes, maxProtectedShare } = this.#limits;
    return this.protectedEntries > maxEntries * maxProtectedShare || this.protectedBytes > maxBytes * maxProtectedShare;
  }

  /** Has entries leave until the bounds hold, after `tenant` has taken more. Of its own, `kept` stays, unless nobody else may leave. */
  makeRoom(tenant: Tenant, kept?: Slot): void {
    while (this.#isOverShare(tenant) && tenant.evict('share', kept));
    while (this.entries > this.#limits.maxEntries || this.bytes > this.#allowedBytes) {
      if (!this.#giveOne(tenant, kept)) return;
    }
  }

  #settle(): void {
    for (const tenant of this.#tenants) this.makeRoom(tenant);
  }

  #isOverShare({ share, entries, bytes }: Tenant): boolean {
    if (share.max === 1) return false;
    return entries > share.max * this.#limits.maxEntries || bytes > share.max * this.#limits.maxBytes;
  }

  /** Tells whether anything could leave. */
  #giveOne(tenant: Tenant, kept: Slot | undefined): boolean {
    const need = this.#need();
    if (this.#tenants.length === 1) return tenant.evict(need, kept);
    const giver = this.#giver(need === 'entries');
    if (giver.evict(need, giver === tenant ? kept : undefined)) return true;
    return this.#tenants.some((other) => other.evict(need, other === tenant ? kept : undefined));
  }

  #need(): EvictionNeed {
    if (this.entries > this.#limits.maxEntries) return 'entries';
    return this.bytes > this.#limits.maxBytes ? 'bytes' : 'pressure';
  }

  /** Of those above their minima the one furthest above its target; where all are at their minima, of all. */
  #giver(isForEntries: boolean): Tenant {
    const { maxEntries, maxBytes } = this.#limits;
    let giver: Tenant | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const tenant of this.#tenants) {
      const share = isForEntries ? tenant.entries / maxEntries : tenant.bytes / maxBytes;
      // No share is as large as 2: whoever is above its minimum goes before all who are not.
      const excess = share - tenant.target + (share > tenant.share.min ? 2 : 0);
      if (excess <= most) continue;
      most = excess;
      giver = tenant;
    }
    return giver as Tenant;
  }
}
