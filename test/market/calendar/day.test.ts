import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  civilOf,
  dateText,
  dayOf,
  instantText,
  isWeekend,
  parseDay,
  parseMinutes,
  WEEKDAYS,
  weekdayOf,
} from '../../../src/market/calendar/day.ts';

const DAY = 86_400_000;

describe('days', () => {
  test('agree with the machine on every date, its weekday and its text', () => {
    fc.assert(
      fc.property(fc.integer({ min: -250_000, max: 250_000 }), (day) => {
        const date = new Date(day * DAY);
        expect(civilOf(day)).toEqual({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, date: date.getUTCDate() });
        expect(dayOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())).toBe(day);
        expect(weekdayOf(day)).toBe((date.getUTCDay() + 6) % 7);
        if (date.getUTCFullYear() >= 0 && date.getUTCFullYear() <= 9_999) expect(dateText(day)).toBe(date.toISOString().slice(0, 10));
      }),
      { numRuns: 2_000 },
    );
  });

  test('a Thursday was the first of all', () => {
    expect(WEEKDAYS[weekdayOf(0)]).toBe('thu');
    expect([isWeekend(1), isWeekend(2), isWeekend(3), isWeekend(4)]).toEqual([false, true, true, false]);
  });

  test.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '20260101', '', 'today', '2026-11-26T00:00:00Z'])(
    '%j is no date',
    (text) => {
      expect(parseDay(text)).toBeUndefined();
    },
  );

  test('29 February is a date in leap years alone', () => {
    expect([parseDay('2024-02-29'), parseDay('2000-02-29')].map((day) => dateText(day ?? 0))).toEqual(['2024-02-29', '2000-02-29']);
    expect(parseDay('1900-02-29')).toBeUndefined();
  });

  test('times are minutes, up to the end of the day', () => {
    expect(['00:00', '09:30', '24:00', '24:01', '9:30', '09:60', 'noon'].map(parseMinutes)).toEqual([
      0,
      570,
      1_440,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('instants are written as short as they can be', () => {
    expect(instantText(Date.parse('2026-11-27T14:30:00Z'))).toBe('2026-11-27T14:30:00Z');
    expect(instantText(Date.parse('1969-12-31T23:59:59.005Z'))).toBe('1969-12-31T23:59:59.005Z');
  });
});
