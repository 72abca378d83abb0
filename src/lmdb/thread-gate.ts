const IDLE = 0;
const BUSY = 1;
const SHUT = 2;

/**
 * Keeps a thread from being ended in the middle of its work, where lmdb-js would
 * take the process with it: whoever ends the thread shuts the gate first.
 */
export class ThreadGate {
  /** What both threads share. */
  readonly state: Int32Array;

  constructor(state: Int32Array = new Int32Array(new SharedArrayBuffer(4))) {
    this.state = state;
  }

  /** Does a piece of work, unless the gate was shut. */
  pass(work: () => void): void {
    if (Atomics.compareExchange(this.state, 0, IDLE, BUSY) === SHUT) return;
    try {
      work();
    } finally {
      Atomics.store(this.state, 0, IDLE);
      Atomics.notify(this.state, 0);
    }
  }

  /** Lets no more work begin, and waits up to `ms` for the end of what is being done. */
  shut(ms: number): void {
    while (Atomics.compareExchange(this.state, 0, IDLE, SHUT) === BUSY) {
      if (Atomics.wait(this.state, 0, BUSY, ms) === 'timed-out') return;
    }
  }
}
