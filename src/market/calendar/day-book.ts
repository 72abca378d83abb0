import { assertFlag, assertNames, ConfigError } from '../../errors.ts';
import type { CalendarOptions, CalendarRules, Holiday, Override, SpecialHours } from './calendar-rules.ts';
import { type Day, dateText, yearOf } from './day.ts';
import { type DayPlan, restDay } from './day-plan.ts';
import { assertOrder, minutesOf, optional, pairOf, UsualHours } from './usual-hours.ts';

const RULES = {
  name: true,
  title: true,
  timeZone: true,
  hours: true,
  holidays: true,
  specialHours: true,
  extraSessions: true,
  coverage: true,
} as const;
const HOLIDAY = { name: true, on: true, from: true, until: true } as const;
const SPECIAL = { ...HOLIDAY, open: true, close: true, break: true, post: true, laterBy: true, isSession: true } as const;
const OVERRIDE = { closed: true, open: true, close: true, break: true, post: true, reason: true } as const;

/** The days of one year that are not as usual. */
interface UnusualDays {
  readonly holidays: ReadonlyMap<Day, string>;
  readonly special: ReadonlyMap<Day, SpecialHours>;
}

/** Says of each date of a venue what it looks like: its usual hours, unless a holiday, special hours or an override says otherwise. */
export class DayBook {
  readonly #name: string;
  readonly #hours: readonly UsualHours[];
  readonly #holidays: readonly Holiday[];
  readonly #special: readonly SpecialHours[];
  readonly #overrides = new Map<Day, Override>();
  readonly #years = new Map<number, UnusualDays>();

