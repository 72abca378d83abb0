import type { Calendar } from '../market/calendar/calendar.ts';
import { calendarOf } from '../market/calendar/calendar-of.ts';
import { instantText } from '../market/calendar/day.ts';
import type { Call, OptionSpec } from './command.ts';

/** Options of the commands that ask a calendar; they need no service. */
export const CALENDAR_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  extra: { help: 'Count sessions that the reference lacks or has at other hours: Muhurat, budget weekends' },
};

/** The calendar that a call names, with what its options add. @throws ConfigError when there is none of that name. */
export function calendarFor(call: Call, name: string): Calendar {
  return calendarOf(name, { extraSessions: call.has('extra'), overnight: call.has('overnight') });
}

/** An instant as its text; `null` for what never comes. */
export function instantOrNull(at: number): string | null {
  return Number.isFinite(at) ? instantText(at) : null;
}
