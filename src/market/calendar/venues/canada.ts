import type { CalendarRules } from '../calendar-rules.ts';
import { fixed, nth, observed, only, onOrBefore } from '../day-rule.ts';
import { BOXING_DAY, CHECKED, CHRISTMAS, GOOD_FRIDAY } from './western-holidays.ts';

export const XTSE: CalendarRules = {
  name: 'XTSE',
  title: 'Toronto Stock Exchange',
  timeZone: 'America/Toronto',
  hours: [{ open: '09:30', close: '16:00' }],
  holidays: [
    { name: "New Year's Day", on: observed('weekend to monday', fixed(1, 1)) },
    { name: 'Family Day', on: nth(3, 'mon', 2), from: 2008 },
    GOOD_FRIDAY,
    { name: 'Victoria Day', on: onOrBefore('mon', 5, 24) },
    { name: 'Canada Day', on: observed('weekend to monday', fixed(7, 1)) },
    { name: 'Civic Holiday', on: nth(1, 'mon', 8) },
    { name: 'Labour Day', on: nth(1, 'mon', 9) },
    { name: 'Thanksgiving', on: nth(2, 'mon', 10) },
    CHRISTMAS,
    { name: 'Christmas', on: only('mon tue', fixed(12, 27)) },
    BOXING_DAY,
    { name: 'Boxing Day', on: only('mon tue', fixed(12, 28)) },
  ],
  specialHours: [{ name: 'early close before Christmas', on: fixed(12, 24), from: 2010, close: '13:00' }],
  coverage: CHECKED,
};
