import type { Curve } from '../../analytics/part-curves.ts';
import type { Entry } from '../../entry/entry.ts';
import { OLDEST } from '../../entry/version.ts';
import type { Slot } from '../../policy/eviction-policy.ts';
import { estimateBytes, type Weigher } from '../../policy/weigher.ts';
import type { RemovalCause } from '../../telemetry/events.ts';
import { EvictionCounters } from '../../telemetry/evictions.ts';
import type { Clock } from '../../time/clock.ts';
import type { Admission, LocalPartition, PartitionObserver, PartitionOptions } from '../local-tier.ts';
import { type Details, type EntryColumns, NEGATIVE, NO_DETAILS, UNTAGGED } from './entry-columns.ts';
import type { EntryStore } from './entry-store.ts';
import type { Followers } from './followers.ts';
import type { PolicySeat } from './policy-seat.ts';
import { type SlotMap, slotMapFor, widened } from './slot-map.ts';
import type { SlotOwner } from './slot-owners.ts';
import { FULL_TRUST, type Trust } from './trust.ts';

/** What an entry costs beside its key and its value: its row, its place in the map and in the policy. */
const ENTRY_BYTES = 96;

/**
 * A sample of the clock may be as old as one turn of the event loop. It is
 * trusted for entries that have longer than this to live, and the exact time is
 * asked for the rest: only a turn blocked for longer could be told a stale value.
 */
const SAMPLE_TRUST_MS = 10_000;

/** The same for the trust in memory as a whole, which is renewed so often that there is never much of it. */
const SAMPLE_LEASE_MS = 1_000;

const nothing = (): boolean => false;

/** One kind's entries in memory: a map from key to row, over rows shared with other kinds. */
export class MemoryPartition<V> implements LocalPartition<V>, SlotOwner {
  readonly namespace: string;
  readonly kind: string;
  readonly evictions: EvictionCounters = new EvictionCounters();
  hits = 0;
  arrivals = 0;
  readonly #store: EntryStore;
  readonly #columns: EntryColumns;
  readonly #seat: PolicySeat;
  readonly #followers: Followers;
  readonly #clock: Clock;
  #slots: SlotMap;
  /** So many entries it has room for. */
  #roomFor: number;
  readonly #owner: number;
  readonly #weigh: Weigher<V>;
  readonly #trust: Trust;
  readonly #observer: PartitionObserver;
  readonly #isProtected: (key: string) => boolean;
  #lastDetails: Details = NO_DETAILS;

  constructor(store: EntryStore, options: PartitionOptions<V>, observer: PartitionObserver) {
    this.namespace = options.namespace ?? '';
    this.kind = options.kind ?? '';
    this.#store = store;
    this.#columns = store.columns;
    this.#seat = store.seat;
    this.#roomFor = store.maxEntries;
    this.#slots = slotMapFor(store.maxEntries);
    this.#followers = store.followers;
    this.#clock = store.clock;
    this.#weigh = options.weigh ?? estimateBytes;
    this.#trust = options.isCoherent === false ? FULL_TRUST : store.trust;
    this.#observer = observer;
    this.#isProtected = options.isProtected ?? nothing;
    this.#owner = store.join(this);
  }

  get size(): number {
    return this.#slots.size;
  }

