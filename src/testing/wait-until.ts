import { systemClock } from '../time/clock.ts';
import { type FakeClock, settle } from './fake-clock.ts';

/**
 * Resolves as soon as the condition holds; rejects when it does not within `ms`.
 *
 * @param clock is moved on, where the condition waits for it; without one the wait is a real one.
 */
export async function waitUntil(condition: () => boolean, ms: number, clock?: FakeClock): Promise<void> {
  const time = clock ?? systemClock;
  const endsAt = time.monotonic() + ms;
  for (let rounds = 0; !condition(); rounds += 1) {
    if (time.monotonic() >= endsAt) throw new Error(`Waited for ${ms} ms, and it has not come: ${condition}`);
    if (clock) await clock.advance(1);
    else if (rounds < 5) await settle();
    else await new Promise<void>((resolve) => systemClock.after(1, resolve, true));
  }
}
