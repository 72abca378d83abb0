/** A key, and about how often it was read. */
export interface HotKey {
  readonly key: string;
  /** Never too small; too large by at most the least count in the list. */
  readonly reads: number;
}

/**
 * The keys read most, in a list of fixed length, however many there are.
 *
 * Space-Saving: Metwally, Agrawal and El Abbadi, "Efficient Computation of
 * Frequent and Top-k Elements in Data Streams" (2005). A key that is not in the
 * list takes the place of the one read least, and its count.
 */
export class HotKeys {
  readonly #length: number;
  readonly #reads = new Map<string, number>();

  /** @param length how many keys are counted; the top tenth of them is sound. */
  constructor(length: number) {
    this.#length = length;
  }

  /** Counts one read. */
  count(key: string): void {
    const reads = this.#reads.get(key);
    if (reads !== undefined) this.#reads.set(key, reads + 1);
    else if (this.#reads.size < this.#length) this.#reads.set(key, 1);
    else this.#replaceLeast(key);
  }

  /** The keys read most, most first. */
  top(count: number): HotKey[] {
    const all = [...this.#reads].map(([key, reads]) => ({ key, reads }));
    return all.sort((a, b) => b.reads - a.reads || (a.key < b.key ? -1 : 1)).slice(0, count);
  }

  #replaceLeast(key: string): void {
    let leastKey = '';
    let least = Infinity;
    for (const [known, reads] of this.#reads) {
      if (reads >= least) continue;
      leastKey = known;
      least = reads;
    }
    this.#reads.delete(leastKey);
    this.#reads.set(key, least + 1);
  }
}
