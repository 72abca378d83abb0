import type { RedisReply } from '../../redis/redis-client.ts';
import { GatheredReads, MAX_KEYS_PER_READ } from './gathered-reads.ts';
import { isGone, isStub } from './redis-layout.ts';
import { asTierError, placesBySlot, type RedisParts } from './redis-parts.ts';

type Told = Uint8Array | undefined;

/** Reads of entries: one by one, gathered, or many at once. */
export class EntryReads {
  readonly #parts: RedisParts;
  readonly #gathered: GatheredReads<Told[]>;
  #errors = 0;
  #mismatched = 0;

  constructor(parts: RedisParts) {
    this.#parts = parts;
    this.#gathered = new GatheredReads({
      connection: parts.connection,
      keyOf: (key) => parts.layout.entryKey(key),
      interpret: (key, bytes) => this.#answer(key, bytes),
      asError: (cause) => this.#failed(cause),
    });
  }

  get counts(): { readonly readErrors: number; readonly mismatched: number } {
    return { readErrors: this.#errors, mismatched: this.#mismatched };
  }

  one(key: string): Promise<Told[]> {
    return this.#gathered.read(key);
  }

  async many(keys: readonly string[]): Promise<Told[]> {
    const told: Told[] = new Array(keys.length).fill(undefined);
    for (let from = 0; from < keys.length; from += MAX_KEYS_PER_READ) {
      const run = keys.length <= MAX_KEYS_PER_READ ? keys : keys.slice(from, from + MAX_KEYS_PER_READ);
      await this.#readRun(run, from, told);
    }
    return told;
  }

  /** Reads up to as many keys as one command may name, and puts what is there to `told`, from `from` on. */
  async #readRun(keys: readonly string[], from: number, told: Told[]): Promise<void> {
    const { connection, layout } = this.#parts;
    try {
      const redisKeys = keys.map((key) => layout.entryKey(key));
      const stubs: number[] = [];
      const read = async (slot: number, places: readonly number[] | undefined): Promise<void> => {
        const args = places ? places.map((place) => redisKeys[place] ?? '') : redisKeys;
        const values = listOf(await connection.send(slot, ['MGET', ...args]), args.length);
        const now = this.#parts.clock.now();
        for (let n = 0; n < values.length; n += 1) {
          const place = places?.[n] ?? n;
          const bytes: unknown = values[n];
          if (!(bytes instanceof Buffer) || isGone(bytes, now)) continue;
          told[from + place] = bytes;
          if (isStub(bytes)) stubs.push(from + place);
        }
      };
      if (connection.isPartitioned) {
        await Promise.all(Array.from(placesBySlot(connection, redisKeys), ([slot, places]) => read(slot, places)));
      } else {
        await read(0, undefined);
      }
      if (stubs.length > 0) await this.#readLarge(keys, from, stubs, told);
    } catch (cause) {
      throw this.#failed(cause);
    }
  }

  /** Puts the values in the places of their stubs. */
  async #readLarge(keys: readonly string[], from: number, places: readonly number[], told: Told[]): Promise<void> {
    const values = await Promise.all(
      places.map((place) => {
        const stub = told[place];
        return stub instanceof Buffer ? this.#large(keys[place - from] ?? '', stub) : undefined;
      }),
    );
    for (const [n, place] of places.entries()) told[place] = values[n];
  }

  #answer(key: string, bytes: Buffer | undefined): Told[] | Promise<Told[]> {
    if (bytes === undefined || isGone(bytes, this.#parts.clock.now())) return [undefined];
    if (!isStub(bytes)) return [bytes];
    return this.#large(key, bytes).then(
      (value) => [value],
      (cause) => Promise.reject(this.#failed(cause)),
    );
  }

  async #large(key: string, stub: Buffer): Promise<Told> {
    const bytes = await this.#parts.large.read(key, stub);
    if (bytes === undefined) this.#mismatched += 1;
    return bytes;
  }

  #failed(cause: unknown): Error {
    this.#errors += 1;
    return asTierError(cause);
  }
}

function listOf(reply: RedisReply, length: number): readonly RedisReply[] {
  if (Array.isArray(reply) && reply.length === length) return reply;
  throw new Error('MGET was answered with what is no list of values');
}
