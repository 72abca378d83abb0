import { FakeClock } from '../../../src/testing/fake-clock.ts';
import type { Cancel } from '../../../src/time/clock.ts';
import { soon } from '../peer.ts';

/** A clock that stands still, and notes for how long timers are set. */
export class NotingClock extends FakeClock {
  readonly delays: number[] = [];

  override after(delayMs: number, action: () => void): Cancel {
    this.delays.push(Math.round(delayMs));
    return super.after(delayMs, action);
  }

  /** The delays of the first `count` timers, each of which rings before the next is waited for. */
  async firstDelays(count: number): Promise<readonly number[]> {
    for (let set = 1; ; set += 1) {
      await soon(() => this.delays.length >= set);
      if (set === count) return this.delays;
      await this.advance((this.delays[set - 1] ?? 0) + 1);
    }
  }
}
