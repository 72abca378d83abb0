import { fstatSync, readSync } from 'node:fs';

/** What LMDB's file says of one version of its store. */
export interface Meta {
  readonly pageSize: number;
  readonly transaction: bigint;
  /** The last page in use, or free; the file may go on after it. */
  readonly lastPage: number;
  readonly entries: number;
  /** The levels of the tree. */
  readonly depth: number;
  /** The pages of the tree and of long values. */
  readonly pages: number;
  /** When the machine started that wrote it, as far as LMDB could tell; else zero. */
  readonly boot: bigint;
}

/** Offsets into pages 0 and 1, which describe the two latest versions of the store. */
const AT = {
  flags: 18,
  magic: 24,
  format: 28,
  pageSize: 48,
  depth: 102,
  branchPages: 104,
  leafPages: 112,
  overflowPages: 120,
  entries: 128,
  lastPage: 144,
  transaction: 152,
  boot: 160,
} as const;
const META_LENGTH = 168;
const META_FLAG = 8;
const MAGIC = 0xbeef_c0de;
const FORMAT = 2;
const PAGE_SIZES: readonly number[] = [4_096, 8_192, 16_384, 32_768, 65_536];

/** The latest version of the store in an open file, or why there is none. */
export function readLatestMeta(file: number): Meta | 'foreign' | 'newer' | 'truncated' {
  const first = readMeta(file, 0);
  if (typeof first === 'string') return first;
  const second = readMeta(file, first.pageSize);
  if (typeof second === 'string') return fstatSync(file).size < 2 * first.pageSize ? 'truncated' : second;
  return first.transaction > second.transaction ? first : second;
}

function readMeta(file: number, position: number): Meta | 'foreign' | 'newer' {
  const page = Buffer.allocUnsafe(META_LENGTH);
  if (readSync(file, page, 0, META_LENGTH, position) < META_LENGTH) return 'foreign';
  if (page.readUInt32LE(AT.magic) !== MAGIC || (page.readUInt16LE(AT.flags) & META_FLAG) === 0) return 'foreign';
  if ((page.readUInt32LE(AT.format) & 0xffff) !== FORMAT) return 'newer';
  const numberAt = (at: number): number => Number(page.readBigUInt64LE(at));
  const pageSize = page.readUInt32LE(AT.pageSize);
  const lastPage = numberAt(AT.lastPage);
  if (!PAGE_SIZES.includes(pageSize) || !Number.isSafeInteger(lastPage)) return 'foreign';
  return {
    pageSize,
    transaction: page.readBigUInt64LE(AT.transaction),
    lastPage,
    entries: numberAt(AT.entries),
    depth: page.readUInt16LE(AT.depth),
    pages: numberAt(AT.branchPages) + numberAt(AT.leafPages) + numberAt(AT.overflowPages),
    boot: page.readBigInt64LE(AT.boot),
  };
}
