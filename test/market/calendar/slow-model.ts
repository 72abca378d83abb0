import type { CalendarRules, Holiday, Hours, SpecialHours } from '../../../src/market/calendar/calendar-rules.ts';
import { parseDay, WEEKDAYS, weekdayOf, yearOf } from '../../../src/market/calendar/day.ts';
import type { Phase } from '../../../src/market/calendar/phase.ts';

/**
 * The phase at an instant, read off the rules by looking at a clock on the wall:
 * slow, and with nothing in common with the tables but the rules themselves.
 */
export function slowPhaseAt(rules: CalendarRules, at: number): Phase {
  const { day: wallDay, minutes: wallMinutes } = wallOf(rules.timeZone, at);
  for (const [day, minutes] of [
    [wallDay, wallMinutes],
    [wallDay + 1, wallMinutes - 1_440],
  ] as const) {
    const phase = phaseOn(rules, day, minutes);
    if (phase !== 'closed') return phase;
  }
  return 'closed';
}

function phaseOn(rules: CalendarRules, day: number, minutes: number): Phase {
  const hours = rules.hours.findLast(({ from }) => from === undefined || (parseDay(from) ?? 0) <= day) as Hours;
  const special = (rules.specialHours ?? []).findLast((one) => falls(one, day));
  const isUsualDay = (hours.weekdays ?? WEEKDAYS.slice(0, 5)).includes(WEEKDAYS[weekdayOf(day)] ?? 'mon');
  const isHoliday = (rules.holidays ?? []).some((one) => falls(one, day));
  if (!special?.isSession && (!isUsualDay || isHoliday)) return 'closed';

  const later = special?.laterBy ?? 0;
  const open = minutesOf(special?.open ?? hours.open) - (hours.opensDayBefore ? 1_440 : 0) + (special?.open ? 0 : later);
  const usualClose = hours.closeOn?.[WEEKDAYS[weekdayOf(day)] ?? 'mon'] ?? hours.close;
  const close = minutesOf(special?.close ?? usualClose) + (special?.close ? 0 : later);
  if (minutes >= open && minutes < close) {
    const rest = special?.break ?? hours.break;
    const [from, until] = rest ? rest.map((text) => minutesOf(text) + (special?.break ? 0 : later)) : [0, 0];
    const isResting = minutes >= (from ?? 0) && minutes < (until ?? 0) && (from ?? 0) > open && (until ?? 0) < close;
    return isResting ? 'break' : 'open';
  }
  if (hours.pre && minutes >= minutesOf(hours.pre) && minutes < open) return 'pre';
  const post = special?.post ?? hours.post;
  return post && minutes >= close && minutes < minutesOf(post) ? 'post' : 'closed';
}

function falls({ on, from = 0, until = 9_999 }: Holiday | SpecialHours, day: number): boolean {
  const year = yearOf(day);
  return [year - 1, year, year + 1].some((one) => one >= from && one <= until && on(one).includes(day));
}

function minutesOf(text: string): number {
  const [hours, minutes] = text.split(':');
  return Number(hours) * 60 + Number(minutes);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of a zone show, to the part of a minute. */
export function wallOf(timeZone: string, at: number): { readonly day: number; readonly minutes: number } {
  let clock = clocks.get(timeZone);
  if (!clock) {
    const numeric = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
    clock = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...numeric });
    clocks.set(timeZone, clock);
  }
  const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    day: parseDay(`${parts['year']}-${parts['month']}-${parts['day']}`) ?? Number.NaN,
    minutes: Number(parts['hour']) * 60 + Number(parts['minute']) + Number(parts['second']) / 60,
  };
}
