import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { ConfigError } from '../errors.ts';
import { Trace } from './trace.ts';

const MAX_COLUMNS = 3;
const BYTES_TOLD_EVERY = 1_048_576;

/** Is told how many bytes of the file have been read. */
export type ReadProgress = (bytes: number) => void;

/**
 * Reads a trace from a file of lines `key`, `key,seconds` or `key,seconds,bytes`, as
 * it is or compressed (`.gz`, `.zst`). Empty lines are passed over.
 *
 * @throws ConfigError when the file cannot be read, or a line is not like the first.
 */
export async function readTrace(path: string, onProgress: ReadProgress = () => {}): Promise<Trace> {
  const trace = new Trace(basename(path));
  const lines = createInterface({ input: opened(path, onProgress), crlfDelay: Number.POSITIVE_INFINITY });
  let columns = 0;
  let number = 0;
  try {
    for await (const line of lines) {
      number += 1;
      if (line === '') continue;
      const parts = line.split(',');
      if (columns === 0) columns = parts.length;
      if (parts.length > MAX_COLUMNS || parts.length !== columns) {
        throw new ConfigError(
          `Line ${number} of "${path}" is no request like the first: write key, or key,seconds, or key,seconds,bytes, on all lines`,
        );
      }
      trace.add(parts[0] ?? '', numberIn(parts[1], number, path), numberIn(parts[2], number, path));
    }
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(`The trace "${path}" cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (trace.length === 0) throw new ConfigError(`The trace "${path}" has no requests; write a key on each line`);
  return trace;
}

function opened(path: string, onProgress: ReadProgress): Readable {
  const file = createReadStream(path);
  let read = 0;
  let told = 0;
  file.on('data', (part) => {
    read += part.length;
    if (read - told < BYTES_TOLD_EVERY) return;
    told = read;
    onProgress(read);
  });
  const unpacking = path.endsWith('.gz') ? createGunzip() : path.endsWith('.zst') ? createZstdDecompress() : undefined;
  if (!unpacking) return file;
  file.on('error', (error) => unpacking.destroy(error));
  return file.pipe(unpacking);
}

function numberIn(text: string | undefined, line: number, path: string): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text === '' || !Number.isFinite(number) || number < 0)
    throw new ConfigError(`Line ${line} of "${path}" has "${text}" where a number is wanted`);
  return number;
}
