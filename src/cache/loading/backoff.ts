/** Keys are remembered up to this many; the oldest are forgotten first, which costs a load too early. */
const MAX_KEYS = 10_000;

interface Failure {
  readonly count: number;
  readonly until: number;
}

/** Remembers which refreshes failed, and how long to leave the source alone. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #random: () => number;
  readonly #failures = new Map<string, Failure>();

  constructor(firstMs: number, longestMs: number, random: () => number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#random = random;
  }

  get size(): number {
    return this.#failures.size;
  }

  /** Whether the source should be left alone for `key` at `now`. */
  isWaiting(key: string, now: number): boolean {
    if (this.#failures.size === 0) return false;
    const failure = this.#failures.get(key);
    return failure !== undefined && now < failure.until;
  }

  /** The wait doubles with each failure in a row, and is up to a quarter longer at random. */
  failed(key: string, now: number): void {
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    const waitMs = Math.min(this.#firstMs * 2 ** (count - 1), this.#longestMs) * (1 + this.#random() / 4);
    this.#failures.delete(key);
    this.#failures.set(key, { count, until: now + waitMs });
    if (this.#failures.size > MAX_KEYS) {
      for (const oldest of this.#failures.keys()) {
        this.#failures.delete(oldest);
        break;
      }
    }
  }

  succeeded(key: string): void {
    if (this.#failures.size > 0) this.#failures.delete(key);
  }

  clear(): void {
    this.#failures.clear();
  }
}
