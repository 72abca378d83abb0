import type { ByteReader } from './byte-reader.ts';
import * as cbor from './cbor.ts';
import type { ColumnSites, Row } from './column-sites.ts';
import { MAX_COLUMNS } from './column-writer.ts';
import type { TextCache } from './text-cache.ts';
import { FLOAT64_TAG, INT32_TAG } from './typed-array.ts';

/** Columns of up to this many bytes are copied to one place, which is used again. */
const SCRATCH_BYTES = 64 * 1_024;

/** What a reader of columns needs of the reader of the whole. */
export interface ColumnSource {
  readonly bytes: ByteReader;
  /** Notes that so many rows come, before they are made. */
  spend(rows: number): void;
  /** The items of an array, whose head is not read yet. */
  items(): unknown[];
}

/** Reads columns back as the records they were. */
export class ColumnReader {
  readonly #sites: ColumnSites;
  readonly #names: TextCache;
  readonly #scratch = new Uint8Array(SCRATCH_BYTES);
  readonly #float64 = new Float64Array(this.#scratch.buffer);
  readonly #int32 = new Int32Array(this.#scratch.buffer);

  constructor(sites: ColumnSites, names: TextCache) {
    this.#sites = sites;
    this.#names = names;
  }

  /** The records of the map of columns that comes next. */
  read(source: ColumnSource): Row[] {
    const { bytes } = source;
    const columnCount = bytes.count(cbor.MAP);
    if (columnCount === 0 || columnCount > MAX_COLUMNS) throw bytes.fault('a number of columns that is not written');
    let rows: Row[] | undefined;
    for (let column = 0; column < columnCount; column++) {
      const name = bytes.text(bytes.head(cbor.TEXT), this.#names);
      if (name === '__proto__') throw bytes.fault('a column of prototypes');
      rows = this.#column(source, name, rows);
    }
    return rows ?? [];
  }

  /** Gives each row its value of the column that comes next; the first column makes the rows. */
  #column(source: ColumnSource, name: string, known: Row[] | undefined): Row[] {
    const { bytes } = source;
    const first = bytes.peek();
    if ((first & 0xe0) === cbor.ARRAY) {
      const values = source.items();
      const rows = known ?? makeRows(source, values.length);
      if (values.length !== rows.length) throw bytes.fault('columns of different lengths');
      this.#sites.scatter(rows, name, values);
      return rows;
    }
    const tag = bytes.head(cbor.TAG);
    if (tag !== FLOAT64_TAG && tag !== INT32_TAG) throw bytes.fault('a column of a type that is not written');
    const byteCount = bytes.count(cbor.BYTES);
    const rowCount = byteCount / (tag === INT32_TAG ? 4 : 8);
    const rows = known ?? makeRows(source, rowCount);
    if (rowCount !== rows.length) throw bytes.fault('columns of different lengths');
    this.#sites.scatter(rows, name, this.#numbers(bytes, tag, byteCount));
    return rows;
  }

  /** The numbers of a column; those after its end are of no meaning. */
  #numbers(bytes: ByteReader, tag: number, byteCount: number): ArrayLike<number> {
    if (byteCount <= SCRATCH_BYTES) {
      bytes.copyInto(this.#scratch, byteCount);
      return tag === INT32_TAG ? this.#int32 : this.#float64;
    }
    const copy = bytes.copy(byteCount);
    return tag === INT32_TAG ? new Int32Array(copy) : new Float64Array(copy);
  }
}

function makeRows(source: ColumnSource, count: number): Row[] {
  if (!Number.isInteger(count)) throw source.bytes.fault('a column that ends within a number');
  source.spend(count);
  const rows: Row[] = [];
  for (let row = 0; row < count; row++) rows.push({});
  return rows;
}
