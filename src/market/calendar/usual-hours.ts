import { assertNames, ConfigError } from '../../errors.ts';
import type { Hours } from './calendar-rules.ts';
import { type Day, parseDay, parseMinutes, WEEKDAYS, type Weekday, weekdayOf } from './day.ts';
import { type DayPlan, restDay } from './day-plan.ts';

const HOURS = {
  from: true,
  weekdays: true,
  open: true,
  close: true,
  opensDayBefore: true,
  closeOn: true,
  break: true,
  pre: true,
  post: true,
  overnight: true,
} as const;
const MINUTES_OF_DAY = 24 * 60;
const MONDAY_TO_FRIDAY: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];

/** The hours that a venue has from a day on, when nothing is special. */
export class UsualHours {
  /** The first day. */
  readonly from: Day;
  /** When a date begins for the venue: at midnight, or on the evening before, when its first session does. */
  readonly dayStart: number;
  /** One plan for each day of the week, whether it has sessions or not. */
  readonly #plans: readonly DayPlan[];
  readonly #hasSessions: readonly boolean[];

  /**
   * @param name names the hours in an error.
   * @throws ConfigError when a time cannot be read, or they are out of order.
   */
  constructor(hours: Hours, name: string, withOvernight: boolean) {
    assertNames(hours, HOURS, name);
    this.from = hours.from === undefined ? Number.NEGATIVE_INFINITY : dayOfText(hours.from, `${name}.from`);
    const weekdays = hours.weekdays ?? MONDAY_TO_FRIDAY;
    this.#hasSessions = WEEKDAYS.map((weekday) => weekdays.includes(weekday));
    const usual = planOf(hours, name, withOvernight);
    this.#plans = WEEKDAYS.map((weekday) => {
      const close = hours.closeOn?.[weekday];
      return close === undefined ? usual : { ...usual, close: minutesOf(close, `${name}.closeOn.${weekday}`) };
    });
    this.dayStart = Math.min(0, usual.open, withOvernight ? usual.overnightFrom || 0 : 0);
    for (const plan of this.#plans) assertOrder(plan, this.dayStart, name);
  }

  /** The plan of a day of the week that has sessions; of one that has none, what a session of it would be like. */
  planOf(day: Day): DayPlan {
    return this.#plans[weekdayOf(day)] ?? restDay('weekend');
  }

  /** Whether the day of the week has sessions. */
  hasSession(day: Day): boolean {
    return this.#hasSessions[weekdayOf(day)] ?? false;
  }
}

function planOf(hours: Hours, name: string, withOvernight: boolean): DayPlan {
  const open = minutesOf(hours.open, `${name}.open`);
  const [breakFrom, breakUntil] = pairOf(hours.break, `${name}.break`);
  const [evening, morning] = withOvernight ? pairOf(hours.overnight, `${name}.overnight`) : [Number.NaN, Number.NaN];
  return {
    isSession: true,
    reason: '',
    open: hours.opensDayBefore ? open - MINUTES_OF_DAY : open,
    close: minutesOf(hours.close, `${name}.close`),
    breakFrom,
    breakUntil,
    pre: optional(hours.pre, `${name}.pre`),
    post: optional(hours.post, `${name}.post`),
    overnightFrom: evening - MINUTES_OF_DAY,
    overnightUntil: morning,
    isEarlyClose: false,
    isLateOpen: false,
  };
}

/** Throws unless the times of a plan follow each other within the venue's day. */
export function assertOrder(plan: DayPlan, dayStart: number, name: string): void {
  const times = [
    dayStart,
    plan.overnightFrom,
    plan.overnightUntil,
    plan.pre,
    plan.open,
    plan.breakFrom,
    plan.breakUntil,
    plan.close,
    plan.post,
    dayStart + MINUTES_OF_DAY,
  ].filter((time) => !Number.isNaN(time));
  if (times.some((time, at) => at > 0 && time < (times[at - 1] ?? 0)) || plan.open >= plan.close)
    throw new ConfigError(
      `The hours of ${name} are out of order; within a day give overnight, pre, open, break, close and post each after the one before`,
    );
}

/** The minutes of a time as text. @throws ConfigError when it is none. */
export function minutesOf(text: string, name: string): number {
  const minutes = parseMinutes(text);
  if (minutes === undefined) throw new ConfigError(`\`${name}\` is ${JSON.stringify(text)}; give a time such as '09:30'`);
  return minutes;
}

/** The day of a date as text. @throws ConfigError when it is none. */
export function dayOfText(text: string, name: string): Day {
  const day = parseDay(text);
  if (day === undefined) throw new ConfigError(`\`${name}\` is ${JSON.stringify(text)}; give a date such as '2026-11-26'`);
  return day;
}

/** Two times as text; `NaN` for those that are not there. */
export function pairOf(times: readonly [string, string] | undefined, name: string): readonly [number, number] {
  return times === undefined ? [Number.NaN, Number.NaN] : [minutesOf(times[0], name), minutesOf(times[1], name)];
}

/** A time as text; `NaN` when it is not there. */
export function optional(text: string | undefined, name: string): number {
  return text === undefined ? Number.NaN : minutesOf(text, name);
}
