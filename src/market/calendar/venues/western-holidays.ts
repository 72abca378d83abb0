import type { Coverage, Holiday } from '../calendar-rules.ts';
import { easter, fixed } from '../day-rule.ts';

/** The dates for which every venue here was checked, against the reference that docs/calendars.md names. */
export const CHECKED: Coverage = { from: '2015-01-01', to: '2026-12-31' };

export const NEW_YEAR: Holiday = { name: "New Year's Day", on: fixed(1, 1) };
export const GOOD_FRIDAY: Holiday = { name: 'Good Friday', on: easter(-2) };
export const EASTER_MONDAY: Holiday = { name: 'Easter Monday', on: easter(1) };
export const LABOUR_DAY: Holiday = { name: 'Labour Day', on: fixed(5, 1) };
export const ASCENSION_DAY: Holiday = { name: 'Ascension Day', on: easter(39) };
export const WHIT_MONDAY: Holiday = { name: 'Whit Monday', on: easter(50) };
export const CHRISTMAS_EVE: Holiday = { name: 'Christmas Eve', on: fixed(12, 24) };
export const CHRISTMAS: Holiday = { name: 'Christmas', on: fixed(12, 25) };
export const BOXING_DAY: Holiday = { name: 'Boxing Day', on: fixed(12, 26) };
export const NEW_YEARS_EVE: Holiday = { name: "New Year's Eve", on: fixed(12, 31) };
