import type { CalendarRules } from '../calendar-rules.ts';
import { easter, fixed, observed } from '../day-rule.ts';
import { CHECKED, CHRISTMAS, CHRISTMAS_EVE, GOOD_FRIDAY, LABOUR_DAY, NEW_YEAR } from './western-holidays.ts';

export const BVMF: CalendarRules = {
  name: 'BVMF',
  title: 'B3, São Paulo',
  timeZone: 'America/Sao_Paulo',
  hours: [
    { open: '10:00', close: '17:00' },
    { from: '2019-11-04', open: '10:00', close: '18:00' },
  ],
  holidays: [
    NEW_YEAR,
    { name: 'Anniversary of São Paulo', on: fixed(1, 25), until: 2021 },
    { name: 'Carnival', on: easter(-48) },
    { name: 'Carnival', on: easter(-47) },
    GOOD_FRIDAY,
    { name: 'Corpus Christi', on: easter(60) },
    { name: 'Tiradentes', on: fixed(4, 21) },
    LABOUR_DAY,
    { name: 'Constitutionalist Revolution', on: fixed(7, 9), from: 1998, until: 2019 },
    { name: 'Constitutionalist Revolution', on: fixed(7, 9), from: 2021, until: 2021 },
    { name: 'Independence Day', on: fixed(9, 7) },
    { name: 'Our Lady of Aparecida', on: fixed(10, 12) },
    { name: "All Souls' Day", on: fixed(11, 2) },
    { name: 'Republic Day', on: fixed(11, 15) },
    { name: 'Black Awareness Day', on: fixed(11, 20), from: 2004, until: 2019 },
    { name: 'Black Awareness Day', on: fixed(11, 20), from: 2024 },
    CHRISTMAS_EVE,
    CHRISTMAS,
    { name: 'last weekday of the year', on: observed('weekend to friday', fixed(12, 31)) },
  ],
  specialHours: [{ name: 'late open on Ash Wednesday', on: easter(-46), from: 2016, open: '13:00' }],
  coverage: CHECKED,
};
