import { DAY } from '../../time/duration.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { dateText } from '../calendar/day.ts';
import { PHASE_CODES, type Phase } from '../calendar/phase.ts';
import { type Interval, intervalMs } from '../interval.ts';
import type { BarTime } from './bar-time.ts';
import { Coverage, type Stretch } from './coverage.ts';

/** What may be said of the bars of a venue. */
export interface VenueBarTimeOptions {
  /** The phases that its bars tell of. @default ['open'] */
  readonly phases?: readonly Phase[];
}

/**
 * When bars of a venue can be, by its calendar: a holiday is no gap, and the bar of a half-day is complete at its close.
 *
 * Bars within a day begin at multiples of their interval in UTC, as far as their venue trades in them; that of
 * a day begins at midnight UTC of its session's date.
 */
export class VenueBarTime implements BarTime {
  readonly #calendar: Calendar;
  readonly #codes: ReadonlySet<number>;

  constructor(calendar: Calendar, { phases = ['open'] }: VenueBarTimeOptions = {}) {
    this.#calendar = calendar;
    this.#codes = new Set(phases.map((phase) => PHASE_CODES[phase]));
  }

  stretches(from: number, to: number, interval: Interval): readonly Stretch[] {
    if (!(from < to)) return [];
    return interval === '1d' ? this.#days(from, to) : this.#withinDays(from, to, intervalMs(interval));
  }

  endOf(startAt: number, interval: Interval): number {
    if (interval !== '1d') return startAt + intervalMs(interval);
    return this.#calendar.sessionOf(dateText(Math.floor(startAt / DAY)))?.close ?? startAt + DAY;
  }

  #days(from: number, to: number): readonly Stretch[] {
    const first = Math.ceil(from / DAY);
    const last = Math.ceil(to / DAY) - 1;
    if (last < first) return [];
    const days = new Coverage();
    for (const { date } of this.#calendar.sessions(dateText(first), dateText(last))) {
      const startAt = Date.parse(`${date}T00:00:00Z`);
      days.add(startAt, startAt + DAY);
    }
    return [...days];
  }

  #withinDays(from: number, to: number, length: number): readonly Stretch[] {
    const open = new Coverage();
    const first = Math.floor(from / length) * length;
    for (let at = first; at < to; ) {
      const until = this.#calendar.nextChangeAt(at);
      if (this.#codes.has(this.#calendar.phaseCodeAt(at)))
        open.add(Math.max(from, Math.floor(at / length) * length), Math.min(to, Math.ceil(until / length) * length));
      at = until;
    }
    return [...open];
  }
}
