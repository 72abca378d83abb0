import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../errors.ts';
import type { Interval } from '../../market/interval.ts';
import { isInterval } from '../../market/interval.ts';

/** One recorded series: the bars of a symbol at an interval. */
export interface RecordedSeries {
  readonly symbol: string;
  readonly interval: Interval;
  readonly assetClass: 'equity' | 'crypto' | 'fx' | 'future';
  readonly currency: string;
  /** The dates, in UTC, of the first bar and of the last. */
  readonly first: string;
  readonly last: string;
  readonly barCount: number;
  /** The file that holds it, beside others. */
  readonly file: string;
}

/** What a folder of recorded market data holds: its `index.json`. */
export interface RecordedIndex {
  readonly series: readonly RecordedSeries[];
}

/** The recorded market data that comes with Tiercel. */
export const BUNDLED_DATA: string = join(import.meta.dirname, '../../../data/market');

/**
 * Reads the index of a folder of recorded market data.
 *
 * @throws ConfigError when there is none that can be used.
 */
export function readRecordedIndex(folder: string): RecordedIndex {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  } catch (cause) {
    throw unusable(folder, 'index.json cannot be read', { cause });
  }
  if (!isIndex(read)) throw unusable(folder, 'index.json does not list series of symbol, interval and file');
  return read;
}

function isIndex(read: unknown): read is RecordedIndex {
  const { series } = Object(read) as { series?: unknown };
  return (
    Array.isArray(series) &&
    series.every((one) => typeof one?.symbol === 'string' && typeof one.file === 'string' && isInterval(String(one.interval)))
  );
}

function unusable(folder: string, reason: string, options?: ErrorOptions): ConfigError {
  return new ConfigError(
    `No recorded market data at ${folder}: ${reason}; give a folder packed like data/market, or none for the data that comes with Tiercel`,
    options,
  );
}
