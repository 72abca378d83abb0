import type { CalendarRules } from '../calendar-rules.ts';
import { fixed } from '../day-rule.ts';
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
  WHIT_MONDAY,
} from './western-holidays.ts';

export const XSWX: CalendarRules = {
  name: 'XSWX',
  title: 'SIX Swiss Exchange',
  timeZone: 'Europe/Zurich',
  hours: [{ open: '09:00', close: '17:30' }],
  holidays: [
    NEW_YEAR,
    { name: "Berchtold's Day", on: fixed(1, 2) },
    GOOD_FRIDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION_DAY,
    WHIT_MONDAY,
    { name: 'Swiss National Day', on: fixed(8, 1) },
    CHRISTMAS_EVE,
    CHRISTMAS,
    BOXING_DAY,
    NEW_YEARS_EVE,
  ],
  coverage: CHECKED,
};
