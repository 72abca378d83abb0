import type { BeatMessage, Sender } from './bus-message.ts';

/** Sequence numbers behind a gap are remembered up to this many. */
const MAX_AHEAD = 1_000;

/**
 * How long the least lag counts, and once more as long: two clocks drift, and one
 * of them stands still while its host sleeps.
 */
const LAG_WINDOW_MS = 4_000;

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
  /** The least time a beat took of late, as this process's clock less the sender's: most of it is the difference of the two. */
  #lagMs = Number.POSITIVE_INFINITY;
  /** The same of this window alone: what is left when it has passed. */
  #nextLagMs = Number.POSITIVE_INFINITY;
  #windowEndsAt = Number.NEGATIVE_INFINITY;
  /** When it was heard to have told nothing that was not heard here: this process's clock, as of the sending. */
  heardAt: number = Number.NEGATIVE_INFINITY;
  /** When anything came of it last. */
  seenAt: number;
  /** It said that it closes: nothing new will come of it. */
  hasClosed = false;
  /** It has told what cannot be understood here: no beat of it proves anything until it is gone. */
  isUnread = false;

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
  beat({ sequence, sentAt, isLast }: BeatMessage, now: number): void {
    this.seenAt = now;
    if (isLast) this.hasClosed = true;
    if (sequence > this.#told) this.#told = sequence;
    this.#measure(now - sentAt, now);
    if (!this.hasGap && !this.isUnread) this.heardAt = Math.max(this.heardAt, sentAt + this.#lagMs);
  }

  #measure(lagMs: number, now: number): void {
    if (now >= this.#windowEndsAt) {
      this.#lagMs = now < this.#windowEndsAt + LAG_WINDOW_MS ? this.#nextLagMs : Number.POSITIVE_INFINITY;
      this.#nextLagMs = Number.POSITIVE_INFINITY;
      this.#windowEndsAt = now + LAG_WINDOW_MS;
    }
    this.#lagMs = Math.min(this.#lagMs, lagMs);
    this.#nextLagMs = Math.min(this.#nextLagMs, lagMs);
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
