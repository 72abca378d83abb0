/** Lets wait for something to be there that comes and goes. */
export class Gate {
  #isOpen = false;
  #opened: Promise<void>;
  #tell: () => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#opened = promise;
    this.#tell = resolve;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Resolves when it is open, or opens for the next time. */
  get opened(): Promise<void> {
    return this.#opened;
  }

  open(): void {
    this.#isOpen = true;
    this.#tell();
  }

  shut(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#opened = promise;
    this.#tell = resolve;
  }
}
