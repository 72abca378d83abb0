import type { CalendarRules } from '../calendar-rules.ts';
import { anyOf, dates, fixed, nth, observed, only } from '../day-rule.ts';
import { BOXING_DAY, CHECKED, CHRISTMAS, EASTER_MONDAY, GOOD_FRIDAY } from './western-holidays.ts';

const LAST_BEFORE_FEASTS = observed('weekend to friday', anyOf(fixed(12, 24), fixed(12, 31)));
const EARLY_CLOSE = { name: 'early close on the last day before the feast', on: LAST_BEFORE_FEASTS, close: '14:10' };

export const XASX: CalendarRules = {
  name: 'XASX',
  title: 'Australian Securities Exchange',
  timeZone: 'Australia/Sydney',
  hours: [{ open: '10:00', close: '16:00' }],
  holidays: [
    { name: "New Year's Day", on: observed('weekend to monday', fixed(1, 1)) },
    { name: 'Australia Day', on: observed('weekend to monday', fixed(1, 26)) },
    GOOD_FRIDAY,
    EASTER_MONDAY,
    { name: 'Anzac Day', on: fixed(4, 25) },
    { name: "Queen's Birthday", on: nth(2, 'mon', 6), until: 2022 },
    { name: "King's Birthday", on: nth(2, 'mon', 6), from: 2023 },
    { name: 'Mourning of Queen Elizabeth II', on: dates('2022 09-22') },
    CHRISTMAS,
    { name: 'Christmas', on: only('mon tue', fixed(12, 27)) },
    BOXING_DAY,
    { name: 'Boxing Day', on: only('mon tue', fixed(12, 28)) },
  ],
  specialHours: [
    { ...EARLY_CLOSE, from: 2010, until: 2021 },
    { ...EARLY_CLOSE, from: 2023 },
  ],
  coverage: CHECKED,
};
