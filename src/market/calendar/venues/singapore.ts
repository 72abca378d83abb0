import type { CalendarRules, Holiday } from '../calendar-rules.ts';
import { dates, fixed, observed } from '../day-rule.ts';
import { CHECKED, GOOD_FRIDAY } from './western-holidays.ts';

/** By the moon, and by ballot: from exchange_calendars (Apache-2.0), commit 5308ce2. */
const TABLED: readonly Holiday[] = [
  {
    name: 'Chinese New Year',
    on: dates(`
      2015 02-19 02-20; 2016 02-08 02-09; 2017 01-30; 2018 02-16; 2019 02-05 02-06; 2020 01-27; 2021 02-12
      2022 02-01 02-02; 2023 01-23 01-24; 2024 02-12; 2025 01-29 01-30; 2026 02-17 02-18
    `),
  },
  {
    name: 'Hari Raya Puasa',
    on: dates(`
      2015 07-17; 2016 07-06; 2017 06-26; 2018 06-15; 2019 06-05; 2020 05-25; 2021 05-13; 2022 05-03
      2024 04-10; 2025 03-31
    `),
  },
  {
    name: 'Vesak Day',
    on: dates(`
      2015 06-01; 2017 05-10; 2018 05-29; 2019 05-20; 2020 05-07; 2021 05-26; 2022 05-16; 2023 06-02
      2024 05-22; 2025 05-12; 2026 06-01
    `),
  },
  {
    name: 'Hari Raya Haji',
    on: dates(`
      2015 09-24; 2016 09-12; 2017 09-01; 2018 08-22; 2019 08-12; 2020 07-31; 2021 07-20; 2022 07-11
      2023 06-29; 2024 06-17; 2026 05-27
    `),
  },
  {
    name: 'Deepavali',
    on: dates(`
      2015 11-10; 2017 10-18; 2018 11-06; 2019 10-28; 2021 11-04; 2022 10-24; 2023 11-13; 2024 10-31
      2025 10-20; 2026 11-09
    `),
  },
  { name: 'Polling Day', on: dates('2015 09-11; 2020 07-10; 2023 09-01') },
  { name: 'Golden Jubilee', on: dates('2015 08-07') },
];

export const XSES: CalendarRules = {
  name: 'XSES',
  title: 'Singapore Exchange',
  timeZone: 'Asia/Singapore',
  hours: [{ open: '09:00', close: '17:00' }],
  holidays: [
    { name: "New Year's Day", on: observed('sunday to monday', fixed(1, 1)) },
    GOOD_FRIDAY,
    { name: 'Labour Day', on: observed('sunday to monday', fixed(5, 1)) },
    { name: 'National Day', on: observed('sunday to monday', fixed(8, 9)) },
    { name: 'Christmas', on: observed('sunday to monday', fixed(12, 25)) },
    ...TABLED,
  ],
  coverage: CHECKED,
};
