import type { Cancel, Clock } from '../time/clock.ts';
import { afterTurns } from '../time/event-turn.ts';

/** Calls that begin within so many milliseconds have one timer; each may be judged so much too early. */
const SHARED_MS = 1;

/** A call that has a deadline: it is told when that passed, unless it ended before. */
export interface TimedCall {
  isOver: boolean;
  late(): void;
}

/** Calls that began at about the same time. */
class Group {
  readonly endsAt: number;
  readonly calls: TimedCall[] = [];
  open = 0;
  cancel: Cancel = () => {};

  constructor(endsAt: number) {
    this.endsAt = endsAt;
  }
}

/**
 * One deadline for many calls: a timer costs more than a quick answer does, and a
 * busy moment begins many calls.
 *
 * When the event loop was blocked, the timer rings before the answers that came
 * meanwhile are delivered; so the judgement waits until the loop has come round
 * twice. Without that, a pause of 300 ms told 200 of 200 healthy calls dead.
 */
export class SharedDeadline {
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  #group: Group | undefined;

  constructor(clock: Clock, deadlineMs: number) {
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
  }

  /** Lets a call begin; whoever ends it calls what is returned, once. */
  begin(call: TimedCall): () => void {
    const group = this.#groupOf(this.#clock.monotonic() + this.#deadlineMs);
    group.calls.push(call);
    group.open += 1;
    return () => {
      call.isOver = true;
      group.open -= 1;
      if (group.open > 0) return;
      group.cancel();
      if (this.#group === group) this.#group = undefined;
    };
  }

  #groupOf(endsAt: number): Group {
    if (this.#group && endsAt - this.#group.endsAt < SHARED_MS) return this.#group;
    const group = new Group(endsAt);
    const judge = (): void => {
      for (const call of group.calls) if (!call.isOver) call.late();
    };
    group.cancel = this.#clock.after(
      this.#deadlineMs,
      () => {
        if (this.#group === group) this.#group = undefined;
        afterTurns(2, judge);
      },
      true,
    );
    this.#group = group;
    return group;
  }
}
