/** Hashes to a set: the 64 bytes that a processor fetches at once. */
const SET_LENGTH = 16;

/** No hash. A key that has this one is not remembered. */
const EMPTY = 0;

/**
 * The keys that left last, by their hashes and without anything else: a key that comes
 * back while it is remembered was turned away too early.
 *
 * A hash has its place in one set of several, and each set remembers those that came
 * last: about as many in all as the limit says, of which some leave a little early and
 * some a little late. 4 to 8 bytes a key remembered.
 */
export class GhostKeys {
  /** Set by set, in each the newest first. */
  #hashes = new Int32Array(SET_LENGTH);
  #setMask = 0;
  /** A set remembers so many. */
  #depth = 0;

  /** Remembers about so many from now on, and exactly so many where that is no more than one set. */
  resize(limit: number): void {
    while (this.#hashes.length < limit) {
      // With one more bit of the hash to choose a set by, a key's set is in the one half or in the other: both get what there was.
      const hashes = new Int32Array(this.#hashes.length * 2);
      hashes.set(this.#hashes);
      hashes.set(this.#hashes, this.#hashes.length);
      this.#hashes = hashes;
      this.#setMask = this.#setMask * 2 + 1;
    }
    const depth = limit === 0 ? 0 : Math.max(1, Math.round(limit / (this.#setMask + 1)));
    for (let at = depth; at < this.#depth; at += 1)
      for (let set = 0; set < this.#hashes.length; set += SET_LENGTH) this.#hashes[set + at] = EMPTY;
    this.#depth = depth;
  }

  add(hash: number): void {
    const hashes = this.#hashes;
    const first = this.#setOf(hash);
    const end = first + this.#depth;
    // Each takes the place of the next older, until one that was taken leaves a place, or the oldest is forgotten.
    let newer = hash;
    for (let at = first; at < end && newer !== EMPTY; at += 1) {
      const older = hashes[at]!;
      hashes[at] = newer;
      newer = older;
    }
  }

  /** Whether a key left lately; it is forgotten then, for it is back. */
  take(hash: number): boolean {
    if (hash === EMPTY) return false;
    const first = this.#setOf(hash);
    for (let at = first; at < first + this.#depth; at += 1) {
      if (this.#hashes[at] !== hash) continue;
      this.#hashes[at] = EMPTY;
      return true;
    }
    return false;
  }

  #setOf(hash: number): number {
    return (hash & this.#setMask) * SET_LENGTH;
  }
}
