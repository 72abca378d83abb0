import type { Bar } from '../bar.ts';
import { type Interval, intervalMs } from '../interval.ts';
import { Coverage, type Stretch } from './coverage.ts';
import { type Rows, Series } from './series.ts';

/** What there is of a bar, in columns. */
export const BAR_COLUMNS = ['open', 'high', 'low', 'close', 'volume', 'adjClose'] as const;

/** So many intervals are kept together: a day of minutes, four years of days. */
const CHUNK_INTERVALS = 1_440;

/**
 * Bars of one stretch of time, as the cache keeps them: in columns, NaN where a source told nothing, and which
 * parts of the stretch are known. Every bar in it is final.
 */
export interface BarChunk {
  readonly instants: Float64Array;
  /** In the order of {@link BAR_COLUMNS}. */
  readonly columns: readonly Float64Array[];
  /** In order, apart from each other: from, up to. */
  readonly known: readonly (readonly [number, number])[];
}

/** The stretches of time that the chunks between two instants are for. */
export function chunksOf(interval: Interval, from: number, to: number): Stretch[] {
  const length = CHUNK_INTERVALS * intervalMs(interval);
  const chunks: Stretch[] = [];
  for (let at = Math.floor(from / length) * length; at < to; at += length) chunks.push({ from: at, to: at + length });
  return chunks;
}

/** Bars in columns. */
export function rowsOf(bars: readonly Bar[]): Rows {
  const instants = Float64Array.from(bars, ({ startAt }) => startAt);
  return { instants, columns: BAR_COLUMNS.map((name) => Float64Array.from(bars, (bar) => bar[name] ?? Number.NaN)) };
}

/** What is known of one chunk, to be read and added to. */
export class OpenChunk {
  readonly series: Series = new Series(BAR_COLUMNS);
  readonly coverage: Coverage;

  constructor(chunk?: BarChunk) {
    this.coverage = new Coverage(chunk?.known.map(([from, to]) => ({ from, to })));
    if (chunk) this.series.put(chunk);
  }

  /** The same as the cache keeps it. */
  closed(): BarChunk {
    const window = this.series.between(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    return {
      instants: window.instants.slice(),
      columns: BAR_COLUMNS.map((name) => window.column(name).slice()),
      known: Array.from(this.coverage, ({ from, to }) => [from, to] as const),
    };
  }
}
