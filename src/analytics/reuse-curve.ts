import { BINS, binOf, shareFrom } from './size-bins.ts';
import type { Traffic } from './traffic.ts';

/** Keys are counted in so many groups: as these differ from each other, so would another sample. */
const GROUP_SHIFT = 3;
const GROUPS = 2 ** GROUP_SHIFT;

/** Which size of the sample stands for a size is uncertain by so much of what it would be, were nothing known of the entries that are there. */
const SCALE_DOUBT = 0.5;
/** Deviations to a side: of 100 samples, 95 are no further off. */
const DEVIATIONS = 2;

/** How much a cache of some size would hit. */
export interface CurvePoint {
  readonly entries: number;
  readonly hitRatio: number;
  /** Of 100 samples, 95 would be no further off than this. */
  readonly margin: number;
}

/** What was counted, all together and by group. */
interface Weighed {
  readonly all: number;
  readonly groups: Float64Array;
}

/**
 * The hit ratio of an LRU cache by its size: of sampled requests, how large a cache
 * would have had to be to hit.
 *
 * A sample is never quite like the whole, for a hot key is in it or is not. So requests
 * that the live cache answered and those it did not are sampled apart, and what share of
 * either a cache of another size would miss is applied to how many there were in full:
 * near the present size hardly anything is left to chance. (SHARDS-adj corrects by the
 * count of requests; this is the same for two strata. Neyman, "On the Two Different
 * Aspects of the Representative Method", 1934.) 19 KB.
 */
export class ReuseCurve {
  readonly #traffic: Traffic;
  /** By size and group: requests that missed, and that hit, and from which size on they would have hit. */
  readonly #missed = new Float32Array(BINS * GROUPS);
  readonly #hit = new Float32Array(BINS * GROUPS);
  /** The same requests, by up to which size that could be told. Those that hit are counted in full. */
  readonly #seenMissed = new Float32Array(BINS * GROUPS);
  readonly #seenHit = new Float64Array(BINS);
  #samples = 0;
  /** What was counted before, aged; and where counting began anew. */
  #agedHits = 0;
  #agedArrivals = 0;
  #hitsBefore: number;
  #arrivalsBefore: number;
  #hitsSeen: number;

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
    this.#hitsBefore = traffic.hits;
    this.#hitsSeen = traffic.hits;
    this.#arrivalsBefore = traffic.arrivals;
  }

  /** How many requests were followed. */
  get samples(): number {
    return this.#samples;
  }

  get bytes(): number {
    return this.#missed.byteLength + this.#hit.byteLength + this.#seenMissed.byteLength + this.#seenHit.byteLength;
  }

  /**
   * A request missed that a cache of more entries than `size` would have answered.
   *
   * @param reach up to which size that could be told.
   * @param key any number that stands for the key.
   * @param weight how many requests this one stands for.
   */
  missed(size: number, reach: number, key: number, weight: number): void {
    const group = key & (GROUPS - 1);
    const at = (binOf(Math.min(size, reach)) << GROUP_SHIFT) | group;
    const seenAt = (binOf(reach) << GROUP_SHIFT) | group;
    this.#missed[at] = this.#missed[at]! + weight;
    this.#seenMissed[seenAt] = this.#seenMissed[seenAt]! + weight;
    this.#samples += 1;
  }

  /** A request hit that a cache of `size` entries or fewer would have missed. */
  hit(size: number, key: number, weight: number): void {
    const at = (binOf(size) << GROUP_SHIFT) | (key & (GROUPS - 1));
    this.#hit[at] = this.#hit[at]! + weight;
    this.#samples += 1;
  }

  /** Up to which size it could be told of the hits since this was said last; 0 where of none. */
  seen(reach: number): void {
    const { hits } = this.#traffic;
    const bin = binOf(reach);
    this.#seenHit[bin] = this.#seenHit[bin]! + hits - this.#hitsSeen;
    this.#hitsSeen = hits;
  }

  /** What was counted until now counts half from now on. */
  age(): void {
    [this.#agedHits, this.#agedArrivals] = [this.#hits / 2, this.#arrivals / 2];
    [this.#hitsBefore, this.#arrivalsBefore] = [this.#traffic.hits, this.#traffic.arrivals];
    for (const counts of [this.#missed, this.#hit, this.#seenMissed, this.#seenHit]) {
      for (let at = 0; at < counts.length; at += 1) counts[at] = counts[at]! / 2;
    }
    this.#samples /= 2;
  }

  /**
   * The hit ratio of a cache with room for so many entries; `undefined` where nothing is known of it.
   *
   * @param rate of sampling: the less, the less certain it is.
   */
  at(entries: number, rate: number): CurvePoint | undefined {
    const uncertain = 1 + SCALE_DOUBT * Math.sqrt((1 - rate) / (rate * entries));
    const point = this.#estimate(entries);
    const [less, more] = [this.#estimate(entries / uncertain), this.#estimate(entries * uncertain)];
    if (point === undefined || less === undefined || more === undefined) return undefined;
    const margin = DEVIATIONS * Math.hypot(point.deviation * Math.sqrt(1 - rate), (more.hitRatio - less.hitRatio) / 2);
    return { entries, hitRatio: point.hitRatio, margin };
  }

  get #hits(): number {
    return this.#agedHits + this.#traffic.hits - this.#hitsBefore;
  }

  get #arrivals(): number {
    return this.#agedArrivals + this.#traffic.arrivals - this.#arrivalsBefore;
  }

  #estimate(entries: number): { hitRatio: number; deviation: number } | undefined {
    const [hits, arrivals] = [this.#hits, this.#arrivals];
    const seenMissed = weighedFrom(entries, this.#seenMissed);
    const seenHits = this.#seenHit.reduce((sum, count, bin) => sum + count * shareFrom(entries, bin), 0);
    if ((hits > 0 && seenHits === 0) || (arrivals > 0 && seenMissed.all === 0) || hits + arrivals === 0) return undefined;
    const [perMiss, perHit] = [arrivals / (seenMissed.all || 1), hits / (seenHits || 1)];
    const missed = weighedFrom(entries, this.#missed);
    const hit = weighedFrom(entries, this.#hit);
    const misses = Math.min(arrivals, missed.all * perMiss) + Math.min(hits, hit.all * perHit);
    // A group with more keys has more misses; only what is beyond that is chance.
    let squares = 0;
    for (let group = 0; group < GROUPS; group += 1) {
      const share = seenMissed.all > 0 ? seenMissed.groups[group]! / seenMissed.all : 1 / GROUPS;
      squares += (missed.groups[group]! * perMiss + hit.groups[group]! * perHit - misses * share) ** 2;
    }
    const deviation = Math.sqrt((squares * GROUPS) / (GROUPS - 1)) / (hits + arrivals);
    return { hitRatio: 1 - misses / (hits + arrivals), deviation };
  }
}

/** What was counted of sizes from `entries` up. */
function weighedFrom(entries: number, counts: Float32Array): Weighed {
  const groups = new Float64Array(GROUPS);
  for (let at = 0; at < counts.length; at += 1) {
    const group = at & (GROUPS - 1);
    groups[group] = groups[group]! + counts[at]! * shareFrom(entries, at >> GROUP_SHIFT);
  }
  return { all: groups.reduce((sum, weight) => sum + weight, 0), groups };
}
