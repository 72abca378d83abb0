import type { CalendarRules } from '../calendar-rules.ts';
import { anyOf, fixed } from '../day-rule.ts';
import { BOXING_DAY, CHECKED, CHRISTMAS, EASTER_MONDAY, GOOD_FRIDAY, LABOUR_DAY, NEW_YEAR } from './western-holidays.ts';

/** Half-days until 2020 and again from 2024, holidays between. */
const EVES = anyOf(fixed(12, 24), fixed(12, 31));

export const XMAD: CalendarRules = {
  name: 'XMAD',
  title: 'Bolsa de Madrid',
  timeZone: 'Europe/Madrid',
  hours: [{ open: '09:00', close: '17:30' }],
  holidays: [
    NEW_YEAR,
    GOOD_FRIDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    { name: 'eve of the feast', on: EVES, from: 2021, until: 2023 },
    CHRISTMAS,
    BOXING_DAY,
  ],
  specialHours: [
    { name: 'early close on the eve of the feast', on: EVES, from: 2012, until: 2020, close: '14:00' },
    { name: 'early close on the eve of the feast', on: EVES, from: 2024, close: '14:00' },
  ],
  coverage: CHECKED,
};
