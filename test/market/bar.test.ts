import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bar } from '../../src/market/bar.ts';
import { resample } from '../../src/market/bar.ts';
import { INTERVALS, intervalMs, isInterval } from '../../src/market/interval.ts';
import { MINUTE } from '../../src/time/duration.ts';

const minute = (at: number, price: number, volume?: number): Bar => ({
  startAt: at * MINUTE,
  open: price,
  high: price + 2,
  low: price - 2,
  close: price + 1,
  ...(volume === undefined ? {} : { volume }),
});

describe('resample', () => {
  test('opens with the first bar, closes with the last, and adds up what was traded', () => {
    expect(resample([minute(0, 10, 5), minute(3, 20, 7), minute(4, 15, 1)], '5m')).toEqual([
      { startAt: 0, open: 10, high: 22, low: 8, close: 16, volume: 13 },
    ]);
  });

  test('invents no bar where nothing traded, and no volume where none was told', () => {
    expect(resample([minute(1, 10), minute(11, 20)], '5m')).toEqual([
      { startAt: 0, open: 10, high: 12, low: 8, close: 11 },
      { startAt: 10 * MINUTE, open: 20, high: 22, low: 18, close: 21 },
    ]);
  });

  test('keeps the extremes, the ends and the volume of any bars', () => {
    const series = fc.uniqueArray(fc.integer({ min: 0, max: 5_000 }), { size: 'max', minLength: 1, maxLength: 500 });
    fc.assert(
      fc.property(series, fc.constantFrom(...INTERVALS), (minutes, interval) => {
        const bars = minutes.sort((a, b) => a - b).map((at) => minute(at, (at * 7919) % 1_000, at % 13));
        const longer = resample(bars, interval);
        expect(longer[0]?.open).toBe(bars[0]?.open);
        expect(longer.at(-1)?.close).toBe(bars.at(-1)?.close);
        expect(Math.max(...longer.map((bar) => bar.high))).toBe(Math.max(...bars.map((bar) => bar.high)));
        expect(Math.min(...longer.map((bar) => bar.low))).toBe(Math.min(...bars.map((bar) => bar.low)));
        expect(sum(longer)).toBe(sum(bars));
        expect(longer.every((bar) => bar.startAt % intervalMs(interval) === 0)).toBe(true);
      }),
    );
  });
});

test('an interval is one of those that are listed', () => {
  expect(isInterval('1h')).toBe(true);
  expect(isInterval('2h')).toBe(false);
  expect(isInterval('toString')).toBe(false);
});

function sum(bars: readonly Bar[]): number {
  return bars.reduce((total, bar) => total + (bar.volume ?? 0), 0);
}
