import { BusError, textOf } from '../../errors.ts';
import { CircuitBreaker } from '../../guard/circuit-breaker.ts';
import { withDeadline } from '../../guard/deadline.ts';
import type { Clock } from '../../time/clock.ts';
import { afterTurns } from '../../time/event-turn.ts';
import type { Bus } from '../bus.ts';
import type { Notice } from '../notice.ts';
import { encodeMessage, MESSAGE_HEADER_LENGTH, type Sender } from './bus-message.ts';
import type { OutboundCounts } from './outbound-counts.ts';
import { Outgoing } from './outgoing.ts';

/** Who has had something to tell for longer than this, and could not, gives no sign of life: others must not believe that they know all. */
const MAX_UNTOLD_MS = 1_000;
/** A bus that failed is tried again at least this often. */
const MAX_OPEN_MS = 1_000;
/** A new epoch is a later instant, and never the same. */
const EPOCH_STEP = 1;

/** The sending side of a bus: numbers messages, keeps what could not be sent, and sends it again. */
export class Outbound {
  readonly counts: OutboundCounts = { messages: 0, notices: 0, errors: 0, lostCount: 0 };
  readonly publisher: string;
  /** Nothing is sent while the bus is not connected. */
  isConnected = false;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #breaker: CircuitBreaker;
  readonly #outgoing = new Outgoing();
  #epoch: number;
  /** Of the last message the bus has taken. */
  #sequence = 0;
  /** A message that the bus may or may not have taken: it is sent again as it was. */
  #unsure: Uint8Array | undefined;
  #unsureNotices = 0;
  #pumping: Promise<void> | undefined;
  #isDue = false;
  /** All that waits was told since then, or later. */
  #untoldSince: number | undefined;
  /** When nothing waited but what was being sent. */
  #emptiedAt = Number.NEGATIVE_INFINITY;

  constructor(bus: Bus, publisher: string, clock: Clock, random: () => number, deadlineMs: number) {
    this.publisher = publisher;
    this.#bus = bus;
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
    this.#epoch = Math.max(0, Math.floor(clock.now()));
    this.#breaker = new CircuitBreaker({ maxOpenFor: MAX_OPEN_MS }, { clock, random, onChange: () => {} });
  }

  /** Where this process stands. */
  get position(): Sender {
    return { publisher: this.publisher, epoch: this.#epoch, sequence: this.#sequence };
  }

  /** Notices that wait. */
  get waiting(): number {
    return this.#outgoing.size + this.#unsureNotices;
  }

  get breaker(): string {
    return this.#breaker.state;
  }

  /** Takes a notice; it goes out with all others of this turn of the event loop. */
  tell(notice: Notice): void {
    this.#outgoing.add(notice);
    this.#untoldSince ??= this.#clock.monotonic();
    if (this.#isDue) return;
    this.#isDue = true;
    afterTurns(1, () => {
      this.#isDue = false;
      void this.pump();
    });
  }

  /** Sends what waits, until nothing does or the bus fails; what it did not take is tried again by the next call. Never rejects. */
  pump(): Promise<void> {
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined;
    });
    return this.#pumping;
  }

  /** Gives a sign of life, unless there is something untold for too long. */
  async beat(stamp: number, isLast: boolean): Promise<void> {
    if (!this.isConnected) return;
    const now = this.#clock.monotonic();
    if (this.#untoldSince !== undefined && now - this.#untoldSince > MAX_UNTOLD_MS && !isLast) return;
    const beat = encodeMessage({ form: 'beat', ...this.position, sentAt: now, isLast, stamp });
    await this.#call(() => this.#bus.beat(beat)).catch(() => {});
  }

  async #pump(): Promise<void> {
    while (this.isConnected && (this.#unsure !== undefined || this.#outgoing.size > 0 || this.#outgoing.hasLostCount)) {
      this.#unsure ??= this.#next();
      const message = this.#unsure;
      if (!message || message.length > this.#bus.maxMessageBytes) {
        if (this.#unsureNotices === 0) return;
        this.#lose();
        continue;
      }
      try {
        await this.#call(() => this.#bus.publish(message));
      } catch {
        return;
      }
      this.#unsure = undefined;
      this.#sequence += 1;
      this.counts.messages += 1;
      this.counts.notices += this.#unsureNotices;
      this.#unsureNotices = 0;
      this.#untoldSince = this.#outgoing.size > 0 ? Math.max(this.#untoldSince ?? 0, this.#emptiedAt) : undefined;
    }
  }

  /** The bus will never take what was to be sent: it takes no message so long, or there are no bytes for it. */
  #lose(): void {
    this.#unsure = undefined;
    this.#unsureNotices = 0;
    this.#outgoing.hasLostCount = true;
  }

  /** The next message, if there are bytes for it. Who has lost count begins anew, by which all others know that they have missed something. */
  #next(): Uint8Array | undefined {
    if (this.#outgoing.hasLostCount) {
      this.#outgoing.hasLostCount = false;
      this.counts.lostCount += 1;
      this.#epoch = Math.max(this.#epoch + EPOCH_STEP, Math.floor(this.#clock.now()));
      this.#sequence = 0;
    }
    const notices = this.#outgoing.take(this.#bus.maxMessageBytes - 2 * MESSAGE_HEADER_LENGTH - 256);
    this.#unsureNotices = notices.length;
    if (this.#outgoing.size === 0) this.#emptiedAt = this.#clock.monotonic();
    try {
      return encodeMessage({ form: 'news', ...this.position, sequence: this.#sequence + 1, notices });
    } catch {
      return undefined;
    }
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    const term = this.#breaker.admit();
    if (term === 0) throw new BusError(this.#bus.name, 'it failed too often and is left alone until the next probe');
    try {
      const late = (): Error => new BusError(this.#bus.name, `it gave no answer within ${this.#deadlineMs} ms`);
      const answer = await withDeadline(call(), this.#deadlineMs, this.#clock, late);
      this.#breaker.succeeded(term);
      return answer;
    } catch (error) {
      this.counts.errors += 1;
      this.#breaker.failed(term, textOf(error));
      throw error;
    }
  }
}
