import type { Answer } from '../answer.ts';
import { bytesOf, GatheredReads, MAX_KEYS_PER_READ } from './gathered-reads.ts';
import { isGone, isStub } from './redis-layout.ts';
import { asTierError, placesBySlot, type RedisParts } from './redis-parts.ts';

type Told = Uint8Array | undefined;

/** Reads of up to so many keys are gathered: an entry, and the marks that it is judged by. */
const MAX_GATHERED_KEYS = 4;

/** Reads of entries: few at a time, gathered, or many at once. */
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
      now: () => parts.clock.now(),
      interpret: (keys, values, now) => {
        const told = this.#told(keys, values, now);
        return told instanceof Promise ? told.catch((cause) => Promise.reject(this.#failed(cause))) : told;
      },
      asError: (cause) => this.#failed(cause),
    });
  }

  get counts(): { readonly readErrors: number; readonly mismatched: number } {
    return { readErrors: this.#errors, mismatched: this.#mismatched };
  }

  /** What stands under the keys, in order. */
  read(keys: readonly string[]): Promise<Told[]> {
    if (keys.length > MAX_GATHERED_KEYS) return this.#many(keys);
    const { connection, layout } = this.#parts;
    if (!connection.isPartitioned) return this.#gathered.read(0, keys);
    const told = keys.map((key) => this.#gathered.read(connection.slotOf(layout.entryKey(key)), [key]));
    return told.length === 1 && told[0] ? told[0] : Promise.all(told).then((values) => values.flat());
  }

  async #many(keys: readonly string[]): Promise<Told[]> {
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
    return this.#told(keys, reply.map(bytesOf), clock.now());
  }

  /** What readers are told of what stands in Redis; large values are fetched. The list is used for the answer. */
  #told(keys: readonly string[], values: Told[], now: number): Answer<Told[]> {
    let stubs: number[] | undefined;
    for (let place = 0; place < values.length; place += 1) {
      const bytes = values[place] as Buffer | undefined;
      if (bytes === undefined) continue;
      if (isGone(bytes, now)) values[place] = undefined;
      else if (isStub(bytes)) stubs = [...(stubs ?? []), place];
    }
    return stubs ? this.#fetched(keys, values, stubs) : values;
  }

  /** Puts large values in the places of their stubs. */
  async #fetched(keys: readonly string[], told: Told[], stubs: readonly number[]): Promise<Told[]> {
    const values = await Promise.all(stubs.map((place) => this.#large(keys[place] ?? '', told[place] as Buffer)));
    for (const [n, place] of stubs.entries()) told[place] = values[n];
    return told;
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
