import { describe, expect, test } from 'vitest';
import { dateText } from '../../../src/market/calendar/day.ts';
import {
  anyOf,
  type DayRule,
  dates,
  easter,
  fixed,
  last,
  lastWeekdayBefore,
  nth,
  observed,
  only,
  onOrAfter,
  onOrBefore,
  shifted,
} from '../../../src/market/calendar/day-rule.ts';

const on = (rule: DayRule, ...years: number[]): string[] => years.flatMap((year) => rule(year).map(dateText));

describe('rules of days, by dates looked up by hand', () => {
  test('a fixed date is none in a year that lacks it', () => {
    expect(on(fixed(12, 25), 2026)).toEqual(['2026-12-25']);
    expect(on(fixed(2, 29), 2024, 2025)).toEqual(['2024-02-29']);
  });

  test('the n-th weekday of a month, and the last', () => {
    expect(on(nth(3, 'mon', 1), 2024, 2025, 2026)).toEqual(['2024-01-15', '2025-01-20', '2026-01-19']);
    expect(on(nth(4, 'thu', 11), 2024, 2025, 2026)).toEqual(['2024-11-28', '2025-11-27', '2026-11-26']);
    expect(on(nth(1, 'mon', 9), 2025)).toEqual(['2025-09-01']);
    expect(on(last('mon', 5), 2021, 2026)).toEqual(['2021-05-31', '2026-05-25']);
    expect(on(last('fri', 12), 2027)).toEqual(['2027-12-31']);
  });

  test('the weekday on or after a date, and on or before it', () => {
    expect(on(onOrAfter('fri', 6, 19), 2020, 2026)).toEqual(['2020-06-19', '2026-06-19']);
    expect(on(onOrAfter('fri', 10, 30), 2025)).toEqual(['2025-10-31']);
    expect(on(onOrBefore('mon', 5, 24), 2021, 2026)).toEqual(['2021-05-24', '2026-05-18']);
  });

  test('Easter, at its earliest, its latest, and lately', () => {
    expect(on(easter(0), 1818, 1943, 2000, 2015, 2016, 2024, 2025, 2026, 2038)).toEqual([
      '1818-03-22',
      '1943-04-25',
      '2000-04-23',
      '2015-04-05',
      '2016-03-27',
      '2024-03-31',
      '2025-04-20',
      '2026-04-05',
      '2038-04-25',
    ]);
    expect(on(easter(-2), 2026)).toEqual(['2026-04-03']);
  });

  test('a table of dates, on lines or with semicolons between', () => {
    const rule = dates(`
      2025 01-29 01-30; 2026 02-17
      2026 02-18
    `);
    expect(on(rule, 2024, 2025, 2026)).toEqual(['2025-01-29', '2025-01-30', '2026-02-17', '2026-02-18']);
  });

  test('a table with what is no date is refused', () => {
    expect(() => dates('2025 02-30')).toThrow('"2025 02-30" is no date; write lines such as "2026 02-17 02-18"');
  });

  test('a holiday of a weekend is kept as its observance says', () => {
    const july = fixed(7, 4);
    expect(on(observed('nearest weekday', july), 2020, 2021, 2026)).toEqual(['2020-07-03', '2021-07-05', '2026-07-03']);
    expect(on(observed('sunday to monday', july), 2020, 2021)).toEqual(['2020-07-04', '2021-07-05']);
    expect(on(observed('weekend to monday', july), 2020, 2021)).toEqual(['2020-07-06', '2021-07-05']);
    expect(on(observed('weekend to friday', july), 2020, 2021)).toEqual(['2020-07-03', '2021-07-02']);
    expect(on(observed('after a holiday', fixed(12, 26)), 2020, 2021, 2022, 2023)).toEqual([
      '2020-12-28',
      '2021-12-28',
      '2022-12-27',
      '2023-12-26',
    ]);
  });

  test('some weekdays alone', () => {
    expect(on(only('mon tue thu', fixed(7, 3)), 2023, 2024, 2025)).toEqual(['2023-07-03', '2025-07-03']);
    expect(() => only('monday', fixed(7, 3))).toThrow('"monday" are no weekdays; write some of mon tue wed');
  });

  test('the last weekday before a day may be of the year before', () => {
    expect(on(lastWeekdayBefore(fixed(1, 1)), 2023, 2024)).toEqual(['2022-12-30', '2023-12-29']);
  });

  test('rules add up, and shift', () => {
    expect(on(shifted(anyOf(fixed(1, 1), easter(0)), 1), 2026)).toEqual(['2026-01-02', '2026-04-06']);
  });
});
