import type { Clock } from '../time/clock.ts';
import { afterTurns } from '../time/event-turn.ts';

/**
 * What `call` brings, or `late()` as an error when it has brought nothing within
 * `deadlineMs`. What it brings later is let go, errors included.
 *
 * When the event loop was blocked, the timer rings before the answers that came
 * meanwhile are delivered; so the judgement waits until the loop has come round
 * twice. Without that, a pause of 300 ms told 200 of 200 healthy calls dead.
 */
export function withDeadline<T>(call: Promise<T>, deadlineMs: number, clock: Clock, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const judge = (): void => {
      if (!isOver) reject(late());
    };
    const cancel = clock.after(deadlineMs, () => afterTurns(2, judge), true);
    const end = (): void => {
      isOver = true;
      cancel();
    };
    call.then(
      (answer) => {
        end();
        resolve(answer);
      },
      (error) => {
        end();
        reject(error);
      },
    );
  });
}
