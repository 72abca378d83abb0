import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALWAYS, type BarTime, callsFor, finalUntil } from '../../../src/market/bars/bar-time.ts';
import type { Stretch } from '../../../src/market/bars/coverage.ts';
import { DAY, HOUR, MINUTE } from '../../../src/time/duration.ts';

/** Bars may begin in the first ten of every thirty minutes. */
const SHIFTS: BarTime = {
  stretches(from, to) {
    const open: Stretch[] = [];
    for (let at = Math.floor(from / (30 * MINUTE)) * 30 * MINUTE; at < to; at += 30 * MINUTE) {
      const stretch = { from: Math.max(from, at), to: Math.min(to, at + 10 * MINUTE) };
      if (stretch.from < stretch.to) open.push(stretch);
    }
    return open;
  },
  endOf: ALWAYS.endOf,
};

const minutesOf = (stretches: readonly Stretch[]): number[] =>
  stretches.flatMap(({ from, to }) => Array.from({ length: (to - from) / MINUTE }, (_, at) => from / MINUTE + at));

describe('calls for bars', () => {
  test('bring each bar that is missing once, none that is not, in pages, and are the fewest', () => {
    const gap = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(fc.array(gap, { maxLength: 6 }), fc.integer({ min: 1, max: 15 }), (parts, most) => {
        let at = 0;
        const gaps = parts.map(([apart, length]) => {
          const from = at + (apart + 1) * MINUTE;
          at = from + length * MINUTE;
          return { from, to: at };
        });
        const missing = minutesOf(gaps.flatMap(({ from, to }) => SHIFTS.stretches(from, to, '1m')));
        const calls = callsFor(gaps, SHIFTS, '1m', most);
        const pages = calls.map(({ from, to }) => minutesOf(SHIFTS.stretches(from, to, '1m')));
        expect(pages.flat()).toEqual(missing);
        for (const page of pages) expect(page.length).toBeLessThanOrEqual(most);
        // What may be brought together is what has no known bar between.
        let fewest = 0;
        let run = 0;
        for (const [index, minute] of missing.entries()) {
          const before = missing[index - 1];
          const isNext = before !== undefined && SHIFTS.stretches((before + 1) * MINUTE, minute * MINUTE, '1m').length === 0;
          run = isNext && run < most ? run + 1 : 1;
          if (run === 1) fewest += 1;
        }
        expect(calls).toHaveLength(fewest);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the instant up to which bars are final', () => {
  test.each([
    ['1m', 10 * MINUTE, 0, 10 * MINUTE],
    ['1m', 10 * MINUTE - 1, 0, 9 * MINUTE],
    ['1m', 10 * MINUTE, 1, 9 * MINUTE],
    ['1h', 5 * HOUR + 29 * MINUTE, 30 * MINUTE, 4 * HOUR],
    ['1d', 3 * DAY, 0, 3 * DAY],
  ] as const)('of %s at %d, %d later, is %d', (interval, now, delayMs, until) => {
    expect(finalUntil(ALWAYS, interval, now, delayMs)).toBe(until);
  });

  test('of days is when their session has ended', () => {
    const sessions: BarTime = { ...ALWAYS, endOf: (startAt) => startAt + 21 * HOUR };
    expect(finalUntil(sessions, '1d', 5 * DAY + 21 * HOUR, 0)).toBe(6 * DAY);
    expect(finalUntil(sessions, '1d', 5 * DAY + 20 * HOUR, 0)).toBe(5 * DAY);
  });
});
