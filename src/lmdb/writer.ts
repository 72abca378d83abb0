import { ClosedError } from '../errors.ts';
import type { Cancel, Clock } from '../time/clock.ts';
import { pack, packedLength } from './packed-entries.ts';
import type { FromWriter, WriterCounts, WriterFailure, WriterStart } from './thread-messages.ts';
import { WriterLink } from './writer-link.ts';

/** Writes travel together up to this many bytes, so that no write holds the lock for long. */
const MAX_BATCH_BYTES = 8 * 1_024 * 1_024;

/** After a thread that could not start, no other is started for this long. */
const RESTART_AFTER_MS = 1_000;

/** A thread that waits for the lock of a stopped process gets so long to finish when its store is closed. */
const CLOSE_PATIENCE_MS = 2_000;

/** Such a thread cannot be ended either; after this long it is left to itself. */
const END_PATIENCE_MS = 300;

/** A write that waits for its turn, or for its answer. */
interface Waiting {
  readonly entries: readonly { readonly key: string; readonly bytes: Uint8Array }[];
  readonly length: number;
  readonly resolve: (answers: Float64Array) => void;
  readonly reject: (error: Error) => void;
}

/** Which store is written, and by what. */
export interface WriterPlan extends Omit<WriterStart, 'gate'> {
  /** The source of the thread, a module that calls `serveWrites`. */
  readonly script: URL;
  /** Writes that wait may take this many bytes together; further ones are refused. */
  readonly maxWaitingBytes: number;
}

/** Makes an error of the owner's kind. */
export type StoreError = (message: string, options?: ErrorOptions) => Error;

/** What a writer tells its owner. */
export interface WriterObserver {
  /** The store has changed, or its thread has ended: earlier reads may be outdated. */
  readonly onWritten: () => void;
  readonly onFailed: (failure: WriterFailure) => void;
}

/**
 * Writes to the store, from a thread of its own.
 *
 * What is asked for in one turn of the event loop travels as one batch, and so
 * does all that is asked for while a batch is under way: the busier it gets,
 * the less each entry costs. The thread starts with the first write.
 */
export class Writer {
  counts: WriterCounts = { swept: 0, dropped: 0 };
  readonly #plan: WriterPlan;
  readonly #errorOf: StoreError;
  readonly #clock: Clock;
  readonly #observer: WriterObserver;
  #link: WriterLink | undefined;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #underWay: Waiting[] = [];
  #isSendDue = false;
  #isClosed = false;
  #mayStartAt = Number.NEGATIVE_INFINITY;
  #whenIdle: (() => void)[] = [];

  constructor(plan: WriterPlan, errorOf: StoreError, clock: Clock, observer: WriterObserver) {
    this.#plan = plan;
    this.#errorOf = errorOf;
    this.#clock = clock;
    this.#observer = observer;
  }

  /** How many writes wait or are under way. */
  get pending(): number {
    return this.#waiting.length + this.#underWay.length;
  }

