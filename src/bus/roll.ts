import type { BeatMessage, NewsMessage, Sender } from './bus-message.ts';
import { PublisherRecord } from './publisher-record.ts';

/** Publishers that are not heard any more are remembered up to this many. */
const MAX_SILENT = 1_000;

/**
 * All the processes that a process hears on its bus, itself left out: whether
 * any has told what was not heard here, and up to when all have been heard.
 */
export class Roll {
  readonly #present = new Map<string, PublisherRecord>();
  /** Who closed, or was silent for so long that nobody waits for it any more. */
  readonly #silent = new Map<string, PublisherRecord>();

  get size(): number {
    return this.#present.size;
  }

  /** Who has told what was not heard here. */
  get gaps(): string[] {
    return [...this.#present.values()].filter(({ hasGap }) => hasGap).map(({ publisher }) => publisher);
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
   * when its sender has lost count, `known` otherwise.
   *
   * @param isJoining whether what an unknown sender told before may be left aside, for nothing was remembered here then.
   */
  hear(message: NewsMessage | BeatMessage, isJoining: boolean, now: number): 'news' | 'known' | 'lost' {
    const before = message.form === 'news' ? message.sequence - 1 : message.sequence;
    const record = this.#recordOf(message, isJoining ? before : 0, now);
    if (message.epoch < record.epoch) return 'known';
    const hasLost = message.epoch > record.epoch;
    if (hasLost) record.restart(message.epoch, before);
    if (message.form === 'news') {
      const isNews = record.news(message.sequence, now);
      return hasLost ? 'lost' : isNews ? 'news' : 'known';
    }
    record.beat(message, now);
    if (message.isLast && !record.hasGap) this.#fallSilent(record);
    return hasLost ? 'lost' : 'known';
  }

  /** What was missed is given up. */
  catchUp(): void {
    for (const record of this.#present.values()) record.catchUp();
  }

  /** Waits no longer for those of whom nothing has come since `before`. Tells whether there were any. */
  forget(before: number): boolean {
    const gone = [...this.#present.values()].filter(({ seenAt }) => seenAt < before);
    for (const record of gone) this.#fallSilent(record);
    return gone.length > 0;
  }

  #recordOf(sender: Sender, upTo: number, now: number): PublisherRecord {
    const { publisher } = sender;
    const known = this.#present.get(publisher) ?? this.#silent.get(publisher);
    const record = known ?? new PublisherRecord(sender, upTo, now);
    this.#silent.delete(publisher);
    this.#present.set(publisher, record);
    return record;
  }

  #fallSilent(record: PublisherRecord): void {
    this.#present.delete(record.publisher);
    this.#silent.set(record.publisher, record);
    for (const oldest of this.#silent.keys()) {
      if (this.#silent.size <= MAX_SILENT) return;
      this.#silent.delete(oldest);
    }
  }
}
