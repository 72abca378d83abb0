const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** The 3rd of March 1973: whoever gives fewer milliseconds has given something else. */
const FIRST_MEANT = 1e11;

/**
 * The instant that a text means: one in ISO 8601, with its zone; epoch
 * milliseconds, from 1973 on; or a date, whose midnight in UTC is meant. `undefined` for
 * any other text, and for a day that is on no calendar.
 */
export function parseInstant(text: string): number | undefined {
  // Seconds, or a date without its dashes, would be an instant of 1970 that nobody meant.
  if (/^\d+$/.test(text) && Number(text) > 0 && Number(text) < FIRST_MEANT) return undefined;
  const at = /^\d{1,15}$/.test(text) ? Number(text) : DATE.test(text) || INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(at) && isOnCalendar(text) ? at : undefined;
}

/** Whether a text is a date alone, without a time. */
export function isDate(text: string): boolean {
  return DATE.test(text);
}

/** Whether the day there is, for there is no 30th of February; texts that tell of none pass. */
function isOnCalendar(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
  return day === undefined || new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
