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
    try {
      if (keys.length <= MAX_KEYS_PER_READ) return await this.#readRun(keys);
      const told: Told[] = [];
      for (let from = 0; from < keys.length; from += MAX_KEYS_PER_READ) {
        told.push(...(await this.#readRun(keys.slice(from, from + MAX_KEYS_PER_READ))));
      }
      return told;
    } catch (cause) {
      throw this.#failed(cause);
    }
  }

  /** Reads as many keys as one command may name. */
  async #readRun(keys: readonly string[]): Promise<Told[]> {
    const { connection, layout } = this.#parts;
    if (!connection.isPartitioned) return this.#readSlot(0, keys);
    const redisKeys = keys.map((key) => layout.entryKey(key));
    const told: Told[] = new Array(keys.length).fill(undefined);
    const groups = Array.from(placesBySlot(connection, redisKeys), async ([slot, places]) => {
      const values = await this.#readSlot(
        slot,
        places.map((place) => keys[place] ?? ''),
      );
      for (const [n, place] of places.entries()) told[place] = values[n];
    });
    await Promise.all(groups);
    return told;
  }

  /** Reads keys of one slot. */
  async #readSlot(slot: number, keys: readonly string[]): Promise<Told[]> {
    const { connection, layout, clock } = this.#parts;
    const args = ['MGET'];
    for (const key of keys) args.push(layout.entryKey(key));
    const reply = await connection.send(slot, args);
    if (!Array.isArray(reply) || reply.length !== keys.length) throw new Error('MGET was answered with what is no list of values');
    const now = clock.now();
    const stubs: number[] = [];
    const told: Told[] = reply.map((bytes: unknown, place) => {
      if (!(bytes instanceof Buffer) || isGone(bytes, now)) return undefined;
      if (isStub(bytes)) stubs.push(place);
      return bytes;
    });
    if (stubs.length > 0) await this.#readLarge(keys, stubs, told);
    return told;
  }

  /** Puts the values in the places of their stubs. */
  async #readLarge(keys: readonly string[], places: readonly number[], told: Told[]): Promise<void> {
    const values = await Promise.all(
      places.map((place) => {
        const stub = told[place];
        return stub instanceof Buffer ? this.#large(keys[place] ?? '', stub) : undefined;
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
