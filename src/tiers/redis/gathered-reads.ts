import type { RedisReply } from '../../redis/redis-client.ts';
import type { RedisConnection } from '../../redis/redis-connection.ts';
import { afterTurns } from '../../time/event-turn.ts';

/** So many keys are read by one command. */
export const MAX_KEYS_PER_READ = 1_000;

type Told<T> = (value: T | Promise<T>) => void;

interface Waiter<T> {
  readonly at: number;
  readonly key: string;
  readonly resolve: Told<T>;
  readonly reject: (error: unknown) => void;
}

/** How keys are read, and what is made of the answers. */
export interface Reading<T> {
  readonly connection: RedisConnection;
  /** The key of Redis. */
  readonly keyOf: (key: string) => string;
  /** What the reader of a key is told when this stands there. It does not throw. */
  readonly interpret: (key: string, bytes: Buffer | undefined) => T | Promise<T>;
  /** What each reader is told of a failure of the command. */
  readonly asError: (cause: unknown) => Error;
}

/**
 * Reads of single keys, those of one turn of the event loop in one MGET.
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

  /** What stands under `key`. */
  read(key: string): Promise<T> {
    return new Promise((resolve, reject) => this.#join(key, resolve, reject));
  }

  #join(key: string, resolve: Told<T>, reject: (error: unknown) => void): void {
    const { connection, keyOf } = this.#reading;
    const redisKey = keyOf(key);
    const slot = connection.slotOf(redisKey);
    const batch = this.#open?.get(slot) ?? this.#begin(slot);
    batch.waiters.push({ at: batch.placeOf(key, redisKey), key, resolve, reject });
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
      (reply) => this.#answer(batch, reply),
      (cause) => {
        if (this.#open?.get(slot) === batch) this.#open.delete(slot);
        const error = this.#reading.asError(cause);
        for (const { reject } of batch.waiters) reject(error);
      },
    );
  }

  #answer({ waiters }: ReadBatch<T>, reply: RedisReply): void {
    const values = Array.isArray(reply) ? reply : [];
    for (const { at, key, resolve, reject } of waiters) {
      const value: unknown = values[at];
      if (at < values.length) resolve(this.#reading.interpret(key, value instanceof Buffer ? value : undefined));
      else if (values.length > 0) this.#join(key, resolve, reject);
      else reject(this.#reading.asError(new Error('MGET was answered with what is no list of values')));
    }
  }
}

/** The keys of one command, each once, and who waits for them. */
class ReadBatch<T> {
  readonly args: string[] = ['MGET'];
  readonly waiters: Waiter<T>[] = [];
  isNew = true;
  readonly #places = new Map<string, number>();

  /** The place of a key's value in the answer. */
  placeOf(key: string, redisKey: string): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.args.push(redisKey) - 2;
    this.#places.set(key, place);
    return place;
  }
}
