import type { NatsConnection } from '@nats-io/transport-node';
import { BusError } from '../../errors.ts';
import { withDeadline } from '../../guard/deadline.ts';
import type { Clock } from '../../time/clock.ts';
import { afterTurns } from '../../time/event-turn.ts';

/** Of what was sent and not confirmed, the process holds this much at most: what a stopped server would make it hold. */
const MAX_UNCONFIRMED_BYTES = 8 * 1_024 ** 2;

/** What a message costs beside its bytes. */
const OVERHEAD_BYTES = 64;

/** What an outbox is given by the session it belongs to. */
export interface OutboxSetting {
  readonly bus: string;
  readonly connection: NatsConnection;
  readonly log: ConfirmingLog;
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** Why nothing may be published there; `undefined` when nothing is known against it. */
  readonly denial: (subject: string) => string | undefined;
}

/** A log that takes what is published on a subject, and can be asked to say so. */
export interface ConfirmingLog {
  /** Whether it is there, and takes what is published on `subject`. */
  keeps(subject: string): boolean;
  /** Publishes; resolves to what went wrong with the keeping, or to `undefined`. Does not reject. */
  publish(subject: string, payload: Uint8Array): Promise<string | undefined>;
  /** It did not take a message, although the server has it. */
  doubt(reason: string): void;
  /** Something was published on `subject` without asking it. */
  passedBy(subject: string): void;
}

interface Outgoing {
  readonly subject: string;
  readonly payload: Uint8Array;
}

/** What is sent in one turn, and confirmed at once. */
interface Batch {
  readonly outgoing: Outgoing[];
  readonly confirmed: PromiseWithResolvers<void>;
  bytes: number;
  /** Whether the server has read it all. */
  isRead: boolean;
}

/**
 * What goes out over one connection, in order, and is confirmed in batches.
 *
 * Publishing in NATS is not answered. A ping behind it is: by then the server
 * has read what was before, and has put it on its way to whoever listens. A log
 * answers by itself each message that asks for it; the last of a batch does, and
 * speaks for those before it, since a stream takes them in order. So however
 * many messages go out in one turn, two answers come back.
 */
export class Outbox {
  readonly #setting: OutboxSetting;
  readonly #open = new Set<Batch>();
  #next: Batch | undefined;
  #unconfirmedBytes = 0;
  #failure: BusError | undefined;

  constructor(setting: OutboxSetting) {
    this.#setting = setting;
  }

  /** Sends, together with what else goes out in this turn; one promise stands for all of it. */
  send(subject: string, payload: Uint8Array): Promise<void> {
    const { bus, denial } = this.#setting;
    if (this.#failure) return Promise.reject(this.#failure);
    const denied = denial(subject);
    if (denied !== undefined) return Promise.reject(new BusError(bus, denied));
    const bytes = payload.length + OVERHEAD_BYTES;
    if (this.#unconfirmedBytes + bytes > MAX_UNCONFIRMED_BYTES) {
      return Promise.reject(new BusError(bus, `the server has not confirmed ${this.#unconfirmedBytes} bytes; send less, or later`));
    }
    this.#next ??= this.#begin();
    this.#next.outgoing.push({ subject, payload });
    this.#next.bytes += bytes;
    this.#unconfirmedBytes += bytes;
    return this.#next.confirmed.promise;
  }

  /** Resolves when all that was sent is confirmed, or has failed. */
  async idle(): Promise<void> {
    await Promise.allSettled(Array.from(this.#open, ({ confirmed }) => confirmed.promise));
  }

  /** Nothing is confirmed any more: the connection is over. */
  fail(failure: BusError): void {
    this.#failure ??= failure;
    for (const { confirmed } of this.#open) confirmed.reject(failure);
    this.#open.clear();
  }

  #begin(): Batch {
    const batch: Batch = { outgoing: [], confirmed: Promise.withResolvers<void>(), bytes: 0, isRead: false };
    this.#open.add(batch);
    queueMicrotask(() => {
      this.#next = undefined;
      void this.#settle(batch);
    });
    return batch;
  }

  async #settle(batch: Batch): Promise<void> {
    const { bus, clock, deadlineMs } = this.#setting;
    try {
      // Once the connection is over the client leaves its pings open for ever; the batch itself does not.
      const settled = Promise.race([this.#confirm(batch), batch.confirmed.promise]);
      await withDeadline(settled, deadlineMs, clock, () => this.#tooLate(batch));
      batch.confirmed.resolve();
    } catch (cause) {
      batch.confirmed.reject(cause instanceof BusError ? cause : new BusError(bus, 'the message could not be sent', { cause }));
    } finally {
      this.#open.delete(batch);
    }
  }

  async #confirm(batch: Batch): Promise<void> {
    const { bus, connection, denial, log } = this.#setting;
    if (this.#failure) throw this.#failure;
    const kept = this.#post(batch.outgoing);
    await connection.flush();
    batch.isRead = true;
    this.#unconfirmedBytes -= batch.bytes;
    const trouble = await kept;
    // A denial arrives before the pong and is heard of after it, within a turn.
    await new Promise<void>((resolve) => afterTurns(1, resolve));
    for (const { subject } of batch.outgoing) {
      const denied = denial(subject);
      if (denied !== undefined) throw new BusError(bus, denied);
    }
    if (trouble !== undefined) {
      log.doubt(trouble);
      throw new BusError(bus, `the log did not take a message: ${trouble}`);
    }
    if (kept === undefined) for (const { subject } of batch.outgoing) log.passedBy(subject);
  }

  /** Hands over to the client; what comes back tells how the log took it. */
  #post(outgoing: readonly Outgoing[]): Promise<string | undefined> | undefined {
    const { connection, log } = this.#setting;
    const asking = outgoing.findLast(({ subject }) => log.keeps(subject));
    let kept: Promise<string | undefined> | undefined;
    for (const message of outgoing) {
      if (message === asking) kept = log.publish(message.subject, message.payload);
      else connection.publish(message.subject, message.payload);
    }
    return kept;
  }

  #tooLate({ isRead }: Batch): BusError {
    const { bus, deadlineMs, log } = this.#setting;
    const what = isRead ? 'the server has the message, and its log' : 'the server';
    if (isRead) log.doubt('it did not confirm a message in time');
    return new BusError(bus, `${what} did not confirm it within ${deadlineMs} ms`);
  }
}
