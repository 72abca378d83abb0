import { DAY } from '../time/duration.ts';
import { Problem } from './problem.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** The beginning of a range: an instant in ISO 8601, epoch milliseconds, or a date, whose midnight in UTC is meant. */
export function rangeStart(text: string, name: string): number {
  const at = /^\d{1,15}$/.test(text) ? Number(text) : DATE.test(text) || INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at) && isOnCalendar(text)) return at;
  throw new Problem(
    'ERR_REQUEST',
    `"${text}" is no instant for "${name}"; write a date such as 2014-06-05, an instant such as 2014-06-05T13:30:00Z, or epoch milliseconds`,
  );
}

/** Whether the day there is, for there is no 30th of February; texts that tell of none pass. */
function isOnCalendar(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
  return day === undefined || new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** The end of a range, which is not in it: as its beginning, but a date means that whole day. */
export function rangeEnd(text: string, name: string): number {
  const at = rangeStart(text, name);
  return DATE.test(text) ? at + DAY : at;
}
