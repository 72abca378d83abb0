import { ConfigError } from '../../errors.ts';
import { afterTurns } from '../../time/event-turn.ts';
import type { BusListener, BusMark } from '../bus.ts';
import { MessageLog } from './message-log.ts';

/** What a hub is made of. */
export interface BusHubOptions {
  /** How many messages can be told again; older ones are forgotten, and a replay from before them is not whole. @default 10_000 */
  readonly keep?: number;
}

/** What waits for its turn to be told: no more than this. */
const MAX_WAITING = 100_000;

type Waiting = (listeners: Set<BusListener>) => void;

/**
 * Where in-process buses meet: the channel they share, and its log.
 *
 * Whoever shares a hub hears each other, and nobody else; there is none by
 * default. What is sent is told one turn of the event loop later, in order.
 */
export class BusHub {
  readonly #keep: number;
  readonly #listeners = new Set<BusListener>();
  #log: MessageLog;
  #waiting: Waiting[] = [];

  constructor({ keep = 10_000 }: BusHubOptions = {}) {
    if (!Number.isSafeInteger(keep) || keep < 0) throw new ConfigError(`\`keep\` is ${keep}; give a number of messages from 0 up`);
    this.#keep = keep;
    this.#log = new MessageLog(keep);
  }

  /** Makes the log anew, empty: marks of the old one are worth nothing any more. */
  recreateLog(): void {
    this.#log = new MessageLog(this.#keep);
  }

  /** Whether it takes no more until what waits has been told. */
  get isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  /** The listener is told what is sent from the next turn on, and first that this is so. */
  join(listener: BusListener): void {
    this.#tellLater((listeners) => {
      listeners.add(listener);
      listener.connected();
    });
  }

  /** The listener is told nothing more, not even that. */
  leave(listener: BusListener): void {
    this.#tellLater((listeners) => listeners.delete(listener));
  }

  /** Keeps a copy, and tells each listener one of its own. */
  publish(message: Uint8Array): void {
    const kept = new Uint8Array(message);
    this.#log.append(kept);
    this.#tellLater((listeners) => {
      for (const listener of listeners) listener.message(new Uint8Array(kept));
    });
  }

  /** Tells each listener a copy, and keeps none. */
  beat(beat: Uint8Array): void {
    const sent = new Uint8Array(beat);
    this.#tellLater((listeners) => {
      for (const listener of listeners) listener.beat(new Uint8Array(sent));
    });
  }

  /** The present end of the log. */
  mark(): BusMark {
    return this.#log.mark;
  }

  /** Tells the listener what the log has behind `since`, and answers whether that is all there was. */
  replay(since: BusMark, listener: BusListener): boolean {
    const { messages, isWhole } = this.#log.since(since);
    for (const message of messages) listener.message(new Uint8Array(message));
    return isWhole;
  }

  #tellLater(waiting: Waiting): void {
    if (this.#waiting.push(waiting) === 1) afterTurns(1, () => this.#tell());
  }

  /** What is sent meanwhile has its turn next. */
  #tell(): void {
    for (const tell of this.#waiting.splice(0)) tell(this.#listeners);
  }
}
