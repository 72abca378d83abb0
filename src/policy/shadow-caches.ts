import { NONE, type Slot } from './eviction-policy.ts';
import type { FrequencySketch } from './frequency-sketch.ts';
import { type Division, Segments } from './segments.ts';
import { SlotsByHash } from './slots-by-hash.ts';

/** A shadow follows a half of the keys to a 64th of them: the less, the more entries that leaves it with. */
const MIN_SHIFT = 1;
const MAX_SHIFT = 6;
const MIN_ENTRIES = 48;

/** The sample is chosen by bits of the hash that place it in no table. */
const SAMPLE_SHIFT = 20;

/** Scores are compared after so many sampled requests, at least, and for each entry. */
const MIN_EPOCH = 200;
const EPOCH_PER_ENTRY = 10;

/** The division changes only for one that is better by this share of the requests. */
const MARGIN = 0.005;

/**
 * Small caches without values, which follow a sample of the keys, each with its room
 * divided in another way: what they hit tells which way suits what is asked for.
 *
 * Sampling by hash keeps a key's every request, so that a cache of a part
 * of the room over that part of the keys hits as the whole would (Waldspurger et al., "Cache
 * Modeling and Optimization using Miniature Simulations", USENIX ATC 2017).
 */
export class ShadowCaches {
  readonly #mask: number;
  readonly #shadows: readonly Shadow[];
  readonly #epoch: number;
  #seen = 0;
  #inEpoch = 0;

  constructor(capacity: number, divisions: readonly Division[], sketch: FrequencySketch) {
    let shift = MIN_SHIFT;
    while (shift < MAX_SHIFT && capacity >> (shift + 1) >= MIN_ENTRIES) shift += 1;
    this.#mask = 2 ** shift - 1;
    const entries = capacity >> shift;
    this.#shadows = divisions.map((division) => new Shadow(entries, division, sketch));
    this.#epoch = Math.max(MIN_EPOCH, EPOCH_PER_ENTRY * entries);
  }

  /** Whether a key is in the sample. */
  isSampled(hash: number): boolean {
    return ((hash >>> SAMPLE_SHIFT) & this.#mask) === 0;
  }

  /**
   * A sampled key was asked for. Tells which division is to be used from now on, if that is not `current`.
   *
   * @param residents how many sampled keys are in the cache, if it is full; else 0.
   */
  request(hash: number, current: Division, residents: number): Division | undefined {
    for (const shadow of this.#shadows) shadow.request(hash);
    this.#inEpoch += 1;
    if (this.#inEpoch < this.#epoch) return undefined;
    const better = this.#better(current);
    if (residents > 0) for (const shadow of this.#shadows) shadow.resize(residents);
    return better;
  }

  #better(current: Division): Division | undefined {
    this.#seen = this.#seen / 2 + this.#inEpoch;
    this.#inEpoch = 0;
    let best: Shadow | undefined;
    let present = 0;
    for (const shadow of this.#shadows) {
      shadow.score = shadow.score / 2 + shadow.hits;
      shadow.hits = 0;
      if (shadow.division === current) present = shadow.score;
      if (!best || shadow.score > best.score) best = shadow;
    }
    return best && best.division !== current && best.score - present > MARGIN * this.#seen ? best.division : undefined;
  }
}

/** A cache without values. */
class Shadow {
  readonly division: Division;
  hits = 0;
  score = 0;
  #entries = 0;
  readonly #segments: Segments;
  readonly #slots = new SlotsByHash();
  readonly #free: Slot[] = [];

  constructor(entries: number, division: Division, sketch: FrequencySketch) {
    this.division = division;
    this.#segments = new Segments(sketch, division, false);
    this.resize(entries);
  }

  request(hash: number): void {
    const known = this.#slots.find(hash);
    if (known !== NONE) {
      this.hits += 1;
      this.#segments.touch(known);
      return;
    }
    const slot = this.#free.pop() ?? this.#segments.size + 1;
    this.#slots.add(slot, hash);
    this.#segments.insert(slot, hash);
    this.#makeRoom();
  }

  resize(entries: number): void {
    if (entries === this.#entries) return;
    this.#entries = entries;
    this.#slots.grow(entries + 1);
    this.#segments.grow(entries + 1);
    this.#segments.divide(entries, this.division);
    this.#makeRoom();
  }

  #makeRoom(): void {
    while (this.#segments.size > this.#entries) {
      const victim = this.#segments.victim();
      this.#slots.remove(victim);
      this.#segments.evict(victim);
      this.#free.push(victim);
    }
  }
}
