import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Bar } from '../../src/market/bar.ts';
import { RecordedBars } from '../../src/providers/replay/recorded-bars.ts';
import { BUNDLED_DATA, type RecordedSeries, readRecordedIndex } from '../../src/providers/replay/recorded-index.ts';

const bundled = new RecordedBars(BUNDLED_DATA);

/** Every recorded series that comes with Tiercel. */
export const recordedSeries: readonly RecordedSeries[] = readRecordedIndex(BUNDLED_DATA).series;

/** The bars of a recorded series. */
export function barsOf(series: RecordedSeries): Promise<readonly Bar[]> {
  return bundled.of(series);
}

/** The bars of a symbol at an interval. */
export async function recordedBars(symbol: string, interval: string): Promise<readonly Bar[]> {
  const series = recordedSeries.find((each) => each.symbol === symbol && each.interval === interval);
  if (series === undefined) throw new Error(`No ${interval} bars of ${symbol} are recorded`);
  return await barsOf(series);
}

/** What SPY traded at in each second from 13:00 to 14:30 UTC of 2013-10-07, the opening at 13:30 among them. */
export function recordedSeconds(): readonly Bar[] {
  const csv = gunzipSync(readFileSync(join(import.meta.dirname, '../fixtures/market/us-equity-1s.csv.gz'))).toString('latin1');
  return csv
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => {
      const [, at = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = row.split(',').map(Number);
      return { startAt: at * 1_000, open, high, low, close, volume };
    });
}
