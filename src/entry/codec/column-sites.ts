/** A record of a table: each has the same names. */
export type Row = Record<string, unknown>;
/** Takes one property of all rows into `values` from `at` on, and tells whether all were numbers. */
type Gather = (rows: readonly Row[], name: string, values: Float64Array, at: number) => boolean;
/** Gives all rows one more property, from `values` at the same place. */
type Scatter = (rows: readonly Row[], name: string, values: ArrayLike<unknown>) => void;

/**
 * The same loop, many times.
 *
 * V8 keeps what it learns of `row[name]` at that place in the source. A place that
 * meets one name alone turns into a plain load or store; one that meets all names
 * looks each up, at four times the cost. So each name gets a place of its own. The
 * other way to that speed is to compile source text made of names that came over
 * the wire, which this codec does not do.
 */
// biome-ignore format: a place a line.
const GATHERS: readonly Gather[] = [
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
  (rows, name, values, at) => { for (const row of rows) { const value = row[name]; if (typeof value !== 'number') return false; values[at++] = value; } return true; },
];

// biome-ignore format: a place a line.
const SCATTERS: readonly Scatter[] = [
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
  (rows, name, values) => { let at = 0; for (const row of rows) row[name] = values[at++]; },
];

const gatherAny: Gather = (rows, name, values, at) => {
  for (const row of rows) {
    const value = row[name];
    if (typeof value !== 'number') return false;
    values[at++] = value;
  }
  return true;
};

const scatterAny: Scatter = (rows, name, values) => {
  let at = 0;
  for (const row of rows) row[name] = values[at++];
};

/** Hands out the places: to each name its own while there are any left, then one for all. */
export class ColumnSites {
  readonly #places = new Map<string, number>();

  gather(rows: readonly Row[], name: string, values: Float64Array, at: number): boolean {
    return (GATHERS[this.#placeOf(name)] ?? gatherAny)(rows, name, values, at);
  }

  scatter(rows: readonly Row[], name: string, values: ArrayLike<unknown>): void {
    (SCATTERS[this.#placeOf(name)] ?? scatterAny)(rows, name, values);
  }

  #placeOf(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#places.size;
    if (place < GATHERS.length) this.#places.set(name, place);
    return place;
  }
}
