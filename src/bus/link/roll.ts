import type { BusMessage, UnreadMessage } from './bus-message.ts';
import { PublisherRecord } from './publisher-record.ts';

/** Publishers that are waited for are no more than this. */
const MAX_PRESENT = 10_000;
/** Publishers that are not heard any more are remembered up to this many. */
const MAX_SILENT = 1_000;

/** How a message came. */
export interface Hearing {
  /** What an unknown sender told before may be left aside, for nothing was remembered here then. */
  readonly isJoining: boolean;
  /** The log tells what was told before: that is no sign of life. */
  readonly isReplaying: boolean;
}

/**
 * All the processes that a process hears on its bus, itself left out: whether
 * any has told what was not heard here, and up to when all have been heard.
 */
export class Roll {
  readonly #present = new Map<string, PublisherRecord>();
  /** Who closed, or was silent for so long that nobody waits for it any more. */
  readonly #silent = new Map<string, PublisherRecord>();
  /** Those present who have told what was not heard here. */
  readonly #gaps = new Set<PublisherRecord>();

  get size(): number {
    return this.#present.size;
  }

  /** One who has told what was not heard here. */
  get gap(): string | undefined {
    for (const { publisher } of this.#gaps) return publisher;
    return undefined;
  }

  /** Up to when every one was heard, on this process's clock; `Infinity` when there is nobody else. */
  get heardAt(): number {
    let heardAt = Number.POSITIVE_INFINITY;
    for (const record of this.#present.values()) heardAt = Math.min(heardAt, record.heardAt);
    return heardAt;
  }

  /** Who was heard longest ago. */
  get quietest(): PublisherRecord | undefined {
    let quietest: PublisherRecord | undefined;
    for (const record of this.#present.values()) {
      if (!quietest || record.heardAt < quietest.heardAt) quietest = record;
    }
    return quietest;
  }

  /**
   * Takes note of a message: `news` when it holds what was not heard yet, `lost`
   * when something was missed for good, for its sender has lost count, is gone
   * and was not understood, or there are too many to wait for, `known` otherwise.
   */
  hear(message: BusMessage | UnreadMessage, hearing: Hearing, now: number): 'news' | 'known' | 'lost' {
    const { publisher, epoch, form } = message;
    const before = form === 'beat' ? message.sequence : message.sequence - 1;
    const known = this.#present.get(publisher) ?? this.#silent.get(publisher);
    const record = known ?? new PublisherRecord(message, hearing.isJoining ? before : 0, now);
    if (epoch < record.epoch) return 'known';
    const hasLost = epoch > record.epoch;
    if (hasLost) record.restart(epoch, before);
    const isNews = form !== 'beat' && record.news(message.sequence, now);
    if (form === 'beat') record.beat(message, now);
    if (form === 'unread' && isNews) record.isUnread = true;
    const hasRoom = this.#place(record, form === 'beat' || (isNews && !hearing.isReplaying));
    const wasUnread = record.isUnread && record.hasClosed && !record.hasGap;
    if (wasUnread) record.isUnread = false;
    if (hasLost || wasUnread || !hasRoom) return 'lost';
    return isNews ? 'news' : 'known';
  }

  /** What was missed is given up. */
  catchUp(): void {
    for (const record of [...this.#gaps]) {
      record.catchUp();
      this.#place(record, true);
    }
  }

  /** Waits no longer for those of whom nothing has come since `before`. Tells whether there were any. */
  forget(before: number): boolean {
    const gone = [...this.#present.values()].filter(({ seenAt }) => seenAt < before);
    for (const record of gone) this.#fallSilent(record);
    return gone.length > 0;
  }

  /** Waits for who lives, and for what one who does not has told. Tells whether there was room for it. */
  #place(record: PublisherRecord, isAlive: boolean): boolean {
    const { publisher, hasGap, hasClosed } = record;
    if (hasGap) this.#gaps.add(record);
    else this.#gaps.delete(record);
    if (hasClosed && !hasGap) {
      this.#fallSilent(record);
    } else if (isAlive || hasGap) {
      this.#silent.delete(publisher);
      this.#present.set(publisher, record);
    } else if (!this.#present.has(publisher)) {
      this.#fallSilent(record);
    }
    if (this.#present.size <= MAX_PRESENT) return true;
    for (const first of this.#present.values()) {
      this.#fallSilent(first);
      break;
    }
    return false;
  }

  #fallSilent(record: PublisherRecord): void {
    this.#present.delete(record.publisher);
    this.#gaps.delete(record);
    this.#silent.delete(record.publisher);
    this.#silent.set(record.publisher, record);
    for (const oldest of this.#silent.keys()) {
      if (this.#silent.size <= MAX_SILENT) return;
      this.#silent.delete(oldest);
    }
  }
}
