import type { CalendarRules } from '../calendar-rules.ts';
import { fixed } from '../day-rule.ts';
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

/** What a venue of Euronext has of its own: Lisbon keeps the same instants by clocks an hour behind. */
interface Place {
  readonly timeZone: string;
  readonly open?: string;
  readonly close?: string;
  readonly earlyClose?: string;
}

function euronext(name: string, title: string, place: Place): CalendarRules {
  const { timeZone, open = '09:00', close = '17:30', earlyClose = '14:05' } = place;
  return {
    name,
    title,
    timeZone,
    hours: [{ open, close }],
    holidays: [NEW_YEAR, GOOD_FRIDAY, EASTER_MONDAY, LABOUR_DAY, CHRISTMAS, BOXING_DAY],
    specialHours: [
      { name: 'early close on Christmas Eve', on: fixed(12, 24), close: earlyClose },
      { name: "early close on New Year's Eve", on: fixed(12, 31), close: earlyClose },
    ],
    coverage: CHECKED,
  };
}

export const XPAR: CalendarRules = euronext('XPAR', 'Euronext Paris', { timeZone: 'Europe/Paris' });
export const XAMS: CalendarRules = euronext('XAMS', 'Euronext Amsterdam', { timeZone: 'Europe/Amsterdam' });
export const XBRU: CalendarRules = euronext('XBRU', 'Euronext Brussels', { timeZone: 'Europe/Brussels' });
export const XLIS: CalendarRules = euronext('XLIS', 'Euronext Lisbon', {
  timeZone: 'Europe/Lisbon',
  open: '08:00',
  close: '16:30',
  earlyClose: '13:05',
});

/** Milan kept its own holidays when it joined. */
export const XMIL: CalendarRules = {
  name: 'XMIL',
  title: 'Borsa Italiana',
  timeZone: 'Europe/Rome',
  hours: [{ open: '09:00', close: '17:30' }],
  holidays: [
    NEW_YEAR,
    GOOD_FRIDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    { name: 'Assumption Day', on: fixed(8, 15) },
    CHRISTMAS_EVE,
    CHRISTMAS,
    BOXING_DAY,
    NEW_YEARS_EVE,
  ],
  coverage: CHECKED,
};
