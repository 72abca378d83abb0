import type { CalendarRules } from '../calendar-rules.ts';
import { easter, fixed, onOrAfter } from '../day-rule.ts';
import {
  ASCENSION_DAY,
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

export const XSTO: CalendarRules = {
  name: 'XSTO',
  title: 'Nasdaq Stockholm',
  timeZone: 'Europe/Stockholm',
  hours: [{ open: '09:00', close: '17:30' }],
  holidays: [
    NEW_YEAR,
    { name: 'Epiphany', on: fixed(1, 6) },
    GOOD_FRIDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION_DAY,
    { name: 'National Day', on: fixed(6, 6), from: 2004 },
    { name: 'Midsummer Eve', on: onOrAfter('fri', 6, 19) },
    CHRISTMAS_EVE,
    CHRISTMAS,
    BOXING_DAY,
    NEW_YEARS_EVE,
  ],
  specialHours: [
    { name: 'early close before Epiphany', on: fixed(1, 5), close: '13:00' },
    { name: 'early close on Maundy Thursday', on: easter(-3), close: '13:00' },
    { name: 'early close before Labour Day', on: fixed(4, 30), close: '13:00' },
    { name: 'early close before Ascension Day', on: easter(38), close: '13:00' },
    { name: "early close before All Saints' Day", on: onOrAfter('fri', 10, 30), close: '13:00' },
  ],
  coverage: CHECKED,
};
