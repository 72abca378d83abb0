import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const BYTES_PER_NUMBER = 8;

/**
 * The source of truth: a number for each key, in a file that every process reads and one writes.
 *
 * The file is a page or a few of the kernel's cache, so a load costs two
 * microseconds, and no process needs another to be alive.
 */
export class Truth implements Disposable {
  readonly #file: number;
  readonly #places: ReadonlyMap<string, number>;
  readonly #bytes = Buffer.alloc(BYTES_PER_NUMBER);

  private constructor(path: string, keys: readonly string[], flags: string) {
    this.#file = openSync(path, flags);
    this.#places = new Map(keys.map((key, at) => [key, at * BYTES_PER_NUMBER]));
  }

  /** A source of its own, in which every key has the number 1. */
  static create(path: string, keys: readonly string[]): Truth {
    const truth = new Truth(path, keys, 'w+');
    for (const key of keys) truth.#write(key, 1);
    return truth;
  }

  /** The source that another process has created, to be read. */
  static open(path: string, keys: readonly string[]): Truth {
    return new Truth(path, keys, 'r');
  }

  /** The number of a key, now; 0 for a key that it has not. */
  read(key: string): number {
    const place = this.#places.get(key);
    if (place === undefined) return 0;
    readSync(this.#file, this.#bytes, 0, BYTES_PER_NUMBER, place);
    return this.#bytes.readDoubleLE();
  }

  /** Gives a key its next number, and tells it. */
  change(key: string): number {
    const next = this.read(key) + 1;
    this.#write(key, next);
    return next;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #write(key: string, n: number): void {
    const place = this.#places.get(key);
    if (place === undefined) throw new Error(`"${key}" is no key of this source`);
    this.#bytes.writeDoubleLE(n);
    writeSync(this.#file, this.#bytes, 0, BYTES_PER_NUMBER, place);
  }
}
