import type { CalendarRules, Holiday, SpecialHours } from '../calendar-rules.ts';
import { dates, fixed, last, nth, observed, only, shifted } from '../day-rule.ts';
import { CHECKED, GOOD_FRIDAY } from './western-holidays.ts';

/** A New Year's Day on a Saturday is not kept: the Friday before belongs to the old year. */
const NEW_YEAR: Holiday = { name: "New Year's Day", on: observed('sunday to monday', fixed(1, 1)) };
const CHRISTMAS: Holiday = { name: 'Christmas', on: observed('nearest weekday', fixed(12, 25)) };
const MOURNING: Holiday = { name: 'national day of mourning', on: dates('2018 12-05; 2025 01-09') };
const THANKSGIVING: Holiday = { name: 'Thanksgiving', on: nth(4, 'thu', 11) };

/** Holidays on which shares rest, and futures trade until noon. */
const FEDERAL: readonly Holiday[] = [
  { name: 'Martin Luther King Jr. Day', on: nth(3, 'mon', 1), from: 1998 },
  { name: "Presidents' Day", on: nth(3, 'mon', 2) },
  { name: 'Memorial Day', on: last('mon', 5) },
  { name: 'Juneteenth', on: observed('nearest weekday', fixed(6, 19)), from: 2022 },
  { name: 'Independence Day', on: observed('nearest weekday', fixed(7, 4)) },
  { name: 'Labor Day', on: nth(1, 'mon', 9) },
  THANKSGIVING,
];

const AFTER_THANKSGIVING = shifted(THANKSGIVING.on, 1);
/** On a Friday it is a holiday, kept for a Christmas on a Saturday. */
const BEFORE_CHRISTMAS = only('mon tue wed thu', fixed(12, 24));

const HALF_DAY = { close: '13:00', post: '17:00' };
const HALF_DAYS: readonly SpecialHours[] = [
  { name: 'early close before Independence Day', on: only('mon tue thu', fixed(7, 3)), ...HALF_DAY },
  { name: 'early close before Independence Day', on: only('wed', fixed(7, 3)), from: 2013, ...HALF_DAY },
  { name: 'early close after Thanksgiving', on: AFTER_THANKSGIVING, ...HALF_DAY },
  { name: 'early close before Christmas', on: BEFORE_CHRISTMAS, ...HALF_DAY },
];

/** The rules that all exchanges for shares in the United States have in common. */
function shares(name: string, title: string): CalendarRules {
  return {
    name,
    title,
    timeZone: 'America/New_York',
    hours: [{ open: '09:30', close: '16:00', pre: '04:00', post: '20:00', overnight: ['21:00', '04:00'] }],
    holidays: [NEW_YEAR, ...FEDERAL, GOOD_FRIDAY, CHRISTMAS, MOURNING],
    specialHours: HALF_DAYS,
    coverage: CHECKED,
  };
}

export const XNYS: CalendarRules = shares('XNYS', 'New York Stock Exchange');
export const XNAS: CalendarRules = shares('XNAS', 'Nasdaq');
export const ARCX: CalendarRules = shares('ARCX', 'NYSE Arca');
export const XASE: CalendarRules = shares('XASE', 'NYSE American');
export const BATS: CalendarRules = shares('BATS', 'Cboe BZX');

const NOON: readonly SpecialHours[] = [...FEDERAL, { name: 'the day after Thanksgiving', on: AFTER_THANKSGIVING }].map((holiday) => ({
  ...holiday,
  name: `early close on ${holiday.name}`,
  close: '12:00',
}));

/** Equity index futures: they rest from 16:00 to 17:00 each day. */
export const CMES: CalendarRules = {
  name: 'CMES',
  title: 'CME Globex',
  timeZone: 'America/Chicago',
  hours: [{ open: '17:00', opensDayBefore: true, close: '16:00' }],
  holidays: [NEW_YEAR, GOOD_FRIDAY, CHRISTMAS, MOURNING],
  specialHours: [...NOON, { name: 'early close before Christmas', on: BEFORE_CHRISTMAS, close: '12:00' }],
  coverage: CHECKED,
};

export const XCBF: CalendarRules = {
  name: 'XCBF',
  title: 'Cboe Futures Exchange',
  timeZone: 'America/Chicago',
  hours: [{ open: '08:30', close: '15:15' }],
  holidays: [NEW_YEAR, ...FEDERAL, GOOD_FRIDAY, CHRISTMAS, MOURNING],
  specialHours: [{ name: 'early close after Thanksgiving', on: AFTER_THANKSGIVING, close: '12:15' }],
  coverage: CHECKED,
};