  /** @throws ConfigError when the rules cannot be read. */
  constructor(rules: CalendarRules, options: CalendarOptions) {
    assertNames(rules, RULES, 'rules');
    this.#name = rules.name;
    if (rules.hours.length === 0) throw new ConfigError(`\`hours\` of ${rules.name} is empty; give at least one { open, close }`);
    this.#hours = rules.hours.map((hours, at) => new UsualHours(hours, `${rules.name}.hours[${at}]`, options.overnight ?? false));
    for (const [at, { from }] of this.#hours.entries()) {
      if (at > 0 && !(from > (this.#hours[at - 1]?.from ?? 0)))
        throw new ConfigError(
          `\`${rules.name}.hours[${at}].from\` is missing or out of order; give the hours from the oldest on, each with its date`,
        );
    }
    this.#holidays = rules.holidays ?? [];
    this.#special = [...(rules.specialHours ?? []), ...(options.extraSessions ? (rules.extraSessions ?? []) : [])];
    for (const holiday of this.#holidays) assertNames(holiday, HOLIDAY, `${rules.name}: ${holiday.name}`);
    for (const special of this.#special) assertTimes(special, rules.name);
  }

  /** When a date begins for the venue, in minutes after its midnight. */
  dayStart(day: Day): number {
    return this.#hoursOf(day).dayStart;
  }

  /** @throws ConfigError when special hours or an override are out of order with the day's usual ones. */
  planOf(day: Day): DayPlan {
    const override = this.#overrides.get(day);
    const plan = override ? this.#overridden(day, override) : this.#ruled(day);
    if (plan.isSession) assertOrder(plan, this.dayStart(day), `${this.#name} on ${dateText(day)}`);
    return plan;
  }

  /** Replaces a date's rules; `undefined` lets them hold again. @throws ConfigError when the hours cannot be. */
  override(day: Day, override: Override | undefined): void {
    if (override !== undefined) assertOverride(override);
    const before = this.#overrides.get(day);
    if (override === undefined) this.#overrides.delete(day);
    else this.#overrides.set(day, override);
    try {
      this.planOf(day);
    } catch (error) {
      if (before === undefined) this.#overrides.delete(day);
      else this.#overrides.set(day, before);
      throw error;
    }
  }

  #ruled(day: Day): DayPlan {
    const hours = this.#hoursOf(day);
    const { holidays, special } = this.#unusualOf(yearOf(day));
    const found = special.get(day);
    if (found?.isSession) return withSpecialHours(hours.planOf(day), found);
    if (!hours.hasSession(day)) return restDay('weekend');
    const holiday = holidays.get(day);
    if (holiday !== undefined) return restDay(holiday);
    return found ? withSpecialHours(hours.planOf(day), found) : hours.planOf(day);
  }

  #overridden(day: Day, override: Override): DayPlan {
    if ('closed' in override) return restDay(override.reason ?? 'closed by an override');
    const { reason = 'hours set by an override', ...hours } = override;
    return withSpecialHours(this.#hoursOf(day).planOf(day), { ...hours, name: reason, on: () => [] });
  }

  #hoursOf(day: Day): UsualHours {
    const found = this.#hours.findLast(({ from }) => from <= day) ?? this.#hours[0];
    if (!found) throw new ConfigError(`\`hours\` of ${this.#name} is empty; give at least one { open, close }`);
    return found;
  }

  /** A rule of one year may fall into the next or the last: the eve of New Year does. */
  #unusualOf(year: number): UnusualDays {
    const known = this.#years.get(year);
    if (known) return known;
    const holidays = new Map<Day, string>();
    const special = new Map<Day, SpecialHours>();
    for (const ruleYear of [year - 1, year, year + 1]) {
      for (const holiday of this.#holidays) {
        for (const day of daysOf(holiday, ruleYear)) if (!holidays.has(day)) holidays.set(day, holiday.name);
      }
      for (const hours of this.#special) for (const day of daysOf(hours, ruleYear)) special.set(day, hours);
    }
    const found = { holidays, special };
    this.#years.set(year, found);
    return found;
  }
}

/** Throws unless an override is one: who writes `closed: false` means hours, and gets them by leaving it out. */
function assertOverride(override: Override): void {
  assertNames(override, OVERRIDE, 'override');
  if ('closed' in override) {
    assertFlag(override.closed, 'override.closed');
    if (!override.closed) throw new ConfigError('`override.closed` is false; leave it out, and give the hours that differ');
    return;
  }
  for (const name of ['open', 'close', 'post'] as const) optional(override[name], `override.${name}`);
  pairOf(override.break, 'override.break');
}

function daysOf({ on, from, until }: Holiday, year: number): readonly Day[] {
  return year >= (from ?? Number.NEGATIVE_INFINITY) && year <= (until ?? Number.POSITIVE_INFINITY) ? on(year) : [];
}

/** Throws unless every time of special hours can be read, so that who defines a calendar hears of it at once. */
function assertTimes(special: SpecialHours, calendar: string): void {
  const { name, open, close, break: rest, post } = special;
  const what = `${calendar}: ${name}`;
  assertNames(special, SPECIAL, what);
  for (const text of [open, close, post]) optional(text, what);
  pairOf(rest, what);
}

function withSpecialHours(usual: DayPlan, special: SpecialHours): DayPlan {
  const laterBy = special.laterBy ?? 0;
  const open = special.open === undefined ? usual.open + laterBy : minutesOf(special.open, special.name);
  const close = special.close === undefined ? usual.close + laterBy : minutesOf(special.close, special.name);
  const [breakFrom, breakUntil] =
    special.break === undefined ? [usual.breakFrom + laterBy, usual.breakUntil + laterBy] : pairOf(special.break, special.name);
  const post = special.post === undefined ? usual.post : minutesOf(special.post, special.name);
  // A half-day has no lunch, and a late one nothing before it that would end after it began.
  const hasBreak = breakFrom > open && breakUntil < close;
  return {
    ...usual,
    reason: special.name,
    open,
    close,
    breakFrom: hasBreak ? breakFrom : Number.NaN,
    breakUntil: hasBreak ? breakUntil : Number.NaN,
    pre: usual.pre < open ? usual.pre : Number.NaN,
    post: post > close ? post : Number.NaN,
    isEarlyClose: close < usual.close,
    isLateOpen: open > usual.open,
  };
}
