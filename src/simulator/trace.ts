import { hashOf } from '../policy/key-hash.ts';

const FIRST_LENGTH = 4_096;

/**
 * Requests for keys, in the order they were made: keys are numbered from 0 by their
 * first coming, and a request is a number, with a size and a time where the trace has them.
 */
export class Trace {
  readonly name: string;
  #requests = new Int32Array(FIRST_LENGTH);
  #sizes: Float64Array | undefined;
  #times: Float64Array | undefined;
  #hashes = new Int32Array(FIRST_LENGTH);
  readonly #numbers = new Map<string, number>();
  #length = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Requests. */
  get length(): number {
    return this.#length;
  }

  /** Keys, each counted once. */
  get unique(): number {
    return this.#numbers.size;
  }

  /** The number of the key of each request. */
  get requests(): Int32Array {
    return this.#requests.subarray(0, this.#length);
  }

  /** A hash of each key, by its number. */
  get hashes(): Int32Array {
    return this.#hashes.subarray(0, this.unique);
  }

  /** The bytes of what was asked for, by request; `undefined` where the trace does not tell. */
  get sizes(): Float64Array | undefined {
    return this.#sizes?.subarray(0, this.#length);
  }

  /** When each request was made, in seconds; `undefined` where the trace does not tell. */
  get times(): Float64Array | undefined {
    return this.#times?.subarray(0, this.#length);
  }

  /** Adds a request. What the first tells, time or size, all must. */
  add(key: string, seconds: number | undefined, bytes: number | undefined): void {
    const at = this.#length;
    if (at === 0) {
      if (seconds !== undefined) this.#times = new Float64Array(this.#requests.length);
      if (bytes !== undefined) this.#sizes = new Float64Array(this.#requests.length);
    }
    if (at === this.#requests.length) this.#widen();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
      if (number === this.#hashes.length) {
        const hashes = new Int32Array(number * 2);
        hashes.set(this.#hashes);
        this.#hashes = hashes;
      }
      this.#hashes[number] = hashOf(key, 0);
    }
    this.#requests[at] = number;
    if (this.#times) this.#times[at] = seconds ?? Number.NaN;
    if (this.#sizes) this.#sizes[at] = bytes ?? Number.NaN;
    this.#length += 1;
  }

  #widen(): void {
    const length = this.#length * 2;
    const requests = new Int32Array(length);
    requests.set(this.#requests);
    this.#requests = requests;
    this.#times &&= wider(this.#times, length);
    this.#sizes &&= wider(this.#sizes, length);
  }
}

function wider(numbers: Float64Array, length: number): Float64Array {
  const larger = new Float64Array(length);
  larger.set(numbers);
  return larger;
}
