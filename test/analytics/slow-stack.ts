/** All keys ever used, the newest first: how large an LRU cache has to be to hit, exactly and slowly. */
export class SlowStack {
  #keys: number[] = [];
  /** How many requests had so many others since; those that had never been made under `undefined`. */
  readonly #counts = new Map<number | undefined, number>();
  #requests = 0;

  ask(key: number): void {
    const at = this.#keys.indexOf(key);
    if (at !== -1) this.#keys.splice(at, 1);
    this.#keys.unshift(key);
    const distance = at === -1 ? undefined : at;
    this.#counts.set(distance, (this.#counts.get(distance) ?? 0) + 1);
    this.#requests += 1;
  }

  forget(key: number): void {
    this.#keys = this.#keys.filter((other) => other !== key);
  }

  hitRatioAt(entries: number): number {
    let hits = 0;
    for (const [distance, count] of this.#counts) if (distance !== undefined && distance < entries) hits += count;
    return hits / this.#requests;
  }
}
