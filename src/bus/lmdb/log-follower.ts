import { afterTurns, nextTurn } from '../../time/event-turn.ts';
import type { BusListener, BusMark } from '../bus.ts';
import type { LogHead } from './log-head.ts';
import type { LogReader } from './log-reader.ts';

/** What tells a follower's owner that it cannot go on. */
export type FollowerLost = (cause: unknown) => void;

/** Beats that were read, to be told when the message that stood last at that instant has been told. */
interface DueBeats {
  readonly beats: readonly Uint8Array[];
  readonly after: number;
}

/**
 * Tells a listener what comes into a log, from where it ended at the beginning.
 *
 * Beats and the end of the log are read at one instant. Whatever was taken
 * before a beat was sent stands in the log by then, so the beat is told when
 * all up to that end has been.
 */
export class LogFollower {
  readonly #reader: LogReader;
  readonly #listener: BusListener;
  readonly #onLost: FollowerLost;
  readonly #log: string;
  /** The last message, and beat, that was told. */
  #message: number;
  #beat: number;
  #due: DueBeats | undefined;
  #isUnderWay = false;
  #isOver = false;
  #overruns = 0;

  constructor(reader: LogReader, head: LogHead, listener: BusListener, onLost: FollowerLost) {
    this.#reader = reader;
    this.#listener = listener;
    this.#onLost = onLost;
    this.#log = head.log;
    this.#message = head.messages.next - 1;
    this.#beat = head.beats.next - 1;
  }

  /** How often the log was cut before its messages were told. */
  get overruns(): number {
    return this.#overruns;
  }

  /** Tells what is new: now, or over some turns of the event loop where it is much. */
  follow(): void {
    if (!this.#isUnderWay) this.#step();
  }

  end(): void {
    this.#isOver = true;
  }

  /** The present end of the log. @throws an error when the log is not the one that is followed. */
  mark(): BusMark {
    return { log: this.#log, at: `${this.head().messages.next - 1}` };
  }

  /** As {@link Bus.replay}. */
  async replay({ log, at }: BusMark): Promise<boolean> {
    const { messages } = this.head();
    const end = messages.next;
    let next = Number(at) + 1;
    if (log !== this.#log || !Number.isSafeInteger(next) || next < 1 || next > end) return false;
    let isWhole = true;
    for (let { first } = messages; next < end; { first } = this.head().messages) {
      if (first > next) isWhole = false;
      const run = this.#reader.run('messages', Math.max(next, first), end);
      if (run.length === 0) return false;
      for (const message of run) this.#listener.message(message);
      next = Math.max(next, first) + run.length;
      if (next >= end) break;
      await nextTurn();
      if (this.#isOver) throw new Error('the log was lost while it was told again');
    }
    return isWhole;
  }

  /** @throws an error when the log is not the one that is followed. */
  head(): LogHead {
    const head = this.#reader.head();
    if (head?.log !== this.#log) throw new Error('its log was made anew');
    return head;
  }

  #step(): void {
    if (this.#isOver) return;
    this.#isUnderWay = true;
    try {
      const head = this.head();
      this.#due ??= this.#readBeats(head);
      const { first, next } = head.messages;
      // Read before anything is told: whoever is told may look at the log as it is by then.
      const run = this.#reader.run('messages', Math.max(first, this.#message + 1), next);
      this.#skipLost(first);
      if (run.length === 0 && this.#message < next - 1)
        throw new Error(`its log has a gap at ${this.#message + 1}, of ${first} to ${next}`);
      for (const message of run) {
        this.#message += 1;
        this.#listener.message(message);
      }
      if (this.#message >= this.#due.after) this.#tellBeats(this.#due);
      this.#isUnderWay = this.#message < next - 1;
      if (this.#isUnderWay) afterTurns(1, () => this.#step());
    } catch (cause) {
      this.#isOver = true;
      this.#onLost(cause);
    }
  }

  #readBeats({ beats: { first, next }, messages }: LogHead): DueBeats {
    const beats = this.#reader.run('beats', Math.max(this.#beat + 1, first), next);
    this.#beat = next - 1;
    return { beats, after: messages.next - 1 };
  }

  #tellBeats({ beats }: DueBeats): void {
    this.#due = undefined;
    for (const beat of beats) this.#listener.beat(beat);
  }

  /** Messages that left the log untold are missed; what the listener must do about it is what it does after a loss. */
  #skipLost(first: number): void {
    if (first <= this.#message + 1) return;
    const count = first - 1 - this.#message;
    this.#message = first - 1;
    this.#overruns += 1;
    this.#listener.disconnected(`${count} messages left the log before they were read; raise \`maxBytes\` or \`keepFor\``);
    this.#listener.connected();
  }
}
