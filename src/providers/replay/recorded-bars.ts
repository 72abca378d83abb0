import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Bar } from '../../market/bar.ts';
import { SECOND } from '../../time/duration.ts';
import type { RecordedSeries } from './recorded-index.ts';

/** A bar as it was recorded; with an `ask`, its other prices are bids. */
export interface RecordedBar extends Bar {
  /** The ask at the bar's end. */
  readonly ask?: number;
}

const unzip = promisify(gunzip);

/**
 * The bars in a folder of recorded market data.
 *
 * A file is unpacked when first asked for, and kept as text; only the rows of
 * the symbol asked for are parsed, so that no call holds the event loop for long.
 */
export class RecordedBars {
  readonly #folder: string;
  readonly #files = new Map<string, Promise<string>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The bars of a series, in order of time. */
  async of(series: RecordedSeries): Promise<RecordedBar[]> {
    let reading = this.#files.get(series.file);
    if (reading === undefined) {
      reading = this.#read(series.file);
      this.#files.set(series.file, reading);
      reading.catch(() => this.#files.delete(series.file));
    }
    return parseBars(await reading, series.symbol);
  }

  async #read(file: string): Promise<string> {
    return (await unzip(await readFile(join(this.#folder, file)))).toString('latin1');
  }
}

/**
 * Reads the bars of one symbol from CSV: a header, then rows that begin with
 * `symbol` and `at` (a date, or epoch seconds) and stand together by symbol.
 */
function parseBars(csv: string, symbol: string): RecordedBar[] {
  const rowStart = `\n${symbol},`;
  const first = csv.indexOf(rowStart);
  if (first === -1) return [];
  const end = csv.indexOf('\n', csv.lastIndexOf(rowStart) + 1);
  const rows = csv.slice(first + 1, end === -1 ? undefined : end).split('\n');
  const columns = csv.slice(0, csv.indexOf('\n')).split(',');
  const [open, high, low, close, volume, adjClose, ask] = ['open', 'high', 'low', 'close', 'volume', 'adjClose', 'ask'].map((name) =>
    columns.indexOf(name),
  );
  return rows.map((row) => {
    const cells = row.split(',');
    const number = (column: number | undefined): number => Number(cells[column ?? -1]);
    return {
      startAt: instantOf(cells[1] ?? ''),
      open: number(open),
      high: number(high),
      low: number(low),
      close: number(close),
      ...(volume === -1 ? {} : { volume: number(volume) }),
      ...(adjClose === -1 ? {} : { adjClose: number(adjClose) }),
      ...(ask === -1 ? {} : { ask: number(ask) }),
    };
  });
}

function instantOf(at: string): number {
  return at.includes('-') ? Date.parse(at) : Number(at) * SECOND;
}
