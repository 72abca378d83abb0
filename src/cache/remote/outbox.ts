/** Errands that failed wait up to this many; past it the oldest is given up, and only its fence remains. */
const MAX_WAITING = 10_000;

/** Something to be written to a tier, as often as it takes. */
export interface Errand<T> {
  /** Does it, or does it again: it is conditional on versions, so that again does no harm. */
  run(): Promise<T>;
  /** The tier has taken it. */
  done(): void;
  /** What is to be done later instead, when it failed; itself when absent. */
  readonly instead?: Errand<unknown>;
}

/** What was to be written to a remote tier and failed: it is tried again when the tier answers. */
export class Outbox {
  readonly #waiting: Errand<unknown>[] = [];
  #isTrying = false;
  /** Errands given up, for too many were waiting. */
  dropped = 0;

  get size(): number {
    return this.#waiting.length;
  }

  /** Runs an errand. @throws what it throws; it waits for its next try then. */
  async send<T>(errand: Errand<T>): Promise<T> {
    try {
      const result = await errand.run();
      errand.done();
      return result;
    } catch (error) {
      this.#waiting.push(errand.instead ?? errand);
      if (this.#waiting.length > MAX_WAITING) {
        this.#waiting.shift();
        this.dropped += 1;
      }
      throw error;
    }
  }

  /** The tier answers: tries what is waiting, oldest first, until one fails again. */
  async tryAgain(): Promise<void> {
    if (this.#isTrying || this.#waiting.length === 0) return;
    this.#isTrying = true;
    try {
      for (let errand = this.#waiting[0]; errand; errand = this.#waiting[0]) {
        await errand.run();
        errand.done();
        this.#waiting.shift();
      }
    } catch {
      // The tier fails again: its next answer is the next chance.
    } finally {
      this.#isTrying = false;
    }
  }
}
