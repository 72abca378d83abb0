import type { CalendarRules, Holiday, SpecialHours } from '../calendar-rules.ts';
import { dates, fixed, observed, only } from '../day-rule.ts';
import { BOXING_DAY, CHECKED, CHRISTMAS, EASTER_MONDAY, GOOD_FRIDAY } from './western-holidays.ts';

/** By the moon, or by the weather: from exchange_calendars (Apache-2.0), commit 5308ce2. */
const TABLED: readonly Holiday[] = [
  {
    name: 'Lunar New Year',
    on: dates(`
      2015 02-19 02-20; 2016 02-08 02-09 02-10; 2017 01-30 01-31; 2018 02-16 02-19; 2019 02-05 02-06 02-07
      2020 01-27 01-28; 2021 02-12 02-15; 2022 02-01 02-02 02-03; 2023 01-23 01-24 01-25; 2024 02-12 02-13
      2025 01-29 01-30 01-31; 2026 02-17 02-18 02-19
    `),
  },
  {
    name: 'Ching Ming Festival',
    on: dates(`
      2015 04-07; 2016 04-04; 2017 04-04; 2018 04-05; 2019 04-05; 2021 04-06; 2022 04-05; 2023 04-05
      2024 04-04; 2025 04-04; 2026 04-07
    `),
  },
  {
    name: "Buddha's Birthday",
    on: dates(`
      2015 05-25; 2017 05-03; 2018 05-22; 2019 05-13; 2020 04-30; 2021 05-19; 2022 05-09; 2023 05-26
      2024 05-15; 2025 05-05; 2026 05-25
    `),
  },
  {
    name: 'Tuen Ng Festival',
    on: dates(`
      2016 06-09; 2017 05-30; 2018 06-18; 2019 06-07; 2020 06-25; 2021 06-14; 2022 06-03; 2023 06-22
      2024 06-10; 2026 06-19
    `),
  },
  {
    name: 'Mid-Autumn Festival',
    on: dates(`
      2015 09-28; 2016 09-16; 2017 10-05; 2018 09-25; 2020 10-02; 2021 09-22; 2022 09-12; 2024 09-18
      2025 10-07
    `),
  },
  {
    name: 'Chung Yeung Festival',
    on: dates(`
      2015 10-21; 2016 10-10; 2018 10-17; 2019 10-07; 2020 10-26; 2021 10-14; 2022 10-04; 2023 10-23
      2024 10-11; 2025 10-29; 2026 10-19
    `),
  },
  { name: 'Victory Day', on: dates('2015 09-03') },
  { name: 'typhoon', on: dates('2016 08-02 10-21; 2017 08-23; 2020 10-13; 2021 10-13; 2023 07-17; 2024 09-06') },
];

/** A half-day ends where the lunch break of others begins. */
const HALF_DAYS: readonly SpecialHours[] = [
  { name: 'early close on Christmas Eve', on: fixed(12, 24), close: '12:00' },
  { name: "early close on New Year's Eve", on: fixed(12, 31), close: '12:00' },
  {
    name: "early close on Lunar New Year's Eve",
    on: dates(`
      2015 02-18; 2017 01-27; 2018 02-15; 2019 02-04; 2020 01-24; 2021 02-11; 2022 01-31; 2024 02-09
      2025 01-28; 2026 02-16
    `),
    close: '12:00',
  },
];

export const XHKG: CalendarRules = {
  name: 'XHKG',
  title: 'Hong Kong Stock Exchange',
  timeZone: 'Asia/Hong_Kong',
  hours: [{ open: '09:30', break: ['12:00', '13:00'], close: '16:00' }],
  holidays: [
    { name: "New Year's Day", on: observed('sunday to monday', fixed(1, 1)) },
    GOOD_FRIDAY,
    EASTER_MONDAY,
    { name: 'Labour Day', on: observed('sunday to monday', fixed(5, 1)) },
    { name: 'Establishment Day', on: observed('sunday to monday', fixed(7, 1)) },
    { name: 'National Day', on: observed('sunday to monday', fixed(10, 1)) },
    CHRISTMAS,
    BOXING_DAY,
    { name: 'Christmas', on: only('mon tue', fixed(12, 27)) },
    ...TABLED,
  ],
  specialHours: HALF_DAYS,
  coverage: CHECKED,
};
