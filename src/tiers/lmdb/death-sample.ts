/** How many deaths a sample knows. */
const CAPACITY = 1_024;

/**
 * When the entries of a store die, by a sample in proportion to their bytes: one
 * for each so many bytes that pass by, the last of them, which are about as many
 * as the store has.
 */
export class DeathSample {
  readonly #deaths: Float64Array = new Float64Array(CAPACITY);
  #stepBytes = 1;
  #count = 0;
  #passedBytes = 0;

  /** Spreads the sample over so many bytes. */
  spread(bytes: number): void {
    this.#stepBytes = Math.max(1, bytes / CAPACITY);
  }

  /** Takes note of an entry that was written, or come by. */
  note(deadAt: number, bytes: number): void {
    this.#passedBytes += bytes;
    for (let n = 0; n < CAPACITY && this.#passedBytes >= this.#stepBytes; n += 1) {
      this.#passedBytes -= this.#stepBytes;
      this.#deaths[this.#count % CAPACITY] = deadAt;
      this.#count += 1;
    }
  }

  /** The instant before which about `share` of the bytes die; as long as none are known, the beginning of time. */
  soonest(share: number): number {
    const known = this.#deaths.slice(0, Math.min(this.#count, CAPACITY)).sort();
    return known[Math.min(Math.floor(share * known.length), known.length - 1)] ?? Number.NEGATIVE_INFINITY;
  }
}
