import type { CalendarRules, Holiday, SpecialHours } from '../calendar-rules.ts';
import { dates, fixed } from '../day-rule.ts';
import { CHECKED, CHRISTMAS, GOOD_FRIDAY } from './western-holidays.ts';

/** By the moon, and by ballot: from exchange_calendars (Apache-2.0), commit 5308ce2. */
const TABLED: readonly Holiday[] = [
  {
    name: 'Mahashivratri',
    on: dates(`
      2015 02-17; 2016 03-07; 2017 02-24; 2018 02-13; 2019 03-04; 2020 02-21; 2021 03-11; 2022 03-01
      2024 03-08; 2025 02-26
    `),
  },
  {
    name: 'Holi',
    on: dates(`
      2015 03-06; 2016 03-24; 2017 03-13; 2018 03-02; 2019 03-21; 2020 03-10; 2021 03-29; 2022 03-18
      2023 03-07; 2024 03-25; 2025 03-14; 2026 03-03
    `),
  },
  { name: 'Ram Navami', on: dates('2016 04-15; 2017 04-04; 2020 04-02; 2021 04-21; 2023 03-30; 2024 04-17; 2026 03-26') },
  { name: 'Mahavir Jayanti', on: dates('2015 04-02; 2016 04-19; 2018 03-29; 2019 04-17; 2020 04-06; 2023 04-04; 2025 04-10; 2026 03-31') },
  { name: 'Ambedkar Jayanti', on: dates('2015 04-14; 2016 04-14; 2020 04-14; 2021 04-14; 2022 04-14; 2023 04-14; 2025 04-14; 2026 04-14') },
  { name: 'Id-ul-Fitr', on: dates('2016 07-06; 2017 06-26; 2019 06-05; 2020 05-25; 2021 05-13; 2022 05-03; 2024 04-11; 2025 03-31') },
  { name: 'Bakri Id', on: dates('2015 09-25; 2016 09-13; 2018 08-22; 2019 08-12; 2021 07-21; 2023 06-29; 2024 06-17; 2026 05-28') },
  { name: 'Muharram', on: dates('2016 10-12; 2018 09-20; 2019 09-10; 2021 08-19; 2022 08-09; 2024 07-17; 2026 06-26') },
  {
    name: 'Ganesh Chaturthi',
    on: dates(`
      2015 09-17; 2016 09-05; 2017 08-25; 2018 09-13; 2019 09-02; 2021 09-10; 2022 08-31; 2023 09-19
      2025 08-27; 2026 09-14
    `),
  },
  { name: 'Dussehra', on: dates('2015 10-22; 2016 10-11; 2018 10-18; 2019 10-08; 2021 10-15; 2022 10-05; 2023 10-24; 2026 10-20') },
  {
    name: 'Diwali',
    on: dates(`
      2015 11-11 11-12; 2016 10-31; 2017 10-19 10-20; 2018 11-07 11-08; 2019 10-28; 2020 11-16
      2021 11-04 11-05; 2022 10-24 10-26; 2023 11-14; 2024 11-01; 2025 10-21 10-22; 2026 11-10
    `),
  },
  {
    name: 'Guru Nanak Jayanti',
    on: dates(`
      2015 11-25; 2016 11-14; 2018 11-23; 2019 11-12; 2020 11-30; 2021 11-19; 2022 11-08; 2023 11-27
      2024 11-15; 2025 11-05; 2026 11-24
    `),
  },
  { name: 'election day', on: dates('2019 04-29 10-21; 2024 05-20 11-20; 2026 01-15') },
  { name: 'Ram Mandir inauguration', on: dates('2024 01-22') },
];

/**
 * Sessions on days of rest that the reference leaves out: the hour of Diwali, at
 * the exchanges' own announcements, and weekends with a budget or a rehearsal.
 */
const EXTRA_SESSIONS: readonly SpecialHours[] = [
  muhurat('17:45', '18:45', '2015 11-11'),
  muhurat('18:30', '19:30', '2016 10-30; 2017 10-19'),
  muhurat('17:30', '18:30', '2018 11-07'),
  muhurat('18:15', '19:15', '2019 10-27; 2020 11-14; 2021 11-04; 2022 10-24; 2023 11-12'),
  muhurat('18:00', '19:00', '2024 11-01'),
  muhurat('13:45', '14:45', '2025 10-21'),
  { name: 'session on budget day', on: dates('2015 02-28; 2020 02-01; 2026 02-01'), isSession: true },
  {
    name: 'rehearsal at the recovery site',
    on: dates('2024 03-02 05-18'),
    isSession: true,
    open: '09:15',
    break: ['10:00', '11:30'],
    close: '12:30',
  },
];

function muhurat(open: string, close: string, table: string): SpecialHours {
  return { name: 'Muhurat trading', on: dates(table), isSession: true, open, close };
}

function india(name: string, title: string): CalendarRules {
  return {
    name,
    title,
    timeZone: 'Asia/Kolkata',
    hours: [{ pre: '09:00', open: '09:15', close: '15:30' }],
    holidays: [
      { name: 'Republic Day', on: fixed(1, 26) },
      GOOD_FRIDAY,
      { name: 'Maharashtra Day', on: fixed(5, 1) },
      { name: 'Independence Day', on: fixed(8, 15) },
      { name: 'Gandhi Jayanti', on: fixed(10, 2) },
      CHRISTMAS,
      ...TABLED,
    ],
    specialHours: [{ name: 'session on a Saturday', on: dates('2024 01-20; 2025 02-01'), isSession: true }],
    extraSessions: EXTRA_SESSIONS,
    coverage: CHECKED,
  };
}

export const XBOM: CalendarRules = india('XBOM', 'BSE, Mumbai');
export const XNSE: CalendarRules = india('XNSE', 'National Stock Exchange of India');
