/** Cuts are remembered up to this many while a lookup is under way; past it, all lookups under way are cut. */
const MAX_CUTS = 10_000;

/** A look into the remote tiers that is under way. */
export interface Lookup {
  readonly begunAt: number;
}

/**
 * Fences the looks into remote tiers: what a lookup finds must not enter memory
 * when its key was invalidated after the lookup began. Cuts are counted, and
 * remembered only while a lookup is under way.
 */
export class Lookups {
  readonly #cuts = new Map<string, number>();
  #count = 0;
  #allCutAt = 0;
  #open = 0;

  begin(): Lookup {
    this.#open += 1;
    return { begunAt: this.#count };
  }

  end(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#cuts.clear();
  }

  isCut(lookup: Lookup, key: string): boolean {
    return this.#allCutAt > lookup.begunAt || (this.#cuts.get(key) ?? 0) > lookup.begunAt;
  }

  cut(key: string): void {
    if (this.#open === 0) return;
    this.#count += 1;
    if (this.#cuts.size < MAX_CUTS) this.#cuts.set(key, this.#count);
    else this.cutAll();
  }

  cutAll(): void {
    this.#count += 1;
    this.#allCutAt = this.#count;
    this.#cuts.clear();
  }
}
