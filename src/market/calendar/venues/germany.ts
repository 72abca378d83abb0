import type { CalendarRules } from '../calendar-rules.ts';
import { dates, easter, fixed, lastWeekdayBefore } from '../day-rule.ts';
import {
  BOXING_DAY,
  CHECKED,
  CHRISTMAS,
  CHRISTMAS_EVE,
  EASTER_MONDAY,
  GOOD_FRIDAY,
  LABOUR_DAY,
  NEW_YEAR,
  NEW_YEARS_EVE,
} from './western-holidays.ts';

function frankfurt(name: string, title: string): CalendarRules {
  return {
    name,
    title,
    timeZone: 'Europe/Berlin',
    hours: [{ open: '09:00', close: '17:30' }],
    holidays: [
      NEW_YEAR,
      GOOD_FRIDAY,
      EASTER_MONDAY,
      LABOUR_DAY,
      { name: 'Whit Monday', on: easter(50), from: 2015, until: 2021 },
      { name: 'Day of German Unity', on: fixed(10, 3), from: 2014, until: 2021 },
      { name: 'Reformation Day', on: dates('2017 10-31') },
      CHRISTMAS_EVE,
      CHRISTMAS,
      BOXING_DAY,
      NEW_YEARS_EVE,
    ],
    specialHours: [{ name: 'early close on the last weekday of the year', on: lastWeekdayBefore(fixed(12, 31)), close: '14:00' }],
    coverage: CHECKED,
  };
}

export const XETR: CalendarRules = frankfurt('XETR', 'Xetra');
export const XFRA: CalendarRules = frankfurt('XFRA', 'Frankfurt Stock Exchange');