  /** Has the thread write entries; brings its answers, a number for each. */
  write(entries: readonly { readonly key: string; readonly bytes: Uint8Array }[]): Promise<Float64Array> {
    if (this.#isClosed) return Promise.reject(new ClosedError());
    let length = 0;
    for (const { key, bytes } of entries) length += packedLength(key, bytes);
    if (this.#waitingBytes + length > this.#plan.maxWaitingBytes && this.pending > 0) {
      return Promise.reject(this.#errorOf(`${this.pending} writes are waiting already; the disk is too slow for what is written`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entries, length, resolve, reject });
      this.#waitingBytes += length;
      this.#sendSoon();
    });
  }

  /** Resolves when no write waits or is under way. */
  idle(): Promise<void> {
    return this.pending === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Has the thread look through some more of the store for what ended before `now`. */
  tend(now: number): void {
    if (this.pending === 0 && !this.#isClosed) this.#linked()?.tell({ kind: 'tend', now });
  }

  /** Ends the thread, once all is written. @returns whether it did, and flushed the file to disk. */
  async close(): Promise<boolean> {
    this.#isClosed = true;
    this.#link?.hold(true);
    const ending = this.idle().then(() => this.#end());
    if (await this.#within(CLOSE_PATIENCE_MS, ending)) return true;
    await this.abandon('was closed while its thread could not write');
    return false;
  }

  /** Gives up what is not written yet, and has the thread end when it can. */
  async abandon(reason: string): Promise<void> {
    this.#isClosed = true;
    this.#link?.hold(false);
    const ending = this.#end();
    this.#rejectAll(this.#errorOf(reason));
    await this.#within(END_PATIENCE_MS, ending);
  }

  async #within<T>(ms: number, ending: Promise<T>): Promise<T | undefined> {
    let cancel: Cancel | undefined;
    const patience = new Promise<undefined>((resolve) => {
      cancel = this.#clock.after(ms, () => resolve(undefined));
    });
    return Promise.race([ending, patience]).finally(cancel);
  }

  #end(): Promise<boolean> {
    const link = this.#link;
    this.#link = undefined;
    return link?.end() ?? Promise.resolve(false);
  }

  /** Once the calls of this turn that can still be made have been made. */
  #sendSoon(): void {
    if (this.#isSendDue || this.#underWay.length > 0) return;
    this.#isSendDue = true;
    queueMicrotask(() => process.nextTick(() => this.#send()));
  }

  #send(): void {
    this.#isSendDue = false;
    if (this.#waiting.length === 0 || this.#underWay.length > 0) return;
    const link = this.#linked();
    if (!link) return;
    let count = 1;
    let length = this.#waiting[0]?.length ?? 0;
    for (const { length: next } of this.#waiting.slice(1)) {
      if (length + next > MAX_BATCH_BYTES) break;
      length += next;
      count += 1;
    }
    this.#underWay = this.#waiting.splice(0, count);
    const packed = pack(this.#underWay.flatMap(({ entries }) => entries));
    link.hold(true);
    link.tell({ kind: 'write', packed, now: this.#clock.now() }, [packed]);
  }

  #linked(): WriterLink | undefined {
    if (this.#link) return this.#link;
    const now = this.#clock.monotonic();
    if (now < this.#mayStartAt) {
      this.#rejectAll(this.#errorOf('its thread could not start a moment ago'));
      return undefined;
    }
    this.#mayStartAt = now + RESTART_AFTER_MS;
    const { script, path, reservedBytes, settings } = this.#plan;
    this.#link = new WriterLink(
      script,
      { path, reservedBytes, settings },
      {
        onMessage: (message) => this.#receive(message),
        onLost: (failure) => this.#lost(failure),
      },
    );
    return this.#link;
  }

  #receive(message: FromWriter): void {
    if (message.kind === 'written') this.#answer(message.answers);
    else if (message.kind === 'failed') this.#fail(message.failure);
    else if (message.kind === 'counts') this.counts = message.counts;
    else if (message.kind === 'open') this.#mayStartAt = Number.NEGATIVE_INFINITY;
    else if (message.kind === 'not-open') this.#lost(message.failure);
  }

  #answer(answers: Float64Array): void {
    this.#observer.onWritten();
    let at = 0;
    for (const { entries, resolve } of this.#take()) {
      resolve(answers.subarray(at, at + entries.length));
      at += entries.length;
    }
    this.#next();
  }

  #fail(failure: WriterFailure): void {
    const error = this.#errorOf(failure.message, { cause: failure });
    for (const { reject } of this.#take()) reject(error);
    this.#observer.onFailed(failure);
    this.#next();
  }

  #take(): Waiting[] {
    const answered = this.#underWay;
    this.#underWay = [];
    for (const { length } of answered) this.#waitingBytes -= length;
    return answered;
  }

  #next(): void {
    this.#send();
    if (this.pending > 0) return;
    // Who closes it waits for its end.
    this.#link?.hold(this.#isClosed);
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #lost(failure: WriterFailure): void {
    void this.#end();
    this.#rejectAll(this.#errorOf(failure.message, { cause: failure }));
    this.#observer.onFailed(failure);
  }

  #rejectAll(error: Error): void {
    for (const { reject } of [...this.#take(), ...this.#waiting.splice(0)]) reject(error);
    this.#waitingBytes = 0;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
