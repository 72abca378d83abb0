import { ConfigError } from '../../errors.ts';

/** Some rows of a series, one after another: a view, which copies nothing until it is asked to. */
export class SeriesWindow {
  /** Rows. */
  readonly length: number;
  readonly columns: readonly string[];
  readonly #instants: Float64Array;
  readonly #values: readonly Float64Array[];
  readonly #from: number;

  /** @internal Made by a series. */
  constructor(columns: readonly string[], instants: Float64Array, values: readonly Float64Array[], from: number, to: number) {
    this.columns = columns;
    this.#instants = instants;
    this.#values = values;
    this.#from = from;
    this.length = to - from;
  }

  /** The last `size` rows of it, or as many as there are. */
  last(size: number): SeriesWindow {
    const count = Math.min(this.length, Math.max(0, Math.floor(size)));
    const to = this.#from + this.length;
    return new SeriesWindow(this.columns, this.#instants, this.#values, to - count, to);
  }

  /** The instants of the rows: a view. */
  get instants(): Float64Array {
    return this.#instants.subarray(this.#from, this.#from + this.length);
  }

  /** The numbers of one column: a view. @throws ConfigError when there is no such column. */
  column(name: string): Float64Array {
    return this.#columnOf(name).subarray(this.#from, this.#from + this.length);
  }

  /** One number; `undefined` outside the window. @throws ConfigError when there is no such column. */
  value(row: number, column: string): number | undefined {
    return row >= 0 && row < this.length ? this.#columnOf(column)[this.#from + row] : undefined;
  }

  /**
   * The numbers of columns, row by row, as a model takes them: shape [length, columns].
   *
   * @param columns by name. @default all
   * @param into takes them, if given: as long as they are, or longer.
   * @throws ConfigError when there is no such column, or `into` is too short.
   */
  copy<Into extends Float32Array | Float64Array = Float64Array>(columns: readonly string[] = this.columns, into?: Into): Into {
    const { length } = this;
    const width = columns.length;
    const target = into ?? (new Float64Array(length * width) as Float32Array | Float64Array as Into);
    if (target.length < length * width)
      throw new ConfigError(`${length} rows of ${width} columns do not fit into ${target.length} numbers; give room for ${length * width}`);
    for (const [at, name] of columns.entries()) {
      const values = this.#columnOf(name);
      for (let row = 0, to = at; row < length; row += 1, to += width) target[to] = values[this.#from + row] ?? Number.NaN;
    }
    return target;
  }

  #columnOf(name: string): Float64Array {
    const values = this.#values[this.columns.indexOf(name)];
    if (values) return values;
    throw new ConfigError(`There is no column "${name}"; there are ${this.columns.join(', ')}`);
  }
}
