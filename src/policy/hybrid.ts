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
  readonly #segments: Segments;
  #shadows: ShadowCaches | undefined;
  /** Sampled keys that are there. */
  #residents = 0;

  /** @param weightOf a slot; given, what comes is admitted by frequency per byte. */
  constructor(weightOf?: (slot: Slot) => number) {
    this.#segments = new Segments(this.#sketch, TINY, true, weightOf);
  }

  resize(capacity: number): void {
    if (capacity === this.#segments.capacity) return;
    this.#sketch.resize(capacity);
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
  }

  inserted(slot: Slot, hash: number): void {
    this.#segments.insert(slot, hash);
    if (!this.#shadows?.isSampled(hash)) return;
    this.#residents += 1;
    this.#follow(hash, this.#shadows);
  }

  touched(slot: Slot): void {
    const isFirstInBurst = this.#segments.touch(slot);
    const hash = this.#segments.hashOf(slot);
    const shadows = this.#shadows;
    if (shadows?.isSampled(hash) && isFirstInBurst) this.#follow(hash, shadows);
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

  #left(slot: Slot): void {
    if (this.#isSampled(slot)) this.#residents -= 1;
  }

  #isSampled(slot: Slot): boolean {
    return this.#shadows?.isSampled(this.#segments.hashOf(slot)) === true;
  }

  #follow(hash: number, shadows: ShadowCaches): void {
    const { capacity, division, size } = this.#segments;
    const better = shadows.request(hash, division, size >= capacity ? this.#residents : 0);
    if (better) this.#segments.divide(capacity, better);
  }
}
