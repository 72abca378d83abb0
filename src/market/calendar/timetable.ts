import { ConfigError } from '../../errors.ts';
import { DAY } from '../../time/duration.ts';
import type { CalendarOptions, CalendarRules, Override } from './calendar-rules.ts';
import { type Day, dateText, yearOf } from './day.ts';
import { DayBook } from './day-book.ts';
import type { Confidence, Session } from './span.ts';
import { dayOfText } from './usual-hours.ts';
import { expandYear, segmentAt, type YearTable } from './year-table.ts';
import { Zone } from './zone.ts';

/** No venue rests longer; beyond it there is no next session. */
const LONGEST_REST_DAYS = 400;
/** A phase that lasts as many years lasts for ever. */
const FOR_EVER_YEARS = 2;
/** The last instant that has a date. */
const LAST_INSTANT = 8.64e15;
/** The mean of the Gregorian years: reckoned by it a year is right but for a day at its ends, where the tables say. */
const YEAR: number = 365.2425 * DAY;

/** The years of a venue, each expanded when it is first asked for. */
export class Timetable {
  readonly #book: DayBook;
  readonly #zone: Zone;
  readonly #known: readonly [from: Day, to: Day];
  readonly #tables = new Map<number, YearTable>();

  /** @throws ConfigError when the rules cannot be read. */
  constructor(rules: CalendarRules, options: CalendarOptions) {
    this.#book = new DayBook(rules, options);
    this.#zone = new Zone(rules.timeZone);
    this.#known = rules.coverage
      ? [dayOfText(rules.coverage.from, 'coverage.from'), dayOfText(rules.coverage.to, 'coverage.to')]
      : [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  }

  /** The table that an instant is in. @throws ConfigError when it is no instant. */
  at(at: number): YearTable {
    if (!(Math.abs(at) <= LAST_INSTANT)) throw new ConfigError(`${at} is no instant; give epoch milliseconds, such as Date.now()`);
    const year = 1970 + Math.floor(at / YEAR);
    const table = this.#year(year);
    if (at < table.from) return this.#year(year - 1);
    return at < table.until ? table : this.#year(year + 1);
  }

  /** The day that an instant is in, as the venue counts days. */
  dayAt(at: number): Day {
    const table = this.at(at);
    return table.firstDay + (table.days[segmentAt(table, at)] ?? 0);
  }

  /** When a phase that holds at an instant ends; `Infinity` when it never does. */
  changeAfter(at: number, code: number): number {
    let table = this.at(at);
    let index = segmentAt(table, at) + 1;
    for (let years = 0; years <= FOR_EVER_YEARS; years += 1) {
      for (; index < table.codes.length; index += 1) if (table.codes[index] !== code) return table.starts[index] ?? table.until;
      table = this.#year(table.year + 1);
      index = 0;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** When a phase that holds at an instant began; `-Infinity` when it always was. */
  changeBefore(at: number, code: number): number {
    let table = this.at(at);
    let index = segmentAt(table, at);
    for (let years = 0; years <= FOR_EVER_YEARS; years += 1) {
      for (; index >= 0; index -= 1) if (table.codes[index] !== code) return table.starts[index + 1] ?? table.until;
      table = this.#year(table.year - 1);
      index = table.codes.length - 1;
    }
    return Number.NEGATIVE_INFINITY;
  }

  /** The first opening or closing after an instant, looked for from the day it is in. */
  next(edge: 'opens' | 'closes', from: Day, at: number): number {
    for (let day = from; day < from + LONGEST_REST_DAYS; day += 1) {
      const table = this.#year(yearOf(day));
      const edgeAt = table[edge][day - table.firstDay] ?? Number.NaN;
      if (edgeAt > at) return edgeAt;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** The first session that is looked for, from a day on or back. */
  search(from: Day, step: 1 | -1, isFound: (session: Session) => boolean): Session | undefined {
    for (let count = 0; count < LONGEST_REST_DAYS; count += 1) {
      const session = this.sessionOf(from + step * count);
      if (session && isFound(session)) return session;
    }
    return undefined;
  }

  /** The session of a day; `undefined` when there is none. */
  sessionOf(day: Day): Session | undefined {
    const table = this.#year(yearOf(day));
    const index = day - table.firstDay;
    const plan = table.plans[index];
    if (!plan?.isSession) return undefined;
    const edge = (edges: Float64Array): number => edges[index] ?? Number.NaN;
    return {
      date: dateText(day),
      open: edge(table.opens),
      close: edge(table.closes),
      break: Number.isNaN(plan.breakFrom) ? undefined : [edge(table.breakStarts), edge(table.breakEnds)],
      isEarlyClose: plan.isEarlyClose,
      isLateOpen: plan.isLateOpen,
      reason: plan.reason,
      confidence: this.confidenceOf(day),
    };
  }

  /** How far a day is to be believed. */
  confidenceOf(day: Day): Confidence {
    return day >= this.#known[0] && day <= this.#known[1] ? 'known' : 'projected';
  }

  /** Replaces a day's rules; `undefined` lets them hold again. @throws ConfigError when the hours cannot be. */
  override(day: Day, override: Override | undefined): void {
    this.#book.override(day, override);
    this.#tables.delete(yearOf(day));
  }

  #year(year: number): YearTable {
    let table = this.#tables.get(year);
    if (!table) {
      table = expandYear(year, this.#book, this.#zone);
      this.#tables.set(year, table);
    }
    return table;
  }
}
