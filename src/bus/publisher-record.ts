import type { BeatMessage, Sender } from './bus-message.ts';

/** Sequence numbers behind a gap are remembered up to this many. */
const MAX_AHEAD = 1_000;

/** Clocks of two hosts drift apart by no more than this share of the time that goes by. */
const MAX_DRIFT = 0.0005;

/**
 * What one process knows of what another has told: how far it heard all, and
 * when the other is proven to have been heard.
 */
export class PublisherRecord {
  readonly publisher: string;
  epoch: number;
  /** All up to this sequence number was heard. */
  #upTo: number;
  /** What was heard behind a gap. */
  readonly #ahead = new Set<number>();
  /** The last that it is known to have told. */
  #told: number;
  /** The least time a beat took, as this process's clock less the sender's: most of it is the difference of the two. */
  #lagMs = Number.POSITIVE_INFINITY;
  #lagSeenAt = 0;
  /** When it was heard to have told nothing that was not heard here: this process's clock, as of the sending. */
  heardAt: number = Number.NEGATIVE_INFINITY;
  /** When anything came of it last. */
  seenAt: number;

  constructor({ publisher, epoch }: Sender, upTo: number, now: number) {
    this.publisher = publisher;
    this.epoch = epoch;
    this.#upTo = upTo;
    this.#told = upTo;
    this.seenAt = now;
  }

  /** Whether it has told what was not heard here. */
  get hasGap(): boolean {
    return this.#told > this.#upTo;
  }

  /** Takes note of news. Tells whether they are: what was heard already is not. */
  news(sequence: number, now: number): boolean {
    this.seenAt = now;
    if (sequence <= this.#upTo || this.#ahead.has(sequence)) return false;
    if (sequence > this.#told) this.#told = sequence;
    if (sequence > this.#upTo + 1) {
      if (this.#ahead.size < MAX_AHEAD) this.#ahead.add(sequence);
      return true;
    }
    this.#upTo = sequence;
    while (this.#ahead.delete(this.#upTo + 1)) this.#upTo += 1;
    return true;
  }

  /** Takes note of a beat. While there is a gap it proves nothing. */
  beat({ sequence, sentAt }: BeatMessage, now: number): void {
    this.seenAt = now;
    if (sequence > this.#told) this.#told = sequence;
    // The least lag of long ago is worth less and less, for the clocks drift.
    const least = this.#lagMs + (now - this.#lagSeenAt) * MAX_DRIFT;
    this.#lagMs = Math.min(now - sentAt, least);
    this.#lagSeenAt = now;
    if (!this.hasGap) this.heardAt = Math.max(this.heardAt, sentAt + this.#lagMs);
  }

  /** What was missed is given up: from here on it is heard anew. */
  catchUp(): void {
    this.#upTo = this.#told;
    this.#ahead.clear();
  }

  /** It lost count of what it told, and began anew. */
  restart(epoch: number, upTo: number): void {
    this.epoch = epoch;
    this.#upTo = upTo;
    this.#told = upTo;
    this.#ahead.clear();
  }
}
