import { ConfigError } from '../../errors.ts';
import { type Day, dateText, dayOf, isWeekend, parseDay, WEEKDAYS, type Weekday, weekdayOf } from './day.ts';

/** The days of a year on which something is, such as a holiday; none in a year without it. */
export type DayRule = (year: number) => readonly Day[];

/** Always the same date: `fixed(12, 25)`. */
export function fixed(month: number, date: number): DayRule {
  return (year) => {
    const day = dayOf(year, month, date);
    return dateText(day).endsWith(`-${String(date).padStart(2, '0')}`) ? [day] : [];
  };
}

/** The n-th of a weekday in a month: `nth(3, 'mon', 1)` is the third Monday of January. */
export function nth(count: number, weekday: Weekday, month: number): DayRule {
  return onOrAfter(weekday, month, 7 * (count - 1) + 1);
}

/** The last of a weekday in a month: `last('mon', 5)`. */
export function last(weekday: Weekday, month: number): DayRule {
  return (year) => {
    const next = month === 12 ? dayOf(year + 1, 1, 1) : dayOf(year, month + 1, 1);
    return [next - 1 - ((weekdayOf(next - 1) - WEEKDAYS.indexOf(weekday) + 7) % 7)];
  };
}

/** The first of a weekday that is not before a date: `onOrAfter('fri', 6, 19)`. */
export function onOrAfter(weekday: Weekday, month: number, date: number): DayRule {
  return (year) => {
    const from = dayOf(year, month, date);
    return [from + ((WEEKDAYS.indexOf(weekday) - weekdayOf(from) + 7) % 7)];
  };
}

/** The last of a weekday that is not after a date: `onOrBefore('mon', 5, 24)`. */
export function onOrBefore(weekday: Weekday, month: number, date: number): DayRule {
  return (year) => {
    const until = dayOf(year, month, date);
    return [until - ((weekdayOf(until) - WEEKDAYS.indexOf(weekday) + 7) % 7)];
  };
}

/** So many days from Easter Sunday: `easter(-2)` is Good Friday. */
export function easter(offset: number): DayRule {
  return (year) => [easterSunday(year) + offset];
}

/** Easter Sunday of the western churches, after the anonymous computus that J. Meeus gives. */
function easterSunday(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const moon = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const week = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - moon - (c % 4)) % 7;
  const correction = Math.floor((a + 11 * moon + 22 * week) / 451);
  const sum = moon + week - 7 * correction + 114;
  return dayOf(year, Math.floor(sum / 31), (sum % 31) + 1);
}

/**
 * Days that no rule gives, line by line: a year and its dates, as in
 * `2026 02-17 02-18`. For the moon's festivals, elections, storms and mourning.
 *
 * @throws ConfigError when a line cannot be read.
 */
export function dates(table: string): DayRule {
  const byYear = new Map<number, Day[]>();
  for (const line of table.trim().split(/\s*[\n;]\s*/)) {
    const [year = '', ...rest] = line.split(/\s+/);
    const days = rest.map((text) => {
      const day = parseDay(`${year}-${text}`);
      if (day === undefined) throw new ConfigError(`"${year} ${text}" is no date; write lines such as "2026 02-17 02-18"`);
      return day;
    });
    byYear.set(Number(year), [...(byYear.get(Number(year)) ?? []), ...days]);
  }
  return (year) => byYear.get(year) ?? [];
}

/** The days of several rules. */
export function anyOf(...rules: readonly DayRule[]): DayRule {
  return (year) => rules.flatMap((rule) => rule(year));
}

/** The same days so much later, or with a negative offset earlier. */
export function shifted(rule: DayRule, offset: number): DayRule {
  return (year) => rule(year).map((day) => day + offset);
}

/** Of a rule's days those that fall on some weekdays: `only('mon tue thu', fixed(7, 3))`. */
export function only(weekdays: string, rule: DayRule): DayRule {
  const wanted = weekdays.split(' ').map((weekday) => WEEKDAYS.indexOf(weekday as Weekday));
  if (wanted.includes(-1)) throw new ConfigError(`"${weekdays}" are no weekdays; write some of ${WEEKDAYS.join(' ')}, with spaces between`);
  return (year) => rule(year).filter((day) => wanted.includes(weekdayOf(day)));
}

/** The last day before each of a rule's that is no Saturday and no Sunday. */
export function lastWeekdayBefore(rule: DayRule): DayRule {
  return (year) =>
    rule(year).map((day) => {
      let before = day - 1;
      while (isWeekend(before)) before -= 1;
      return before;
    });
}

/**
 * Where a holiday that falls on a weekend is kept instead. `after a holiday` is for
 * the second of two: on the Monday after a Saturday, and on the Tuesday after a
 * Sunday or a Monday, for the first has taken the Monday.
 */
export type Observance = 'nearest weekday' | 'sunday to monday' | 'weekend to monday' | 'weekend to friday' | 'after a holiday';

/** By how many days a holiday moves when it falls on a Saturday, a Sunday, a Monday. */
const MOVES: Readonly<Record<Observance, readonly [saturday: number, sunday: number, monday: number]>> = {
  'nearest weekday': [-1, 1, 0],
  'sunday to monday': [0, 1, 0],
  'weekend to monday': [2, 1, 0],
  'weekend to friday': [-1, -2, 0],
  'after a holiday': [2, 2, 1],
};

/** A rule's days as they are kept: `observed('nearest weekday', fixed(7, 4))`. */
export function observed(observance: Observance, rule: DayRule): DayRule {
  const [saturday, sunday, monday] = MOVES[observance];
  const moves = [monday, 0, 0, 0, 0, saturday, sunday];
  return (year) => rule(year).map((day) => day + (moves[weekdayOf(day)] ?? 0));
}
