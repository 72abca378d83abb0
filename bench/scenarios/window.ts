import { Series } from '../../src/market/bars/series.ts';
import type { Effort } from '../harness/effort.ts';
import { CPU, type Figures, type Scenario, type Trial, WALL } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';

/** A year of minutes of a stock, with as many features as a model takes. */
const ROWS = 100_000;
const COLUMNS = Array.from({ length: 50 }, (_, at) => `feature${at}`);
const WINDOW = 60;
const WINDOWS = 4_096;

function filled(): Series {
  const series = new Series(COLUMNS);
  const instants = Float64Array.from({ length: ROWS }, (_, at) => at);
  series.put({ instants, columns: COLUMNS.map((_, column) => instants.map((at) => at + column)) });
  return series;
}

/** Takes windows that end at one row after the other; the last number of each must be the right one. */
async function taken(effort: Effort, lastOf: (end: number) => number): Promise<Figures> {
  const { cpu, wall } = await timed(effort, WINDOWS, (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      for (let at = 0; at < WINDOWS; at += 1) {
        const end = WINDOW + ((at * 7_919) % (ROWS - WINDOW));
        if (lastOf(end) !== end - 1 + COLUMNS.length - 1) throw new Error('A wrong window was taken');
      }
    }
  });
  return { cpu, wall };
}

const LAST = COLUMNS.at(-1) ?? '';

const view: Trial = (effort) => {
  const series = filled();
  return taken(effort, (end) => series.window(end, WINDOW).value(WINDOW - 1, LAST) ?? 0);
};

const columns: Trial = (effort) => {
  const series = filled();
  return taken(effort, (end) => {
    const window = series.window(end, WINDOW);
    let last = 0;
    for (const name of COLUMNS) last = window.column(name)[WINDOW - 1] ?? 0;
    return last;
  });
};

const copied: Trial = (effort) => {
  const series = filled();
  const into = new Float32Array(WINDOW * COLUMNS.length);
  return taken(effort, (end) => series.window(end, WINDOW).copy(COLUMNS, into)[WINDOW * COLUMNS.length - 1] ?? 0);
};

/** What a list of records costs that is sliced: its rows are shared, and each number is looked for in its record. */
const records: Trial = (effort) => {
  const rows = Array.from({ length: ROWS }, (_, at) => Object.fromEntries(COLUMNS.map((name, column) => [name, at + column])));
  const into = new Float32Array(WINDOW * COLUMNS.length);
  return taken(effort, (end) => {
    let to = 0;
    for (const row of rows.slice(end - WINDOW, end)) for (const name of COLUMNS) into[to++] = row[name] ?? 0;
    return into[to - 1] ?? 0;
  });
};

/** A window of sixty rows of fifty features, as a model takes it. */
export const window: Scenario = {
  name: 'window',
  title: 'A window of 60 rows, 50 features each',
  about:
    'Windows that end anywhere in 100,000 rows. A view copies nothing; "with its columns" makes a view of each of the fifty; a copy is row by row into one Float32Array, which a list of records costs as well.',
  metrics: [CPU, WALL],
  limit: 'Tiercel, a view',
  subjects: { 'Tiercel, a view': view, 'Tiercel, with its columns': columns, 'Tiercel, a copy': copied, 'records, a copy': records },
  bars: [
    { subject: 'Tiercel, a view', metric: 'cpu', atMost: 5_000 },
    { subject: 'Tiercel, a copy', metric: 'cpu', atMost: 1, of: 'records, a copy' },
  ],
};
