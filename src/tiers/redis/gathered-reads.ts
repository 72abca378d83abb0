import type { RedisReply } from '../../redis/redis-client.ts';
import type { RedisConnection } from '../../redis/redis-connection.ts';
import { afterTurns } from '../../time/event-turn.ts';

/** So many keys are read by one command. */
export const MAX_KEYS_PER_READ = 1_000;

type Told<T> = (value: T | Promise<T>) => void;

interface Waiter<T> {
  readonly keys: readonly string[];
  /** Where the values of all but the last of them begin in the answer, and where that of the last is. */
  readonly from: number;
  readonly last: number;
  readonly resolve: Told<T>;
  readonly reject: (error: unknown) => void;
}

/** How keys are read, and what is made of the answers. */
export interface Reading<T> {
  readonly connection: RedisConnection;
  /** The key of Redis. */
  readonly keyOf: (key: string) => string;
  /** What the reader of keys is told when this stands there, in order, at an instant. It does not throw. */
  readonly interpret: (keys: readonly string[], values: (Uint8Array | undefined)[], now: number) => T | Promise<T>;
  /** The wall clock. */
  readonly now: () => number;
  /** What each reader is told of a failure of the command. */
  readonly asError: (cause: unknown) => Error;
}

/**
 * Reads of few keys, those of one turn of the event loop in one MGET.
 *
 * The command is sent with the first key, and read by the client when the turn
 * ends: keys asked for until then are put to its arguments. That costs no turn of
 * its own, and no timer. Should the client have read them sooner, the answer has
 * fewer values than there are keys, and the rest are asked for again.
 */
export class GatheredReads<T> {
  readonly #reading: Reading<T>;
  /**
   * By slot; of one turn, then left alone. A map that was emptied and used again
   * leads from its old table to the new: once one of them is in V8's old space,
   * all that came later would be kept until that is swept.
   */
  #open: Map<number, ReadBatch<T>> | undefined;

  readonly #shut = (): void => {
    this.#open = undefined;
  };

  constructor(reading: Reading<T>) {
    this.#reading = reading;
  }

  /** What stands under `keys`, all of one slot, read by one command. */
  read(slot: number, keys: readonly string[]): Promise<T> {
    return new Promise((resolve, reject) => this.#join(slot, keys, resolve, reject));
  }

  #join(slot: number, keys: readonly string[], resolve: Told<T>, reject: (error: unknown) => void): void {
    const batch = this.#open?.get(slot) ?? this.#begin(slot);
    batch.add(keys, this.#reading.keyOf, resolve, reject);
    if (batch.isNew) this.#send(slot, batch);
    if (batch.args.length > MAX_KEYS_PER_READ) this.#open?.delete(slot);
  }

  #begin(slot: number): ReadBatch<T> {
    // Before the client's own call of this kind, which is made by the first command: so it comes before it.
    if (!this.#open) afterTurns(1, this.#shut);
    const batch = new ReadBatch<T>();
    this.#open ??= new Map();
    this.#open.set(slot, batch);
    return batch;
  }

  #send(slot: number, batch: ReadBatch<T>): void {
    batch.isNew = false;
    this.#reading.connection.send(slot, batch.args).then(
      (reply) => this.#answer(slot, batch, reply),
      (cause) => {
        this.#close(slot, batch);
        const error = this.#reading.asError(cause);
        for (const { reject } of batch.waiters) reject(error);
      },
    );
  }

  #close(slot: number, batch: ReadBatch<T>): void {
    if (this.#open?.get(slot) === batch) this.#open.delete(slot);
  }

  #answer(slot: number, batch: ReadBatch<T>, reply: RedisReply): void {
    // A command that was sent earlier in the turn may have taken this one along, so that the answer comes before the turn is over.
    this.#close(slot, batch);
    const { waiters } = batch;
    const all: readonly unknown[] = Array.isArray(reply) ? reply : [];
    const { interpret, asError, now } = this.#reading;
    const at = now();
    for (const { keys, from, last, resolve, reject } of waiters) {
      // The last was there before those before it, or came with them.
      if (from + keys.length - 1 <= all.length && last < all.length) resolve(interpret(keys, valuesOf(all, keys.length, from, last), at));
      else if (all.length > 0) this.#join(slot, keys, resolve, reject);
      else reject(asError(new Error('MGET was answered with what is no list of values')));
    }
  }
}

function valuesOf(all: readonly unknown[], count: number, from: number, last: number): (Buffer | undefined)[] {
  const values: (Buffer | undefined)[] = [];
  for (let place = from; values.length < count - 1; place += 1) values.push(bytesOf(all[place]));
  values.push(bytesOf(all[last]));
  return values;
}

/** The bytes in an answer of Redis, if there are any. */
export function bytesOf(value: unknown): Buffer | undefined {
  return value instanceof Buffer ? value : undefined;
}

/** The keys of one command, and who waits for them. */
class ReadBatch<T> {
  readonly args: string[] = ['MGET'];
  readonly waiters: Waiter<T>[] = [];
  isNew = true;
  #last: string | undefined;
  #lastPlace = 0;

  /** Lists of one turn tend to end in the same key, the mark of their namespace: that one is asked for once. */
  add(keys: readonly string[], keyOf: (key: string) => string, resolve: Told<T>, reject: (error: unknown) => void): void {
    const { args } = this;
    const from = args.length - 1;
    const final = keys.length - 1;
    for (let at = 0; at < final; at += 1) args.push(keyOf(keys[at] ?? ''));
    const key = keys[final] ?? '';
    if (key !== this.#last) {
      this.#last = key;
      this.#lastPlace = args.push(keyOf(key)) - 2;
    }
    this.waiters.push({ keys, from, last: this.#lastPlace, resolve, reject });
  }
}
