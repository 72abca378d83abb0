/** Keys of errands that failed wait up to this many; past it the oldest errand is given up. */
const MAX_WAITING_KEYS = 10_000;

/** What waits may take so many bytes; past it an errand that can do without them does. */
const MAX_WAITING_BYTES: number = 64 * 1_024 * 1_024;

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
  /** The bytes it holds while it waits. @default 0 */
  readonly bytes?: number;
  /** The same without the bytes, as well as it can be done; for when there is no room for them. */
  readonly lean?: Errand<unknown>;
}

/** What was to be written to a remote tier and failed: it is tried again when the tier answers. */
export class Outbox {
  readonly #waiting: Errand<unknown>[] = [];
  #keys = 0;
  #bytes = 0;
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
        this.#count(errand, 1);
        break;
      }
    }
    this.#isTrying = false;
  }

  #wait(errand: Errand<unknown>): void {
    const kept = errand.lean && this.#bytes + (errand.bytes ?? 0) > MAX_WAITING_BYTES ? errand.lean : errand;
    this.#waiting.push(kept);
    this.#count(kept, 1);
    while (this.#keys > MAX_WAITING_KEYS && this.#waiting.length > 1) {
      this.#take()?.giveUp();
      this.dropped += 1;
    }
  }

  #take(): Errand<unknown> | undefined {
    const errand = this.#waiting.shift();
    if (errand) this.#count(errand, -1);
    return errand;
  }

  #count({ size, bytes = 0 }: Errand<unknown>, sign: 1 | -1): void {
    this.#keys += sign * size;
    this.#bytes += sign * bytes;
  }
}
