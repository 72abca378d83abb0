import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { readLatestMeta } from './meta-page.ts';

/**
 * What can be told of LMDB's data file without mapping it: a process that reads
 * past the end of a mapped file is killed, and no handler can help it.
 *
 * - `absent`: not there, or empty
 * - `foreign`: not a file of LMDB
 * - `newer`: of another format than the one written here
 * - `truncated`: shorter than its own account of itself
 * - `unsynced`: written before the machine last started, and not closed: what was
 *   not flushed then is lost, and nobody can say which pages those were
 * - `closed`: as its last writer left it, in order
 * - `left`: whole by its own account, but its last writer died, or it was changed since
 */
export type DataFileState = 'absent' | 'foreign' | 'newer' | 'truncated' | 'unsynced' | 'closed' | 'left';

/** @param stamp what {@link stampOf} said when the file was closed, if anything. */
export function inspect(path: string, stamp: string | undefined): DataFileState {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return 'absent';
  const file = openSync(path, 'r');
  try {
    const meta = readLatestMeta(file);
    if (typeof meta === 'string') return meta;
    if (fstatSync(file).size < (meta.lastPage + 1) * meta.pageSize) return 'truncated';
    if (stamp === stampOf(path)) return 'closed';
    return isOfThisBoot(meta.boot) ? 'left' : 'unsynced';
  } finally {
    closeSync(file);
  }
}

/** A text that changes with every write to the file. */
export function stampOf(path: string): string {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return `${size} ${mtimeNs}`;
}

/** Where the start of the machine cannot be told, its word is taken. */
function isOfThisBoot(boot: bigint): boolean {
  const current = currentBoot();
  return current === undefined || boot === 0n || boot === current;
}

/** As lmdb-js tells it: the first part of the kernel's random name for this start. */
function currentBoot(): bigint | undefined {
  try {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return BigInt(`0x${id.slice(0, id.indexOf('-'))}`);
  } catch {
    return undefined;
  }
}
