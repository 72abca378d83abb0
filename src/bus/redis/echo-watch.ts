import type { Clock } from '../../time/clock.ts';
import { isAfter, type StreamId } from './stream-entries.ts';

/** What is written and not read back for so long went to another server than the one that is read. */
const PATIENCE_MS = 5_000;

/** Sees to it that what one connection writes is what the other reads. */
export class EchoWatch {
  readonly #clock: Clock;
  /** The oldest that was written and not read back, and when it was written. */
  #awaited: { readonly id: StreamId; readonly since: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An entry was written. */
  wrote(id: StreamId): void {
    this.#awaited ??= { id, since: this.#clock.monotonic() };
  }

  /** Whether what was written should have been read by now, when the reader has come to `readAt`. */
  isOverdue(readAt: StreamId): boolean {
    if (this.#awaited && !isAfter(this.#awaited.id, readAt)) this.#awaited = undefined;
    return this.#awaited !== undefined && this.#clock.monotonic() - this.#awaited.since > PATIENCE_MS;
  }

  /** Begins anew. */
  reset(): void {
    this.#awaited = undefined;
  }
}
