import { ConfigError } from '../../errors.ts';
import { SeriesWindow } from './series-window.ts';

const FIRST_ROWS = 64;

/** Rows in order of time: an instant, and a number for each column; NaN where there is none. */
export interface Rows {
  /** Epoch milliseconds, each later than the one before. */
  readonly instants: ArrayLike<number>;
  /** In the order of the series' columns; each as long as `instants`. */
  readonly columns: readonly ArrayLike<number>[];
}

/**
 * Numbers by instant, kept in columns: a `Float64Array` for the instants and one for each column.
 *
 * Windows onto it copy nothing. Rows that come after the last are appended in constant time, on average;
 * others are merged in one pass, into arrays of their own: windows that were handed out keep what they showed, but
 * for a row that is put anew in its place, as the last bar is while it is open.
 */
export class Series {
  /** Their names, in order. */
  readonly columns: readonly string[];
  #instants = new Float64Array(FIRST_ROWS);
  #values: readonly Float64Array<ArrayBuffer>[];
  #length = 0;

  /** @throws ConfigError when there are no columns, or two have one name. */
  constructor(columns: readonly string[]) {
    if (columns.length === 0 || new Set(columns).size < columns.length)
      throw new ConfigError(`A series of the columns ${JSON.stringify(columns)}; give each a name of its own`);
    this.columns = [...columns];
    this.#values = columns.map(() => new Float64Array(FIRST_ROWS));
  }

  get length(): number {
    return this.#length;
  }

  /** The instant of the first row; `undefined` of none. */
  get firstAt(): number | undefined {
    return this.#length === 0 ? undefined : this.#instants[0];
  }

  /** The instant of the last row; `undefined` of none. */
  get lastAt(): number | undefined {
    return this.#length === 0 ? undefined : this.#instants[this.#length - 1];
  }

  /** Bytes of memory that its numbers take. */
  get bytes(): number {
    return this.#instants.byteLength * (1 + this.#values.length);
  }

  /**
   * Puts rows in their places; a row whose instant is there is replaced.
   *
   * @throws ConfigError when the rows do not fit the series, or are not in order; nothing is put then.
   */
  put(rows: Rows): void {
    const { instants, columns } = rows;
    const { length } = instants;
    if (columns.length !== this.columns.length || columns.some((column) => column.length !== length))
      throw new ConfigError(`Rows of ${columns.length} columns for a series of ${this.columns.length}; give each column ${length} numbers`);
    for (let at = 0; at < length; at += 1) {
      if (!((instants[at] ?? Number.NaN) > (at === 0 ? Number.NEGATIVE_INFINITY : (instants[at - 1] ?? Number.NaN))))
        throw new ConfigError(`Row ${at} of ${length} is not later than the one before; put rows in order of time`);
    }
    const last = this.lastAt ?? Number.NEGATIVE_INFINITY;
    const first = instants[0];
    if (first === undefined) return;
    if (first > last) this.#append(rows);
    else if (first === last) this.#replaceLast(rows);
    else this.#merge(rows);
  }

  /** Forgets the rows from `from` up to `to`. Windows that were handed out keep what they showed. */
  drop(from: number, to: number): void {
    const start = this.indexFrom(from);
    const end = this.indexFrom(to);
    if (start >= end) return;
    const kept = this.#length - (end - start);
    const without = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const shorter = new Float64Array(roomFor(kept));
      shorter.set(column.subarray(0, start));
      shorter.set(column.subarray(end, this.#length), start);
      return shorter;
    };
    this.#instants = without(this.#instants);
    this.#values = this.#values.map(without);
    this.#length = kept;
  }

  /** The index of the first row at `at` or later. */
  indexFrom(at: number): number {
    let low = 0;
    let high = this.#length;
    // Most are asked for by the end.
    if (high > 0 && (this.#instants[high - 1] ?? 0) < at) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#instants[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The `size` rows before `end`, or as many as there are. */
  window(end: number, size: number): SeriesWindow {
    const last = this.indexFrom(end);
    return this.#view(Math.max(0, last - Math.max(0, Math.floor(size))), last);
  }

  /** The rows from `from` up to `to`. */
  between(from: number, to: number): SeriesWindow {
    const first = this.indexFrom(from);
    return this.#view(first, Math.max(first, this.indexFrom(to)));
  }

  #view(from: number, to: number): SeriesWindow {
    return new SeriesWindow(this.columns, this.#instants, this.#values, from, to);
  }

  #append({ instants, columns }: Rows): void {
    this.#reserve(this.#length + instants.length);
    this.#instants.set(instants, this.#length);
    for (const [at, column] of columns.entries()) this.#values[at]?.set(column, this.#length);
    this.#length += instants.length;
  }

  #replaceLast({ instants, columns }: Rows): void {
    this.#length -= 1;
    this.#append({ instants, columns });
  }

  #merge({ instants, columns }: Rows): void {
    const merged = new Float64Array(roomFor(this.#length + instants.length));
    /** Of each row: its index here, or below 0 its index among those that come, turned. */
    const sources = new Int32Array(merged.length);
    let length = 0;
    let old = 0;
    let next = 0;
    while (old < this.#length || next < instants.length) {
      const oldAt = old < this.#length ? (this.#instants[old] ?? 0) : Number.POSITIVE_INFINITY;
      const nextAt = next < instants.length ? (instants[next] ?? 0) : Number.POSITIVE_INFINITY;
      merged[length] = Math.min(oldAt, nextAt);
      sources[length] = nextAt <= oldAt ? ~next : old;
      if (oldAt <= nextAt) old += 1;
      if (nextAt <= oldAt) next += 1;
      length += 1;
    }
    this.#values = this.#values.map((column, at) => {
      const coming = columns[at] ?? [];
      const values = new Float64Array(merged.length);
      for (let row = 0; row < length; row += 1) {
        const source = sources[row] ?? 0;
        values[row] = (source < 0 ? coming[~source] : column[source]) ?? Number.NaN;
      }
      return values;
    });
    this.#instants = merged;
    this.#length = length;
  }

  #reserve(rows: number): void {
    if (rows <= this.#instants.length) return;
    const longer = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(roomFor(rows));
      larger.set(column.subarray(0, this.#length));
      return larger;
    };
    this.#instants = longer(this.#instants);
    this.#values = this.#values.map(longer);
  }
}

/** Room doubles, so that rows appended one by one are copied about once each. */
function roomFor(rows: number): number {
  let room = FIRST_ROWS;
  while (room < rows) room *= 2;
  return room;
}
