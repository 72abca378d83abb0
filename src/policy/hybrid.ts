import type { EvictionPolicy, EvictionReason, Slot } from './eviction-policy.ts';
import { FrequencySketch } from './frequency-sketch.ts';
import { type Division, Segments } from './segments.ts';
import { ShadowCaches } from './shadow-caches.ts';

/** For scans and loops: hardly any window, and nobody who was turned away is remembered. */
const FREQUENT: Division = { window: 0.01, ghosts: 0 };
const BALANCED: Division = { window: 0.1, ghosts: 0.9 };
/** For what is used a few times close together and never again. */
const RECENT: Division = { window: 0.5, ghosts: 0.5 };
const DIVISIONS = [FREQUENT, BALANCED, RECENT];

/**
 * Uses of an entry close together count as one, for what is asked for twice at once is
 * no better known for it (O'Neil et al., "The LRU-K Page Replacement Algorithm",
 * SIGMOD 1993); and the hottest cost next to nothing. As many uses as there is room for
 * entries are so many bursts.
 */
const BURSTS_PER_ROOM = 16;

/** A cache of fewer entries has no shadows: followed in full, they would cost more than they find. */
const MIN_SHADOWED = 64;
const TINY: Division = { window: 0.2, ghosts: 0.35 };

/**
 * Recency and frequency together: W-TinyLFU whose window, and whose memory of keys
 * turned away, are chosen among three by small shadow caches, not by climbing hills.
 *
 * See {@link Segments} and {@link ShadowCaches}. It withstands scans and loops,
 * and follows when what is asked for changes.
 */
export class Hybrid implements EvictionPolicy {
  readonly name = 'hybrid';
  readonly usesHashes = true;
  readonly #sketch = new FrequencySketch();
  readonly #segments = new Segments(this.#sketch, TINY);
  #shadows: ShadowCaches | undefined;
  /** Sampled keys that are there. */
  #residents = 0;
  #size = 0;
  /** By slot, the burst in which it came or was last used. */
  #bursts = new Uint8Array(1);
  #burst = 1;
  #usesLeft = 1;
  #burstLength = 1;

  resize(capacity: number): void {
    if (capacity === this.#segments.capacity) return;
    this.#sketch.resize(capacity);
    this.#burstLength = Math.max(1, Math.floor(capacity / BURSTS_PER_ROOM));
    const isTiny = capacity < MIN_SHADOWED;
    const { division } = this.#segments;
    const kept = division === TINY ? BALANCED : division;
    this.#segments.divide(capacity, isTiny ? TINY : kept);
    this.#shadows = isTiny ? undefined : new ShadowCaches(capacity, DIVISIONS, this.#sketch);
    this.#residents = 0;
    for (const slot of this.#segments.slots()) if (this.#isSampled(slot)) this.#residents += 1;
  }

  grow(lastSlot: Slot): void {
    this.#segments.grow(lastSlot);
    if (lastSlot < this.#bursts.length) return;
    const bursts = new Uint8Array(lastSlot + 1);
    bursts.set(this.#bursts);
    this.#bursts = bursts;
  }

  inserted(slot: Slot, hash: number): void {
    this.#sketch.add(hash);
    this.#segments.insert(slot, hash);
    this.#bursts[slot] = this.#burst;
    this.#size += 1;
    if (!this.#shadows?.isSampled(hash)) return;
    this.#residents += 1;
    this.#follow(hash, this.#shadows);
  }

  touched(slot: Slot): void {
    this.#usesLeft -= 1;
    if (this.#usesLeft === 0) this.#nextBurst();
    if (this.#bursts[slot] === this.#burst) return;
    this.#bursts[slot] = this.#burst;
    const hash = this.#segments.hashOf(slot);
    this.#sketch.add(hash);
    this.#segments.touch(slot);
    if (this.#shadows?.isSampled(hash)) this.#follow(hash, this.#shadows);
  }

  removed(slot: Slot): void {
    this.#left(slot);
    this.#segments.remove(slot);
  }

  evicted(slot: Slot): void {
    this.#left(slot);
    this.#segments.evict(slot);
  }

  victim(): Slot {
    return this.#segments.victim();
  }

  reason(victim: Slot): EvictionReason {
    return this.#segments.reason(victim);
  }

  #nextBurst(): void {
    this.#usesLeft = this.#burstLength;
    this.#burst = (this.#burst + 1) & 0xff;
  }

  #left(slot: Slot): void {
    this.#size -= 1;
    if (this.#isSampled(slot)) this.#residents -= 1;
  }

  #isSampled(slot: Slot): boolean {
    return this.#shadows?.isSampled(this.#segments.hashOf(slot)) === true;
  }

  #follow(hash: number, shadows: ShadowCaches): void {
    const { capacity, division } = this.#segments;
    const better = shadows.request(hash, division, this.#size >= capacity ? this.#residents : 0);
    if (better) this.#segments.divide(capacity, better);
  }
}
