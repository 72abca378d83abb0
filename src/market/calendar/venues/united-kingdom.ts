import type { CalendarRules } from '../calendar-rules.ts';
import { anyOf, dates, fixed, last, nth, observed, only } from '../day-rule.ts';
import { BOXING_DAY, CHECKED, CHRISTMAS, EASTER_MONDAY, GOOD_FRIDAY } from './western-holidays.ts';

/** A rule of all years but some, in which the day was moved. */
const EARLY_MAY = nth(1, 'mon', 5);
const SPRING = last('mon', 5);

export const XLON: CalendarRules = {
  name: 'XLON',
  title: 'London Stock Exchange',
  timeZone: 'Europe/London',
  hours: [{ open: '08:00', close: '16:30' }],
  holidays: [
    { name: "New Year's Day", on: observed('weekend to monday', fixed(1, 1)) },
    GOOD_FRIDAY,
    EASTER_MONDAY,
    { name: 'Early May Bank Holiday', on: (year) => (year === 2020 ? [] : EARLY_MAY(year)) },
    { name: 'Victory in Europe Day', on: dates('2020 05-08') },
    { name: 'Spring Bank Holiday', on: (year) => (year === 2022 ? [] : SPRING(year)) },
    { name: 'Platinum Jubilee', on: dates('2022 06-02 06-03') },
    { name: 'Summer Bank Holiday', on: last('mon', 8) },
    { name: 'Funeral of Queen Elizabeth II', on: dates('2022 09-19') },
    { name: 'Coronation of King Charles III', on: dates('2023 05-08') },
    CHRISTMAS,
    { name: 'Christmas', on: only('mon tue', fixed(12, 27)) },
    BOXING_DAY,
    { name: 'Boxing Day', on: only('mon tue', fixed(12, 28)) },
  ],
  specialHours: [
    {
      name: 'early close on the last weekday before the feast',
      on: observed('weekend to friday', anyOf(fixed(12, 24), fixed(12, 31))),
      close: '12:30',
    },
  ],
  coverage: CHECKED,
};
