import { DAY } from '../time/duration.ts';
import { isDate, parseInstant } from '../time/parse-instant.ts';
import { Problem } from './problem.ts';

/** The beginning of a range: an instant in ISO 8601, epoch milliseconds, or a date, whose midnight in UTC is meant. */
export function rangeStart(text: string, name: string): number {
  const at = parseInstant(text);
  if (at !== undefined) return at;
  throw new Problem(
    'ERR_REQUEST',
    `"${text}" is no instant for "${name}"; write a date such as 2014-06-05, an instant such as 2014-06-05T13:30:00Z, or epoch milliseconds`,
  );
}

/** The end of a range, which is not in it: as its beginning, but a date means that whole day. */
export function rangeEnd(text: string, name: string): number {
  const at = rangeStart(text, name);
  return isDate(text) ? at + DAY : at;
}
