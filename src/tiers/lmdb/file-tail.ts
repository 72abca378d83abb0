import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';

/** The file grows by at least so much at a time. */
const STEP_BYTES = 256 * 1_024;
const ZEROS = Buffer.alloc(64 * 1_024);

/**
 * The end of the data file, past the pages in use: blocks that the disk has
 * given already, for LMDB to write to.
 *
 * LMDB must never be the one to find the disk full: lmdb-js 3.5.6 then writes
 * past the end of a buffer of its own (the message of a failed write, in
 * `mdb_page_flush`), and the process ends sooner or later. So the file is grown
 * here, where a full disk is an error like any other.
 */
export class FileTail {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'r+');
  }

  /**
   * Sees that there are `bytes` past `end`, or at least `least` where the disk
   * has no more. Only for who holds the write lock: others write there, too.
   *
   * @throws the system's error when there is not even that.
   */
  ensure(end: number, bytes: number, least: number): void {
    const { size } = fstatSync(this.#file);
    if (size >= end + bytes) return;
    try {
      this.#grow(size, Math.ceil((end + bytes) / STEP_BYTES) * STEP_BYTES);
    } catch (error) {
      if (fstatSync(this.#file).size < end + least) throw error;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #grow(from: number, to: number): void {
    for (let at = from; at < to; ) at += writeSync(this.#file, ZEROS, 0, Math.min(ZEROS.length, to - at), at);
  }
}
