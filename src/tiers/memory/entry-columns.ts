import { NO_TAGS } from '../../entry/entry.ts';
import type { Slot } from '../../policy/eviction-policy.ts';

/** What most entries of a kind have in common, kept once and shared. */
export interface Details {
  readonly tags: readonly string[];
  readonly source: string | undefined;
  readonly isFinal: boolean;
  readonly why: string;
}

export const NO_DETAILS: Details = Object.freeze({ tags: NO_TAGS, source: undefined, isFinal: false, why: '' });

/** Never doubted: the entry has no tags. */
export const UNTAGGED = 0xffff_ffff;

/**
 * What memory knows of its entries, a column for each fact, a row for each slot.
 *
 * The columns above the line are always there. Those below appear with the
 * first entry that needs them, so that nobody pays for what nobody uses.
 */
export class EntryColumns {
  keys: (string | undefined)[] = [undefined];
  /** The live value; {@link NEGATIVE} where the source has nothing. */
  values: unknown[] = [undefined];
  /** From then on a read must think: the entry is stale, or due for refresh. */
  attentionAt: Float64Array<ArrayBuffer> = new Float64Array(1);
  askedAt: Float64Array<ArrayBuffer> = new Float64Array(1);
  weights: Uint32Array<ArrayBuffer> = new Uint32Array(1);
  /** Which partition the entry belongs to. */
  owners: Uint16Array<ArrayBuffer> = new Uint16Array(1);

  /** Where it is later than `attentionAt`; else the two are the same. */
  staleAt: Float64Array<ArrayBuffer> | undefined;
  /** Milliseconds from stale to dead; else 0. */
  graceMs: Float64Array<ArrayBuffer> | undefined;
  /** NaN where the source told no event time. */
  eventAt: Float64Array<ArrayBuffer> | undefined;
  stamps: Float64Array<ArrayBuffer> | undefined;
  origins: Uint32Array<ArrayBuffer> | undefined;
  details: Details[] | undefined;
  /** When the entry was taken in; only where memory is not always believed. */
  takenAt: Float64Array<ArrayBuffer> | undefined;
  /** 1 where the entry is protected: no policy knows of it. */
  protection: Uint8Array<ArrayBuffer> | undefined;
  /** The doubt up to which the entry is confirmed; {@link UNTAGGED} where tags do not matter. */
  confirmed: Uint32Array<ArrayBuffer> | undefined;

  get lastSlot(): Slot {
    return this.weights.length - 1;
  }

  grow(lastSlot: Slot): void {
    const length = lastSlot + 1;
    // Set at once: left to grow by themselves, lists take half as much again.
    this.keys.length = length;
    this.values.length = length;
    this.attentionAt = wider(this.attentionAt, length);
    this.askedAt = wider(this.askedAt, length);
    const weights = new Uint32Array(length);
    weights.set(this.weights);
    this.weights = weights;
    const owners = new Uint16Array(length);
    owners.set(this.owners);
    this.owners = owners;
    this.staleAt &&= wider(this.staleAt, length);
    this.graceMs &&= wider(this.graceMs, length);
    this.eventAt &&= wider(this.eventAt, length, Number.NaN);
    this.stamps &&= wider(this.stamps, length);
    this.takenAt &&= wider(this.takenAt, length);
    if (this.origins) {
      const origins = new Uint32Array(length);
      origins.set(this.origins);
      this.origins = origins;
    }
    if (this.protection) {
      const protection = new Uint8Array(length);
      protection.set(this.protection);
      this.protection = protection;
    }
    if (this.confirmed) {
      const confirmed = new Uint32Array(length).fill(UNTAGGED);
      confirmed.set(this.confirmed);
      this.confirmed = confirmed;
    }
  }

  setStaleAt(slot: Slot, staleAt: number): void {
    if (!this.staleAt) {
      if (staleAt === this.attentionAt[slot]) return;
      this.staleAt = this.attentionAt.slice();
    }
    this.staleAt[slot] = staleAt;
  }

  setGraceMs(slot: Slot, graceMs: number): void {
    if (!this.graceMs) {
      if (graceMs === 0) return;
      this.graceMs = new Float64Array(this.weights.length);
    }
    this.graceMs[slot] = graceMs;
  }

  setEventAt(slot: Slot, eventAt: number | undefined): void {
    if (!this.eventAt) {
      if (eventAt === undefined) return;
      this.eventAt = new Float64Array(this.weights.length).fill(Number.NaN);
    }
    this.eventAt[slot] = eventAt ?? Number.NaN;
  }

  setVersion(slot: Slot, stamp: number, origin: number): void {
    if (!this.stamps || !this.origins) {
      if (stamp === 0) return;
      this.stamps = new Float64Array(this.weights.length);
      this.origins = new Uint32Array(this.weights.length);
    }
    this.stamps[slot] = stamp;
    this.origins[slot] = origin;
  }

  setTakenAt(slot: Slot, takenAt: number): void {
    this.takenAt ??= new Float64Array(this.weights.length);
    this.takenAt[slot] = takenAt;
  }

  setProtected(slot: Slot, isProtected: boolean): void {
    this.protection ??= new Uint8Array(this.weights.length);
    this.protection[slot] = isProtected ? 1 : 0;
  }

  isProtected(slot: Slot): boolean {
    return this.protection !== undefined && this.protection[slot] === 1;
  }

  setDetails(slot: Slot, details: Details): void {
    if (!this.details) {
      if (details === NO_DETAILS) return;
      this.details = [];
    }
    this.details[slot] = details;
  }

  setConfirmed(slot: Slot, doubt: number): void {
    if (!this.confirmed) {
      if (doubt === UNTAGGED) return;
      this.confirmed = new Uint32Array(this.weights.length).fill(UNTAGGED);
    }
    this.confirmed[slot] = doubt;
  }

  staleAtOf(slot: Slot): number {
    return this.staleAt ? this.staleAt[slot]! : this.attentionAt[slot]!;
  }

  deadAtOf(slot: Slot): number {
    return this.staleAtOf(slot) + (this.graceMs ? this.graceMs[slot]! : 0);
  }

  eventAtOf(slot: Slot): number | undefined {
    const eventAt = this.eventAt ? this.eventAt[slot]! : Number.NaN;
    return Number.isNaN(eventAt) ? undefined : eventAt;
  }

  detailsOf(slot: Slot): Details {
    return this.details?.[slot] ?? NO_DETAILS;
  }
}

/** Stands where a value would, when the source said that there is none. */
export const NEGATIVE: unique symbol = Symbol('negative');

function wider(column: Float64Array<ArrayBuffer>, length: number, filler = 0): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  if (filler !== 0) larger.fill(filler);
  larger.set(column);
  return larger;
}
