import { LoadOverloadError } from '../../errors.ts';

/** Lets a kind's loads in, so many at once, the rest in the order they came. */
export class LoadGate {
  readonly #kind: string;
  readonly #limit: number;
  readonly #maxQueued: number;
  readonly #queue: (() => void)[] = [];
  #inside = 0;
  #head = 0;

  constructor(kind: string, limit: number, maxQueued: number) {
    this.#kind = kind;
    this.#limit = limit;
    this.#maxQueued = maxQueued;
  }

  /** Loads that run. */
  get running(): number {
    return this.#inside;
  }

  /** Loads that wait. */
  get queued(): number {
    return this.#queue.length - this.#head;
  }

  /**
   * Waits for a turn; `undefined` when it is at once. Whoever was let in calls
   * {@link LoadGate.leave} when done.
   *
   * @throws LoadOverloadError when too many wait already.
   */
  enter(): Promise<void> | undefined {
    if (this.#inside < this.#limit) {
      this.#inside += 1;
      return undefined;
    }
    if (this.queued >= this.#maxQueued) throw new LoadOverloadError(this.#kind, this.queued);
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  /** The place goes to the one that waited longest. */
  leave(): void {
    const next = this.#queue[this.#head];
    if (!next) {
      this.#inside -= 1;
      return;
    }
    this.#head += 1;
    if (this.#head > 1_024 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    next();
  }
}
