import type { CalendarRules } from '../calendar-rules.ts';
import { dates, fixed, lastWeekdayBefore, nth, observed } from '../day-rule.ts';
import { CHECKED, EASTER_MONDAY, GOOD_FRIDAY } from './western-holidays.ts';

export const XNZE: CalendarRules = {
  name: 'XNZE',
  title: 'New Zealand Exchange',
  timeZone: 'Pacific/Auckland',
  hours: [{ open: '10:00', close: '16:45' }],
  holidays: [
    { name: "New Year's Day", on: observed('weekend to monday', fixed(1, 1)) },
    { name: "Day after New Year's Day", on: observed('after a holiday', fixed(1, 2)) },
    { name: 'Waitangi Day', on: observed('weekend to monday', fixed(2, 6)), from: 2015 },
    GOOD_FRIDAY,
    EASTER_MONDAY,
    { name: 'Anzac Day', on: observed('weekend to monday', fixed(4, 25)), from: 2015 },
    { name: "Queen's Birthday", on: nth(1, 'mon', 6), until: 2022 },
    { name: "King's Birthday", on: nth(1, 'mon', 6), from: 2023 },
    // By the Māori lunar calendar; the dates stand in the Te Kāhui o Matariki Public Holiday Act 2022.
    {
      name: 'Matariki',
      on: dates('2022 06-24; 2023 07-14; 2024 06-28; 2025 06-20; 2026 07-10; 2027 06-25; 2028 07-14; 2029 07-06; 2030 06-21'),
    },
    { name: 'Mourning of Queen Elizabeth II', on: dates('2022 09-26') },
    { name: 'Labour Day', on: nth(4, 'mon', 10) },
    { name: 'Christmas', on: observed('weekend to monday', fixed(12, 25)) },
    { name: 'Boxing Day', on: observed('after a holiday', fixed(12, 26)) },
  ],
  specialHours: [
    { name: 'early close before Christmas', on: lastWeekdayBefore(fixed(12, 25)), from: 2011, close: '12:45' },
    { name: "early close before New Year's Day", on: lastWeekdayBefore(fixed(1, 1)), from: 2011, close: '12:45' },
  ],
  coverage: CHECKED,
};
