const WIDTH = 24;

/** A bar on the last line of a terminal, for work that takes a while; nothing where nobody watches. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  #isShown = false;

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out;
  }

  /** What is being done, and how far all of it is, from 0 to 1. */
  tell(what: string, share: number): void {
    if (!this.#out.isTTY) return;
    const full = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
    this.#out.write(`\r\u001b[2K${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${what}`);
    this.#isShown = true;
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#isShown) this.#out.write('\r\u001b[2K');
    this.#isShown = false;
  }
}
