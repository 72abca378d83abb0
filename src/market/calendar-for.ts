import type { Calendar } from './calendar/calendar.ts';
import type { Calendars } from './calendar/calendars.ts';
import type { Instrument } from './instrument/instrument.ts';
import { calendarNameOf } from './instrument/venue.ts';

/**
 * The calendar that tells when an instrument is traded, of those of a process, your own among them: that of its venue, or of
 * the exchange whose days its venue keeps; `undefined` where there is none, as for venues that nobody has written down yet.
 */
export function calendarFor({ venue }: Pick<Instrument, 'venue'>, calendars: Calendars): Calendar | undefined {
  if (calendars.has(venue)) return calendars.of(venue);
  const name = calendarNameOf(venue);
  return calendars.has(name) ? calendars.of(name) : undefined;
}
