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
export interface Part {
  readonly entries: number;
  readonly bytes: number;
  readonly share: Share;
  /** Where it should be, as a share: of those above, the one furthest above gives first. */
  readonly target: number;
  /** Its maximum. */
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** Whether anything of it may leave. */
  readonly canGive: boolean;
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
  #entries = 0;
  #bytes = 0;
  #protectedEntries = 0;
  #protectedBytes = 0;
  #limits: RoomLimits;
  /** Fewer than the bounds grant while the process has little memory left. */
  #sparedBytes = Number.POSITIVE_INFINITY;
  readonly #parts: Part[] = [];

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  get limits(): RoomLimits {
    return this.#limits;
  }

  get entries(): number {
    return this.#entries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get protectedEntries(): number {
    return this.#protectedEntries;
  }

  get protectedBytes(): number {
    return this.#protectedBytes;
  }

  /** The bytes that may be taken now. */
  get allowedBytes(): number {
    return Math.min(this.#limits.maxBytes, this.#sparedBytes);
  }

  join(part: Part): void {
    this.#parts.push(part);
  }

  /** A part has taken more, or, where they are below 0, has given back. */
  took(entries: number, bytes: number): void {
    this.#entries += entries;
    this.#bytes += bytes;
  }

  /** The same of what is protected. */
  tookProtected(entries: number, bytes: number): void {
    this.#protectedEntries += entries;
    this.#protectedBytes += bytes;
  }

  /** Other bounds from now on. What is too much leaves at once, by the choice of each part's policy. */
  resize(limits: RoomLimits): void {
    this.#limits = limits;
    for (const part of this.#parts) part.resized();
    this.#settle();
  }

  /** Allows so many bytes for now, of those that the bounds grant. */
  allow(bytes: number): void {
    this.#sparedBytes = bytes >= this.#limits.maxBytes ? Number.POSITIVE_INFINITY : Math.floor(bytes);
    this.#settle();
  }

  /** Whether another protected entry of `weight` would be no more than may be protected. */
  mayProtect(weight: number): boolean {
    const { maxEntries, maxBytes, maxProtectedShare } = this.#limits;
    return this.#protectedEntries + 1 <= maxEntries * maxProtectedShare && this.#protectedBytes + weight <= maxBytes * maxProtectedShare;
  }

  /** Whether more is protected than may be. */
  get isOverprotected(): boolean {
    const { maxEntries, maxBytes, maxProtectedShare } = this.#limits;
    return this.#protectedEntries > maxEntries * maxProtectedShare || this.#protectedBytes > maxBytes * maxProtectedShare;
  }

  /** Has entries leave until the bounds hold, after `part` has taken more. Of its own, `kept` stays, unless nobody else may leave. */
  makeRoom(part: Part, kept?: Slot): void {
    while (part.entries > part.maxEntries || part.bytes > part.maxBytes) {
      if (!part.evict(this.#needOf(part), kept)) break;
    }
    while (this.#entries > this.#limits.maxEntries || this.#bytes > this.allowedBytes) {
      const giver = this.#parts.length === 1 ? part : this.#giver();
      if (!giver?.evict(this.#need(), giver === part ? kept : undefined)) return;
    }
  }

  #settle(): void {
    for (const part of this.#parts) this.makeRoom(part);
  }

  #need(): EvictionNeed {
    if (this.#entries > this.#limits.maxEntries) return 'entries';
    return this.#bytes > this.#limits.maxBytes ? 'bytes' : 'pressure';
  }

  /** A part that may have everything is over no share of its own. */
  #needOf(part: Part): EvictionNeed {
    return part.share.max < 1 ? 'share' : this.#need();
  }

  /** Of the parts that can give, and are above their minima unless none is, the one furthest above its target. */
  #giver(): Part | undefined {
    const isForEntries = this.#entries > this.#limits.maxEntries;
    const whole = isForEntries ? this.#limits.maxEntries : this.allowedBytes;
    let giver: Part | undefined;
    let isGiverAbove = false;
    let most = Number.NEGATIVE_INFINITY;
    for (const part of this.#parts) {
      if (!part.canGive) continue;
      const share = (isForEntries ? part.entries : part.bytes) / whole;
      const isAbove = share > part.share.min;
      const excess = share - part.target;
      if (isAbove === isGiverAbove ? excess <= most : isGiverAbove) continue;
      giver = part;
      isGiverAbove = isAbove;
      most = excess;
    }
    return giver;
  }
}
