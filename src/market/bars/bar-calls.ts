import { LoadGate } from '../../cache/loading/load-gate.ts';
import { LoadTimeoutError } from '../../errors.ts';
import type { Clock } from '../../time/clock.ts';
import type { Bar } from '../bar.ts';
import type { BarCall, BarSource } from './bar-source.ts';

/** Calls that may wait for their turn; more are refused. */
const MAX_WAITING = 100_000;

/** Calls of a source of bars: so many at a time, each within a deadline. */
export class BarCalls {
  readonly #source: BarSource;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #gate: LoadGate;

  constructor(source: BarSource, clock: Clock, deadlineMs: number, maxConcurrent: number) {
    this.#source = source;
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
    this.#gate = new LoadGate('bars', maxConcurrent, MAX_WAITING);
  }

  /** @throws LoadTimeoutError when the source took too long, LoadOverloadError when too many wait; and whatever the source throws. */
  async make(call: Omit<BarCall, 'signal'>): Promise<readonly Bar[]> {
    await this.#gate.enter();
    const abort = new AbortController();
    const late = Promise.withResolvers<never>();
    const cancel = this.#clock.after(
      this.#deadlineMs,
      () => {
        const error = new LoadTimeoutError(`${call.symbol}:${call.interval}`, this.#deadlineMs);
        abort.abort(error);
        late.reject(error);
      },
      true,
    );
    try {
      return await Promise.race([this.#source({ ...call, signal: abort.signal }), late.promise]);
    } finally {
      cancel();
      this.#gate.leave();
    }
  }
}
