import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RecordedBar } from '../../../src/providers/replay/recorded-bars.ts';
import { RecordedBars } from '../../../src/providers/replay/recorded-bars.ts';
import type { RecordedSeries } from '../../../src/providers/replay/recorded-index.ts';
import { BUNDLED_DATA, readRecordedIndex } from '../../../src/providers/replay/recorded-index.ts';

describe('the recorded data that comes with Tiercel', () => {
  const { series } = readRecordedIndex(BUNDLED_DATA);
  const bars = new Map<RecordedSeries, readonly RecordedBar[]>();

  beforeAll(async () => {
    const recorded = new RecordedBars(BUNDLED_DATA);
    for (const one of series) bars.set(one, await recorded.of(one));
  });

  test('holds 44 US symbols over five years of days, and minutes of other markets', () => {
    const days = series.filter((one) => one.interval === '1d');
    expect(days).toHaveLength(44);
    const years = days.filter((one) => one.first === '2012-09-04' && one.last === '2017-09-01');
    expect(years.length).toBeGreaterThanOrEqual(40);
    const minutes = series.filter((one) => one.interval === '1m').map((one) => one.symbol);
    expect(minutes).toEqual(expect.arrayContaining(['SPY', 'AAPL', 'BTC-USD', 'ETH-USD', 'EURUSD', 'ES', 'YESBANK.NS']));
  });

  test('is what its index says: as many bars, over those dates, one series a symbol and interval', () => {
    for (const one of series) {
      const found = bars.get(one) ?? [];
      expect({ symbol: one.symbol, count: found.length }).toEqual({ symbol: one.symbol, count: one.barCount });
      expect(dateOf(found[0])).toBe(one.first);
      expect(dateOf(found.at(-1))).toBe(one.last);
    }
    expect(new Set(series.map((one) => `${one.symbol} ${one.interval}`)).size).toBe(series.length);
  });

  test('has bars in order of time, of sound numbers', () => {
    const unsound: string[] = [];
    for (const [one, found] of bars) {
      let before = -Infinity;
      for (const bar of found) {
        const numbers = [bar.open, bar.high, bar.low, bar.close, bar.volume ?? 0, bar.adjClose ?? 1, bar.ask ?? 1];
        if (bar.startAt <= before || !numbers.every(Number.isFinite) || bar.low > bar.high || bar.low <= 0)
          unsound.push(`${one.symbol} ${bar.startAt}`);
        before = bar.startAt;
      }
    }
    expect(unsound).toEqual([]);
  });

  test('is small enough to come with the package', () => {
    const bytes = readdirSync(BUNDLED_DATA).reduce((sum, file) => sum + statSync(join(BUNDLED_DATA, file)).size, 0);
    expect(bytes).toBeLessThan(2.5 * 1024 * 1024);
  });
});

function dateOf(bar: RecordedBar | undefined): string {
  return new Date(bar?.startAt ?? Number.NaN).toISOString().slice(0, 10);
}
