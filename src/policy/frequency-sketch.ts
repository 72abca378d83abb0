import { remixed } from './key-hash.ts';

/** Counters are of four bits. */
const MAX_COUNT = 15;

/** Words of 32 bits to an entry, and in a block: the 64 bytes that a processor fetches at once. */
const WORDS_PER_ENTRY = 2;
const BLOCK_WORDS = 16;
const MIN_ENTRIES = 64;

/** After so many counts for each entry there is room for, all are halved: old fame fades. */
const SAMPLES_PER_ENTRY = 10;

/**
 * How often keys were seen lately, roughly and in little memory: a count-min sketch
 * of 4-bit counters, four to a key in one block, halved by and by.
 *
 * Cormode and Muthukrishnan, "An Improved Data Stream Summary" (2005); its aging is
 * that of Einziger, Friedman and Manes, "TinyLFU: A Highly Efficient Cache Admission
 * Policy" (ACM Transactions on Storage, 2017). It never tells less than was counted since
 * the last halving, up to 15. 8 to 16 bytes an entry.
 */
export class FrequencySketch {
  #words = new Uint32Array(MIN_ENTRIES * WORDS_PER_ENTRY);
  #blockMask = (MIN_ENTRIES * WORDS_PER_ENTRY) / BLOCK_WORDS - 1;
  #period = MIN_ENTRIES * SAMPLES_PER_ENTRY;
  #counted = 0;

  /** Makes it fit so many entries; what it has counted stays. */
  resize(capacity: number): void {
    let entries = MIN_ENTRIES;
    while (entries < capacity) entries *= 2;
    this.#period = Math.max(capacity, MIN_ENTRIES) * SAMPLES_PER_ENTRY;
    const length = entries * WORDS_PER_ENTRY;
    while (this.#words.length < length) this.#words = doubled(this.#words);
    while (this.#words.length > length) this.#words = folded(this.#words);
    this.#blockMask = length / BLOCK_WORDS - 1;
  }

  /** Counts a key that was seen so many times. */
  add(hash: number, times = 1): void {
    const words = this.#words;
    const block = (hash & this.#blockMask) * BLOCK_WORDS;
    const mix = remixed(hash);
    let counted = 0;
    for (let quarter = 0; quarter < 4; quarter += 1) {
      const byte = mix >>> (quarter * 8);
      const at = block + quarter * 4 + (byte & 3);
      const shift = byte & 0x1c;
      const word = words[at]!;
      const more = Math.min(times, MAX_COUNT - ((word >>> shift) & MAX_COUNT));
      words[at] = word + (more << shift);
      if (more > counted) counted = more;
    }
    this.#counted += counted;
    if (this.#counted >= this.#period) this.#age();
  }

  /** How often a key was counted lately, 0 to 15. */
  estimate(hash: number): number {
    const words = this.#words;
    const block = (hash & this.#blockMask) * BLOCK_WORDS;
    const mix = remixed(hash);
    let least = MAX_COUNT;
    for (let quarter = 0; quarter < 4; quarter += 1) {
      const byte = mix >>> (quarter * 8);
      const count = (words[block + quarter * 4 + (byte & 3)]! >>> (byte & 0x1c)) & MAX_COUNT;
      if (count < least) least = count;
    }
    return least;
  }

  #age(): void {
    const words = this.#words;
    for (let at = 0; at < words.length; at += 1) words[at] = (words[at]! >>> 1) & 0x7777_7777;
    this.#counted = 0;
  }
}

/** With one more bit of the hash to choose a block by, a key's block is in the one half or in the other: both get what there was. */
function doubled(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(words.length * 2);
  larger.set(words);
  larger.set(words, words.length);
  return larger;
}

/** Two blocks become one: of each counter the larger, so that no key was seen less often than it was. */
function folded(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const smaller = words.slice(0, words.length / 2);
  for (let at = 0; at < smaller.length; at += 1) {
    const [one, other] = [words[at]!, words[at + smaller.length]!];
    let word = 0;
    for (let shift = 0; shift < 32; shift += 4) word |= Math.max((one >>> shift) & MAX_COUNT, (other >>> shift) & MAX_COUNT) << shift;
    smaller[at] = word;
  }
  return smaller;
}
