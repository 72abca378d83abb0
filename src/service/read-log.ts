import type { Clock } from '../time/clock.ts';
import { type HotKey, HotKeys } from './hot-keys.ts';
import { RecentReads, type Totals } from './recent-reads.ts';
import type { WireWindow } from './wire.ts';

/** Is told how long each read took, in milliseconds. */
export type ReadListener = (kind: string, durationMs: number) => void;

/** Counts as many keys as this to find those read most. */
const COUNTED_KEYS = 512;

/** What is read through the service: which keys, and how long it takes. */
export class ReadLog {
  readonly #clock: Clock;
  readonly #hot = new HotKeys(COUNTED_KEYS);
  readonly #recent = new RecentReads();
  readonly #listener: ReadListener;

  constructor(clock: Clock, listener: ReadListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  /** Runs a read of keys of one kind, and notes it, whether it succeeds or fails. */
  async timed<T>(kind: string, keys: readonly string[], read: () => Promise<T>): Promise<T> {
    const begunAt = this.#clock.monotonic();
    try {
      return await read();
    } finally {
      const durationMs = this.#clock.monotonic() - begunAt;
      this.#recent.record(durationMs);
      this.#listener(kind, durationMs);
      for (const key of keys) this.#hot.count(`${kind}:${key}`);
    }
  }

  /** Notes the totals of this moment; to be called once a second. */
  note(totals: Totals): void {
    this.#recent.note(this.#clock.monotonic(), totals);
  }

  window(): WireWindow {
    return this.#recent.window();
  }

  hottest(count: number): HotKey[] {
    return this.#hot.top(count);
  }
}
