import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { ConfigError } from '../errors.ts';

/** 255 keys in JSON take a third of this. */
const MAX_FILE_BYTES = 65_536;
const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o002;

/**
 * The text of a file of keys.
 *
 * Whoever can write it could set a key of his own: a file that everybody can write is
 * refused. One that everybody can read is warned of and no more, for that is how
 * Kubernetes and Docker mount secrets, where nobody else is in the container.
 *
 * @throws ConfigError that says what to do with the file.
 */
export function readKeyFile(path: string, onWarning: (message: string) => void): string {
  let file: number | undefined;
  try {
    // What is no file, such as a pipe, is not waited for.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const { mode, size, isFile } = statOf(file);
    if (!isFile) throw new ConfigError(`The key file ${path} is no file; give the path of one`);
    if (size > MAX_FILE_BYTES)
      throw new ConfigError(`The key file ${path} has ${size} bytes, which no keys have; give the path of another`);
    if ((mode & OTHERS_WRITE) !== 0) throw new ConfigError(`The key file ${path} can be written by everybody; run: chmod 600 ${path}`);
    if ((mode & OTHERS_READ) !== 0) onWarning(`The key file ${path} can be read by everybody on this machine; run: chmod 600 ${path}`);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(`The key file ${path} cannot be read: ${(cause as Error).message}`, { cause });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function statOf(file: number): { readonly mode: number; readonly size: number; readonly isFile: boolean } {
  const stat = fstatSync(file);
  // Windows has no such rights and says 666 of every file.
  return { mode: process.platform === 'win32' ? 0 : stat.mode, size: stat.size, isFile: stat.isFile() };
}
