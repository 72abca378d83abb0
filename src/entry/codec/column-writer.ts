import type { ByteWriter } from './byte-writer.ts';
import * as cbor from './cbor.ts';
import type { ColumnSites, Row } from './column-sites.ts';
import { nameStep, under } from './refusal.ts';
import { FLOAT64_TAG, INT32_TAG } from './typed-array.ts';

/** Fewer rows than these are written one by one. */
export const MIN_ROWS = 8;
/** Records of more names than these are written one by one. */
export const MAX_COLUMNS = 64;
const MAX_SCRATCH_ROWS = 2 ** 17;
const FIRST_SCRATCH_ROWS = 1_024;

/** A value that stands in a column: no container. */
type Scalar = string | number | bigint | boolean | null | undefined;

/**
 * Writes an array of records as columns.
 *
 * Bars and candles are records of the same names and of numbers. As columns they
 * name each property once, and their numbers are copied instead of encoded.
 */
export class ColumnWriter {
  readonly #out: ByteWriter;
  readonly #sites: ColumnSites;
  readonly #writeScalar: (value: Scalar) => void;
  #float64 = new Float64Array(FIRST_SCRATCH_ROWS);
  #int32 = new Int32Array(FIRST_SCRATCH_ROWS);

  constructor(out: ByteWriter, sites: ColumnSites, writeScalar: (value: Scalar) => void) {
    this.#out = out;
    this.#sites = sites;
    this.#writeScalar = writeScalar;
  }

  /** Writes `items` unless they are no records of the same names and of scalars; tells whether it did. */
  write(items: readonly unknown[]): boolean {
    const names = columnNames(items[0]);
    if (!names || !areRows(items, names)) return false;
    const start = this.#out.length;
    this.#out.head(cbor.TAG, cbor.COLUMNS_TAG);
    this.#out.head(cbor.MAP, names.length);
    for (const name of names) {
      this.#out.text(name);
      if (!this.#column(items, name)) {
        this.#out.length = start;
        return false;
      }
    }
    return true;
  }

  #column(rows: readonly Row[], name: string): boolean {
    if (rows.length <= MAX_SCRATCH_ROWS) {
      if (rows.length > this.#float64.length) {
        this.#float64 = new Float64Array(rows.length);
        this.#int32 = new Int32Array(rows.length);
      }
      if (this.#sites.gather(rows, name, this.#float64, 0)) {
        this.#numbers(rows.length);
        return true;
      }
    }
    return this.#scalars(rows, name);
  }

  #numbers(count: number): void {
    const isInt32 = narrow(this.#float64, this.#int32, count);
    this.#out.head(cbor.TAG, isInt32 ? INT32_TAG : FLOAT64_TAG);
    this.#out.head(cbor.BYTES, count * (isInt32 ? 4 : 8));
    this.#out.raw(new Uint8Array(isInt32 ? this.#int32.buffer : this.#float64.buffer, 0, count * (isInt32 ? 4 : 8)));
  }

  #scalars(rows: readonly Row[], name: string): boolean {
    this.#out.head(cbor.ARRAY, rows.length);
    let row = 0;
    try {
      for (; row < rows.length; row++) {
        const value = rows[row]?.[name];
        if (!isScalar(value)) return false;
        this.#writeScalar(value);
      }
    } catch (cause) {
      throw under(cause, `[${row}]${nameStep(name)}`);
    }
    return true;
  }
}

/** The names of the columns, if `first` can be a row. */
function columnNames(first: unknown): string[] | undefined {
  if (!isRow(first)) return undefined;
  const names = Object.keys(first);
  if (names.length === 0 || names.length > MAX_COLUMNS) return undefined;
  for (const name of names) {
    if (name === '__proto__' || !isScalar(first[name])) return undefined;
  }
  return names;
}

/** Whether all items are records of these names in this order. */
function areRows(items: readonly unknown[], names: readonly string[]): items is readonly Row[] {
  for (const item of items) {
    if (!isRow(item)) return false;
    let column = 0;
    // It is several times faster than Object.keys. An inherited name makes the count differ.
    for (const name in item) {
      if (name !== names[column]) return false;
      column += 1;
    }
    if (column !== names.length) return false;
  }
  return true;
}

/** Whether `item` is an ordinary record. Where V8 knows the constructor it knows the prototype too, and looks up neither. */
function isRow(item: unknown): item is Row {
  return typeof item === 'object' && item !== null && item.constructor === Object && Object.getPrototypeOf(item) === Object.prototype;
}

function isScalar(value: unknown): value is Scalar {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}

/** Whether `count` numbers are 32-bit integers, which then stand in `int32`; −0 is none. */
function narrow(float64: Float64Array, int32: Int32Array, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const value = float64[i] ?? 0;
    const integer = value | 0;
    if (integer !== value || (integer === 0 && 1 / value < 0)) return false;
    int32[i] = integer;
  }
  return true;
}
