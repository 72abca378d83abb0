/** At first so many uses are followed: a few milliseconds in all. */
const FIRST_LENGTH = 2 ** 17;
/** Or as many as there are of so many hits, and of so many for each entry: of a large cache fewer are. */
const FIRST_HITS = 2 ** 22;
const FIRST_HITS_PER_ENTRY = 64;
/** After that, so many for each sampled entry. */
const LENGTH_PER_RESIDENT = 32;
const MIN_LENGTH = 1_024;
/** In the long run one of so many hits is followed. */
const HITS_PER_FOLLOWED = 256;
/** And it rests so many times as long as it watches: merely to be asked costs, too. */
const RESTS_PER_WATCH = 15;

/**
 * When a sample follows what is used, and when it rests.
 *
 * It watches until it knows a new cache well. From then on it watches now and then, and
 * rests until that was little beside all there was. It reckons in hits, and knows no time.
 */
export class Watch {
  #length: number;
  #followed = 0;
  #beganAt: number;
  #isFirst = true;
  #restsUntil = 0;
  #isResting = false;

  /**
   * @param hits that the cache has had.
   * @param length how many of its uses are followed before the first rest.
   */
  constructor(hits: number, length: number = FIRST_LENGTH) {
    this.#length = length;
    this.#beganAt = hits;
  }

  get isResting(): boolean {
    return this.#isResting;
  }

  /** A use was followed. */
  count(): void {
    this.#followed += 1;
  }

  /** Whether it was long enough, when the cache has had so many hits and has so many entries. */
  isOver(hits: number, entries: number): boolean {
    if (this.#followed >= this.#length) return true;
    return this.#isFirst && hits - this.#beganAt >= Math.max(FIRST_HITS, FIRST_HITS_PER_ENTRY * entries);
  }

  /** Whether the rest was long enough. */
  isRested(hits: number): boolean {
    return hits >= this.#restsUntil;
  }

  /** Rests from now on. */
  rest(hits: number, residents: number): void {
    const hitsPerFollowed = (hits - this.#beganAt) / Math.max(1, this.#followed);
    this.#length = Math.max(MIN_LENGTH, LENGTH_PER_RESIDENT * residents);
    this.#restsUntil = hits + this.#length * Math.max(HITS_PER_FOLLOWED, RESTS_PER_WATCH * hitsPerFollowed);
    this.#isResting = true;
  }

  /** Watches from now on. */
  resume(hits: number): void {
    this.#isResting = false;
    this.#followed = 0;
    this.#beganAt = hits;
    this.#isFirst = false;
  }
}
