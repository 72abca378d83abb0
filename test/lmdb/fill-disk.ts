import { closeSync, openSync, writeSync } from 'node:fs';

/** Writes to a file until the disk has not a byte left. */
export function fillDisk(file: string): void {
  const descriptor = openSync(file, 'a');
  const page = Buffer.alloc(4_096);
  try {
    while (writeSync(descriptor, page) > 0);
  } catch {
    closeSync(descriptor);
  }
}
