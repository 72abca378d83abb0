import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

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

/** LMDB's page 0 and page 1 describe the two latest versions of the store; these are offsets into a page. */
const AT = { flags: 18, magic: 24, format: 28, pageSize: 48, lastPage: 144, transaction: 152, boot: 160 } as const;
const META_LENGTH = 168;
const META_FLAG = 8;
const MAGIC = 0xbeef_c0de;
const FORMAT = 2;
const PAGE_SIZES: readonly number[] = [4_096, 8_192, 16_384, 32_768, 65_536];

interface Meta {
  readonly pageSize: number;
  readonly lastPage: number;
  readonly transaction: bigint;
  readonly boot: bigint;
}

/** @param stamp what {@link stampOf} said when the file was closed, if anything. */
export function inspect(path: string, stamp: string | undefined): DataFileState {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return 'absent';
  const first = readMeta(path, 0);
  if (first === 'foreign' || first === 'newer') return first;
  const second = readMeta(path, first.pageSize);
  if (second === 'foreign' || second === 'newer') return size < 2 * first.pageSize ? 'truncated' : second;
  const latest = first.transaction > second.transaction ? first : second;
  if (size < (latest.lastPage + 1) * latest.pageSize) return 'truncated';
  if (stamp !== undefined && stamp === stampOf(path)) return 'closed';
  return isOfThisBoot(latest.boot) ? 'left' : 'unsynced';
}

/** A text that changes with every write to the file. */
export function stampOf(path: string): string {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return `${size} ${mtimeNs}`;
}

function readMeta(path: string, position: number): Meta | 'foreign' | 'newer' {
  const page = Buffer.alloc(META_LENGTH);
  const file = openSync(path, 'r');
  try {
    if (readSync(file, page, 0, META_LENGTH, position) < META_LENGTH) return 'foreign';
  } finally {
    closeSync(file);
  }
  if (page.readUInt32LE(AT.magic) !== MAGIC || (page.readUInt16LE(AT.flags) & META_FLAG) === 0) return 'foreign';
  if ((page.readUInt32LE(AT.format) & 0xffff) !== FORMAT) return 'newer';
  const pageSize = page.readUInt32LE(AT.pageSize);
  const lastPage = Number(page.readBigUInt64LE(AT.lastPage));
  if (!PAGE_SIZES.includes(pageSize) || !Number.isSafeInteger(lastPage)) return 'foreign';
  return { pageSize, lastPage, transaction: page.readBigUInt64LE(AT.transaction), boot: page.readBigInt64LE(AT.boot) };
}

/** lmdb-js notes the start of the machine with each commit, as far as it can tell; where it cannot, zero. */
function isOfThisBoot(boot: bigint): boolean {
  const current = currentBoot();
  return current === undefined || boot === 0n || boot === current;
}

function currentBoot(): bigint | undefined {
  try {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return BigInt(`0x${id.slice(0, id.indexOf('-'))}`);
  } catch {
    return undefined;
  }
}
