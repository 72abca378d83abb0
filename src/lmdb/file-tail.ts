import { fstatSync, writeSync } from 'node:fs';

/** The file grows by at least so much at a time. */
const STEP_BYTES = 256 * 1_024;
const ZEROS = Buffer.alloc(64 * 1_024);

/**
 * Sees that an open data file goes on for `bytes` past `end`, the pages in use:
 * blocks that the disk has given already, for LMDB to write to. At least `least`
 * must do where the disk has no more.
 *
 * LMDB must never be the one to find the disk full: lmdb-js 3.5.6 then writes
 * past the end of a buffer of its own (the message of a failed write, in
 * `mdb_page_flush`), and the process ends sooner or later. So the file is grown
 * here, where a full disk is an error like any other. Only for who holds the
 * write lock: others write there, too.
 *
 * @throws the system's error when there is not even that.
 */
export function ensureTail(file: number, end: number, bytes: number, least: number): void {
  const { size } = fstatSync(file);
  if (size >= end + bytes) return;
  try {
    grow(file, size, Math.ceil((end + bytes) / STEP_BYTES) * STEP_BYTES);
  } catch (error) {
    if (fstatSync(file).size < end + least) throw error;
  }
}

function grow(file: number, from: number, to: number): void {
  for (let at = from; at < to; ) at += writeSync(file, ZEROS, 0, Math.min(ZEROS.length, to - at), at);
}
