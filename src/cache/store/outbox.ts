/** Keys of errands that failed wait up to this many; past it the oldest errand is given up. */
const MAX_WAITING_KEYS = 10_000;

/** Something to be written to a tier, as often as it takes. */
export interface Errand<T> {
  /** How many keys it is about. */
  readonly size: number;
  /** Does it, or does it again: it is conditional on versions, so that again does no harm. */
  run(): Promise<T>;
  /** The tier has taken it. */
  done(): void;
  /** It will not be tried again, for too much is waiting. */
  giveUp(): void;
  /** What is to be done later instead, when it failed; itself when absent. */
  readonly instead?: Errand<unknown>;
}

/** What was to be written to a remote tier and failed: it is tried again when the tier answers. */
export class Outbox {
  readonly #waiting: Errand<unknown>[] = [];
  #keys = 0;
  #isTrying = false;
  /** Errands given up. */
  dropped = 0;

  /** Errands that wait for their next try. */
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
      this.#wait(errand.instead ?? errand);
      throw error;
    }
  }

  /** The tier answers: tries what is waiting, oldest first, until one fails again. */
  async tryAgain(): Promise<void> {
    if (this.#isTrying) return;
    this.#isTrying = true;
    for (let errand = this.#take(); errand; errand = this.#take()) {
      try {
        await errand.run();
        errand.done();
      } catch {
        // The tier fails again: its next answer is the next chance.
        this.#waiting.unshift(errand);
        this.#keys += errand.size;
        break;
      }
    }
    this.#isTrying = false;
  }

  #wait(errand: Errand<unknown>): void {
    this.#waiting.push(errand);
    this.#keys += errand.size;
    while (this.#keys > MAX_WAITING_KEYS && this.#waiting.length > 1) {
      this.#take()?.giveUp();
      this.dropped += 1;
    }
  }

  #take(): Errand<unknown> | undefined {
    const errand = this.#waiting.shift();
    if (errand) this.#keys -= errand.size;
    return errand;
  }
}
