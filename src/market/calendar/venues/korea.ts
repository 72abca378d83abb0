import type { CalendarRules, Holiday } from '../calendar-rules.ts';
import { isWeekend } from '../day.ts';
import { type DayRule, dates, fixed, observed } from '../day-rule.ts';
import { CHECKED, CHRISTMAS, LABOUR_DAY, NEW_YEAR } from './western-holidays.ts';

/** By the moon, by ballot, and substitutes for weekends: from exchange_calendars (Apache-2.0), commit 5308ce2. */
const TABLED: readonly Holiday[] = [
  {
    name: 'Seollal',
    on: dates(`
      2015 02-18 02-19 02-20; 2016 02-08 02-09 02-10; 2017 01-27 01-30; 2018 02-15 02-16
      2019 02-04 02-05 02-06; 2020 01-24 01-27; 2021 02-11 02-12; 2022 01-31 02-01 02-02; 2023 01-23 01-24
      2024 02-09 02-12; 2025 01-28 01-29 01-30; 2026 02-16 02-17 02-18
    `),
  },
  {
    name: "Buddha's Birthday",
    on: dates(`
      2015 05-25; 2017 05-03; 2018 05-22; 2020 04-30; 2021 05-19; 2023 05-29; 2024 05-15; 2025 05-06
      2026 05-25
    `),
  },
  {
    name: 'Chuseok',
    on: dates(`
      2015 09-28 09-29; 2016 09-14 09-15 09-16; 2017 10-04 10-05 10-06; 2018 09-24 09-25 09-26
      2019 09-12 09-13; 2020 09-30 10-01 10-02; 2021 09-20 09-21 09-22; 2022 09-09 09-12; 2023 09-28 09-29
      2024 09-16 09-17 09-18; 2025 10-06 10-07 10-08; 2026 09-24 09-25
    `),
  },
  { name: 'Independence Movement Day', on: dates('2025 03-03; 2026 03-02') },
  { name: "Children's Day", on: dates('2018 05-07; 2019 05-06; 2024 05-06') },
  { name: 'Liberation Day', on: dates('2021 08-16; 2026 08-17') },
  { name: 'National Foundation Day', on: dates('2021 10-04; 2026 10-05') },
  { name: 'Hangeul Day', on: dates('2021 10-11; 2022 10-10') },
  { name: 'Armed Forces Day', on: dates('2024 10-01') },
  {
    name: 'election day',
    on: dates('2016 04-13; 2017 05-09; 2018 06-13; 2020 04-15; 2022 03-09 06-01; 2024 04-10; 2025 06-03; 2026 06-03'),
  },
  { name: 'temporary holiday', on: dates('2015 08-14; 2016 05-06; 2017 10-02; 2020 08-17; 2023 10-02; 2025 01-27') },
];

/** The days of the college entrance examination, on which all the country begins an hour later. */
const ENTRANCE_EXAMINATION = dates(`
  2015 11-12; 2016 11-17; 2017 11-16 11-23; 2018 11-15; 2019 11-14; 2020 12-03; 2021 11-18; 2022 11-17
  2023 11-16; 2024 11-14; 2025 11-13
`);

/** The first weekday after New Year's Day, which is always the year's first session. */
const FIRST_OF_YEAR: DayRule = (year) =>
  fixed(
    1,
    1,
  )(year).map((day) => {
    let first = day + 1;
    while (isWeekend(first)) first += 1;
    return first;
  });

export const XKRX: CalendarRules = {
  name: 'XKRX',
  title: 'Korea Exchange',
  timeZone: 'Asia/Seoul',
  hours: [
    { open: '09:00', close: '15:00' },
    { from: '2016-08-01', open: '09:00', close: '15:30' },
  ],
  holidays: [
    NEW_YEAR,
    { name: 'Independence Movement Day', on: fixed(3, 1) },
    LABOUR_DAY,
    { name: "Children's Day", on: fixed(5, 5) },
    { name: 'Memorial Day', on: fixed(6, 6) },
    // A holiday again since 2026, in which the reference still has a session.
    { name: 'Constitution Day', on: fixed(7, 17), from: 2027 },
    { name: 'Liberation Day', on: fixed(8, 15) },
    { name: 'National Foundation Day', on: fixed(10, 3) },
    { name: 'Hangeul Day', on: fixed(10, 9), from: 2013 },
    CHRISTMAS,
    ...TABLED,
    { name: 'last weekday of the year', on: observed('weekend to friday', fixed(12, 31)) },
  ],
  specialHours: [
    { name: 'late open on the first day of the year', on: FIRST_OF_YEAR, open: '10:00' },
    { name: 'an hour late on the day of the entrance examination', on: ENTRANCE_EXAMINATION, laterBy: 60 },
  ],
  // Set by the Ministry of Education; the reference does not have it yet.
  extraSessions: [{ name: 'an hour late on the day of the entrance examination', on: dates('2026 11-19'), laterBy: 60 }],
  coverage: CHECKED,
};
