import { DAY, MINUTE } from '../../time/duration.ts';

/** A date as the number of days since 1970-01-01, so that dates are reckoned with as plain numbers. */
export type Day = number;

/** A day of the week. */
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** The days of the week, from Monday on. */
export const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * The day of a date of the Gregorian calendar.
 *
 * Years are counted from March, so that the leap day is the last of its year:
 * H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
export function dayOf(year: number, month: number, date: number): Day {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

/** The date of a day: the inverse of {@link dayOf}. */
export function civilOf(day: Day): { readonly year: number; readonly month: number; readonly date: number } {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const date = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date };
}

/** The year a day is in. */
export function yearOf(day: Day): number {
  return civilOf(day).year;
}

/** The day of the week as a number from 0, Monday, to 6, Sunday. */
export function weekdayOf(day: Day): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Whether a day is a Saturday or a Sunday. */
export function isWeekend(day: Day): boolean {
  return weekdayOf(day) >= 5;
}

/** The day that a date such as `2026-11-26` means; `undefined` where there is no such date. */
export function parseDay(text: string): Day | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const day = dayOf(Number(year), Number(month), Number(date));
  return dateText(day) === text ? day : undefined;
}

/** A day as its date: `2026-11-26`. */
export function dateText(day: Day): string {
  const { year, month, date } = civilOf(day);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}

/** The minutes after midnight that a time such as `09:30` means, up to `24:00`; `undefined` where it is none. */
export function parseMinutes(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{2}):([0-5]\d)$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return total <= 24 * 60 ? total : undefined;
}

/** An instant for people and programs: `2026-11-27T14:30:00Z`. */
export function instantText(at: number): string {
  const day = Math.floor(at / DAY);
  const minutes = Math.floor((at - day * DAY) / MINUTE);
  const ms = at - day * DAY - minutes * MINUTE;
  const two = (value: number): string => String(value).padStart(2, '0');
  const fraction = ms % 1_000 === 0 ? '' : `.${String(Math.floor(ms % 1_000)).padStart(3, '0')}`;
  return `${dateText(day)}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(Math.floor(ms / 1_000))}${fraction}Z`;
}
