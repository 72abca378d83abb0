import type { Calendar } from './calendar.ts';
import { calendarOf, isVenue, micOf } from './calendar-of.ts';
import type { CalendarOptions } from './calendar-rules.ts';

/**
 * The calendars of a process: of each venue one, so that whoever asks shares
 * what was expanded, and hears of what was overridden.
 */
export class Calendars {
  readonly #options: CalendarOptions;
  readonly #calendars = new Map<string, Calendar>();

  constructor(options: CalendarOptions = {}) {
    this.#options = options;
  }

  /** The calendar of a venue, always the same. @throws ConfigError when there is no such venue. */
  of(name: string): Calendar {
    const mic = micOf(name);
    let calendar = this.#calendars.get(mic);
    if (!calendar) {
      calendar = calendarOf(mic, this.#options);
      this.#calendars.set(mic, calendar);
    }
    return calendar;
  }

  /** Whether there is a calendar of a name: one that comes with the package, or one of your own. */
  has(name: string): boolean {
    return this.#calendars.has(micOf(name)) || isVenue(name);
  }

  /** Takes a calendar of your own in, in the place of the one of that name. */
  add(calendar: Calendar): void {
    this.#calendars.set(micOf(calendar.name), calendar);
  }
}