  read(key: string): V | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    const columns = this.#columns;
    const attentionAt = columns.attentionAt[slot]!;
    const recent = this.#clock.recent();
    if (!(recent + SAMPLE_TRUST_MS < attentionAt && recent + SAMPLE_LEASE_MS < this.#trust.until)) {
      const now = this.#clock.monotonic();
      if (!(now < attentionAt && now < this.#trust.until)) return undefined;
    }
    if (columns.confirmed !== undefined && columns.confirmed[slot]! < this.#store.doubt) return undefined;
    const value = columns.values[slot];
    if (value === NEGATIVE) return undefined;
    if (columns.protection === undefined || columns.protection[slot] === 0) {
      this.hits += 1;
      this.#seat.touched(slot);
    }
    if (this.#followers.areThere) this.#tell(key, columns.weights[slot]!, true);
    return value as V;
  }

  find(key: string): Entry<V> | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    const now = this.#clock.monotonic();
    if (this.#columns.deadAtOf(slot) <= now) {
      this.drop(slot, 'expired');
      return undefined;
    }
    return this.#entryIn(slot, key, now);
  }

  touch(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    if (!this.#columns.isProtected(slot)) {
      this.hits += 1;
      this.#seat.touched(slot);
    }
    if (this.#followers.areThere) this.#tell(key, this.#columns.weights[slot]!, true);
  }

  put(entry: Entry<V>, attentionAt: number, now: number = this.#clock.monotonic()): Admission {
    let slot = this.#slots.get(entry.key);
    if (slot !== undefined && this.#columns.deadAtOf(slot) <= now) {
      this.drop(slot, 'expired');
      // Whoever was told may have written the key anew.
      slot = this.#slots.get(entry.key);
    }
    if (slot !== undefined && this.#isOutdated(slot, entry)) return 'outdated';

    const weight = this.#weightOf(entry);
    if (weight > this.#store.maxEntryBytes) {
      if (slot !== undefined) this.drop(slot, 'replaced');
      this.#observer.oversized(entry.key);
      return 'oversized';
    }
    if (slot === undefined) {
      slot = this.#store.occupy(this.#owner, entry.key, weight, this.#isProtected(entry.key));
      this.#slots.set(entry.key, slot);
      this.#write(slot, entry, attentionAt, now);
      this.#store.makeRoom();
    } else {
      this.#write(slot, entry, attentionAt, now);
      this.#store.reweigh(slot, weight);
      // Where nobody else could leave for it, that it was evicted has been told.
      if (this.#slots.get(entry.key) === slot) this.#observer.removed(entry.key, 'replaced');
    }
    if (this.#followers.areThere) this.#tell(entry.key, weight, false);
    return 'stored';
  }

  remove(key: string, cause: RemovalCause): boolean {
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    this.drop(slot, cause);
    return true;
  }

  expire(key: string, now: number): boolean {
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    const columns = this.#columns;
    const staleAt = Math.min(columns.staleAtOf(slot), now);
    columns.attentionAt[slot] = staleAt;
    columns.setStaleAt(slot, staleAt);
    return true;
  }

  protect(key: string): boolean {
    const slot = this.#slots.get(key);
    return slot !== undefined && this.#store.protect(slot);
  }

  unprotect(key: string): void {
    const slot = this.#slots.get(key);
    if (slot !== undefined) this.#store.unprotect(slot);
  }

  get curve(): Curve | undefined {
    return this.#store.curveOf(this.#owner);
  }

  confirm(key: string): void {
    const slot = this.#slots.get(key);
    const { confirmed } = this.#columns;
    if (slot !== undefined && confirmed && confirmed[slot] !== UNTAGGED) confirmed[slot] = this.#store.doubt;
  }

  *keys(): IterableIterator<string> {
    const now = this.#clock.monotonic();
    for (const [key, slot] of this.#slots) {
      if (this.#columns.deadAtOf(slot) > now) yield key;
    }
  }

  distrust(before: number, now: number): void {
    if (this.#trust === FULL_TRUST) return;
    for (const slot of this.#slots.values()) {
      const staleAt = this.#columns.staleAtOf(slot);
      if (staleAt <= now || (this.#columns.takenAt?.[slot] ?? 0) >= before) continue;
      // It lives as long as it would have: what was to be fresh may at least stand in.
      const deadAt = this.#columns.deadAtOf(slot);
      this.#columns.attentionAt[slot] = Math.min(this.#columns.attentionAt[slot]!, now);
      this.#columns.setStaleAt(slot, now);
      this.#columns.setGraceMs(slot, deadAt - now);
    }
  }

  resized(maxEntries: number): void {
    this.#slots = widened(this.#slots, this.#roomFor, maxEntries);
    this.#roomFor = Math.max(this.#roomFor, maxEntries);
  }

  drop(slot: Slot, cause: RemovalCause): void {
    const key = this.#columns.keys[slot]!;
    this.#slots.delete(key);
    this.#store.vacate(slot, cause);
    this.#observer.removed(key, cause);
  }

  #tell(key: string, bytes: number, isHit: boolean): void {
    this.#followers.tell({ namespace: this.namespace, kind: this.kind, key, bytes, isHit });
  }

  #isOutdated(slot: Slot, entry: Entry<V>): boolean {
    const columns = this.#columns;
    const eventAt = columns.eventAtOf(slot);
    if (eventAt !== undefined && entry.eventAt !== undefined && eventAt !== entry.eventAt) return eventAt > entry.eventAt;
    if (!columns.stamps || !columns.origins) return false;
    const ahead = columns.stamps[slot]! - entry.version.stamp || columns.origins[slot]! - entry.version.origin;
    return ahead > 0;
  }

  /** How long an entry may be believed: while all news are known to have arrived, for as long as it is fresh. */
  #believedUntil(slot: Slot, now: number): number {
    const { until, suspectMs } = this.#trust;
    if (now < until) return Number.POSITIVE_INFINITY;
    return Math.max(until, (this.#columns.takenAt?.[slot] ?? 0) + suspectMs);
  }

  #weightOf(entry: Entry<V>): number {
    const bytes = entry.isNegative ? 0 : this.#bytesOf(entry.value as V);
    return Math.min(0xffff_ffff, Math.ceil(bytes) + entry.key.length + ENTRY_BYTES);
  }

  /** A weigher of a user's that fails, or answers with no weight, is not asked to decide on a bound. */
  #bytesOf(value: V): number {
    try {
      const bytes = this.#weigh(value);
      return typeof bytes === 'number' && bytes >= 0 ? bytes : estimateBytes(value);
    } catch {
      return estimateBytes(value);
    }
  }

  #write(slot: Slot, entry: Entry<V>, attentionAt: number, now: number): void {
    const columns = this.#columns;
    columns.values[slot] = entry.isNegative ? NEGATIVE : entry.value;
    columns.attentionAt[slot] = Math.min(attentionAt, entry.staleAt);
    columns.askedAt[slot] = entry.askedAt;
    columns.setStaleAt(slot, entry.staleAt);
    columns.setGraceMs(slot, entry.deadAt - entry.staleAt);
    columns.setEventAt(slot, entry.eventAt);
    columns.setVersion(slot, entry.version.stamp, entry.version.origin);
    columns.setDetails(slot, this.#detailsOf(entry));
    columns.setConfirmed(slot, entry.tags.length === 0 ? UNTAGGED : this.#store.doubt);
    if (this.#trust.suspectMs !== Number.POSITIVE_INFINITY) columns.setTakenAt(slot, now);
  }

  /** Entries of a kind mostly agree in all of these, so the last is tried again. */
  #detailsOf(entry: Entry<V>): Details {
    const last = this.#lastDetails;
    const isSame = entry.tags === last.tags && entry.source === last.source && entry.isFinal === last.isFinal && entry.why === last.why;
    if (isSame) return last;
    const { tags, source, isFinal, why } = entry;
    if (tags.length === 0 && source === undefined && !isFinal && why === '') return NO_DETAILS;
    this.#lastDetails = { tags, source, isFinal, why };
    return this.#lastDetails;
  }

  #entryIn(slot: Slot, key: string, now: number): Entry<V> {
    const columns = this.#columns;
    const value = columns.values[slot];
    const isNegative = value === NEGATIVE;
    const { tags, source, isFinal, why } = columns.detailsOf(slot);
    return {
      key,
      value: isNegative ? undefined : (value as V),
      isNegative,
      eventAt: columns.eventAtOf(slot),
      askedAt: columns.askedAt[slot]!,
      staleAt: Math.min(columns.staleAtOf(slot), this.#believedUntil(slot, now)),
      deadAt: columns.deadAtOf(slot),
      version: columns.stamps && columns.origins ? { stamp: columns.stamps[slot]!, origin: columns.origins[slot]! } : OLDEST,
      tags,
      source,
      isFinal,
      why,
    };
  }
}
