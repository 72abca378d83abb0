import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeClock, settle } from './fake-clock.ts';

/**
 * Resolves as soon as the condition holds; rejects when it does not within `ms`.
 *
 * @param clock is moved on, where the condition waits for it; without one the wait is a real one.
 */
export async function waitUntil(condition: () => boolean, ms: number, clock?: FakeClock): Promise<void> {
  const endsAt = performance.now() + ms;
  for (let waited = 0; !condition(); waited = clock ? waited + 1 : ms - (endsAt - performance.now())) {
    if (waited >= ms) throw new Error(`Waited for ${ms} ms, and it has not come: ${condition}`);
    if (clock) await clock.advance(1);
    else if (waited < 5) await settle();
    else await sleep(1);
  }
}
