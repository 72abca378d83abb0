import type { CalendarRules } from '../calendar-rules.ts';
import { type Day, dayOf, weekdayOf } from '../day.ts';
import { type DayRule, dates, fixed, nth, observed } from '../day-rule.ts';
import { CHECKED } from './western-holidays.ts';

const SUNDAY = 6;

/** A holiday on a Sunday is kept on the next day that is none; 3 to 5 May are three in a row. */
function movedBy(days: number, rule: DayRule): DayRule {
  return (year) => rule(year).map((day) => (weekdayOf(day) === SUNDAY ? day + days : day));
}

const monday = (rule: DayRule): DayRule => observed('sunday to monday', rule);

/**
 * The March or September equinox in Japan, for 1980 to 2099: the approximation of
 * the Hydrographic Department of Japan, good to the day.
 */
function equinox(month: number, base: number): DayRule {
  return (year) => [dayOf(year, month, Math.floor(base + 0.242194 * (year - 1980) - Math.floor((year - 1980) / 4)))];
}

const AUTUMNAL_EQUINOX = equinox(9, 23.2488);
const RESPECT_FOR_THE_AGED = nth(3, 'mon', 9);

/** A day between two holidays is one itself. */
function betweenHolidays(first: DayRule, second: DayRule): DayRule {
  return (year) => {
    const afterFirst: readonly Day[] = first(year).map((day) => day + 1);
    return afterFirst.filter((day) => second(year).includes(day + 1));
  };
}

const MARINE = nth(3, 'mon', 7);
const SPORTS = nth(2, 'mon', 10);
const MOUNTAIN = monday(fixed(8, 11));
/** In 2020 and 2021 three holidays were moved for the Olympic Games. */
const exceptOlympics =
  (rule: DayRule): DayRule =>
  (year) =>
    year === 2020 || year === 2021 ? [] : rule(year);

export const XTKS: CalendarRules = {
  name: 'XTKS',
  title: 'Tokyo Stock Exchange',
  timeZone: 'Asia/Tokyo',
  hours: [
    { open: '09:00', break: ['11:30', '12:30'], close: '15:00' },
    { from: '2024-11-05', open: '09:00', break: ['11:30', '12:30'], close: '15:30' },
  ],
  holidays: [
    { name: "New Year's holiday", on: (year) => [dayOf(year, 1, 1), dayOf(year, 1, 2), dayOf(year, 1, 3), dayOf(year, 12, 31)] },
    { name: 'Coming of Age Day', on: nth(2, 'mon', 1), from: 2000 },
    { name: 'National Foundation Day', on: monday(fixed(2, 11)) },
    { name: "Emperor's Birthday", on: monday(fixed(2, 23)), from: 2020 },
    { name: 'Vernal Equinox Day', on: monday(equinox(3, 20.8431)) },
    { name: 'Shōwa Day', on: monday(fixed(4, 29)), from: 2007 },
    { name: 'Accession of the Emperor', on: dates('2019 04-30 05-01 05-02') },
    { name: 'Constitution Memorial Day', on: movedBy(3, fixed(5, 3)) },
    { name: 'Greenery Day', on: movedBy(2, fixed(5, 4)), from: 2007 },
    { name: "Children's Day", on: movedBy(1, fixed(5, 5)) },
    { name: 'Marine Day', on: exceptOlympics(MARINE), from: 2003 },
    { name: 'Mountain Day', on: exceptOlympics(MOUNTAIN), from: 2016 },
    { name: 'Marine Day', on: dates('2020 07-23; 2021 07-22') },
    { name: 'Sports Day', on: dates('2020 07-24; 2021 07-23') },
    { name: 'Mountain Day', on: dates('2020 08-10; 2021 08-09') },
    { name: 'Respect for the Aged Day', on: RESPECT_FOR_THE_AGED, from: 2003 },
    { name: "Citizens' holiday", on: betweenHolidays(RESPECT_FOR_THE_AGED, AUTUMNAL_EQUINOX), from: 2003 },
    { name: 'Autumnal Equinox Day', on: monday(AUTUMNAL_EQUINOX) },
    { name: 'failure of the trading system', on: dates('2020 10-01') },
    { name: 'Sports Day', on: exceptOlympics(SPORTS), from: 2000 },
    { name: 'Enthronement of the Emperor', on: dates('2019 10-22') },
    { name: 'Culture Day', on: monday(fixed(11, 3)) },
    { name: 'Labour Thanksgiving Day', on: monday(fixed(11, 23)) },
    { name: "Emperor's Birthday", on: monday(fixed(12, 23)), from: 1989, until: 2018 },
  ],
  coverage: CHECKED,
};
