const BLOCKS = 512;
/** So many blocks have one sum. */
const SPAN_SHIFT = 4;
const SPAN = 2 ** SPAN_SHIFT;
/** Blocks that are joined hold a part of the keys used after them: one in so many. */
const FINENESS = 16;

/** The block of keys that were used too long ago to be told apart, or never. How many they are is not asked. */
export const LONG_AGO = 0;

/**
 * How many keys were used since another was: the LRU stack distance (Mattson et al.,
 * "Evaluation techniques for storage hierarchies", IBM Systems Journal, 1970).
 *
 * Keys used one after another are counted as one block, and those of a block are taken
 * to lie in its middle, after Saemundsson et al., "Dynamic Performance Profiling of
 * Cloud Caches" (SoCC 2014): a use costs two counts and a short sum, and no tree is kept.
 * Who uses it keeps the block of each key.
 */
export class UseOrder {
  readonly #sizes = new Uint16Array(BLOCKS);
  readonly #sums = new Uint16Array(BLOCKS / SPAN);
  #newest = LONG_AGO + 1;
  #blockLength = 1;
  #usesLeft = 1;

  /** Whether blocks have to be joined before the next use. */
  get isFull(): boolean {
    return this.#usesLeft === 0 && this.#newest === BLOCKS - 1;
  }

  get bytes(): number {
    return this.#sizes.byteLength + this.#sums.byteLength;
  }

  /** The block of what was used last. */
  get newest(): number {
    return this.#newest;
  }

  /** What is used from now on is in other blocks than what was used before. */
  endBlock(): void {
    this.#usesLeft = 0;
  }

  /** A key is used now. Returns its block. */
  add(): number {
    if (this.#usesLeft === 0) {
      this.#newest += 1;
      this.#usesLeft = this.#blockLength;
    }
    this.#usesLeft -= 1;
    this.#count(this.#newest, 1);
    return this.#newest;
  }

  /** A key is in `block` no more. */
  remove(block: number): void {
    this.#count(block, -1);
  }

  /** How many keys were used since one of `block` was. */
  since(block: number): number {
    return ((this.#sizes[block]! - 1) >> 1) + this.after(block);
  }

  /** How many keys are in blocks after `block`. */
  after(block: number): number {
    const sizes = this.#sizes;
    const newest = this.#newest;
    let keys = 0;
    let at = block + 1;
    for (; at <= newest && at % SPAN !== 0; at += 1) keys += sizes[at]!;
    if (at > newest) return keys;
    const sums = this.#sums;
    for (let span = at >> SPAN_SHIFT, last = newest >> SPAN_SHIFT; span <= last; span += 1) keys += sums[span]!;
    return keys;
  }

  /**
   * Joins blocks, the more the longer ago they were used. Returns the new block for each old one.
   *
   * @param blockLength uses to a block from now on.
   * @param depth what was used before so many others was used long ago.
   */
  join(blockLength: number, depth: number): Uint16Array {
    const joined = new Uint16Array(BLOCKS);
    let groups = 0;
    let inGroup = 0;
    let after = 0;
    for (let block = this.#newest; block > LONG_AGO && after < depth; block -= 1) {
      const size = this.#sizes[block]!;
      if (groups === 0 || inGroup + size > Math.max(blockLength, after / FINENESS)) {
        groups += 1;
        inGroup = 0;
      }
      joined[block] = groups;
      inGroup += size;
      after += size;
    }
    const sizes = this.#sizes.slice();
    this.#sizes.fill(0);
    this.#sums.fill(0);
    for (let block = LONG_AGO; block <= this.#newest; block += 1) {
      // They were numbered from the newest.
      if (joined[block] !== LONG_AGO) joined[block] = groups + 1 - joined[block]!;
      this.#count(joined[block]!, sizes[block]!);
    }
    this.#newest = groups;
    this.#blockLength = blockLength;
    this.endBlock();
    return joined;
  }

  #count(block: number, keys: number): void {
    const sums = this.#sums;
    this.#sizes[block] = this.#sizes[block]! + keys;
    sums[block >> SPAN_SHIFT] = sums[block >> SPAN_SHIFT]! + keys;
  }
}
