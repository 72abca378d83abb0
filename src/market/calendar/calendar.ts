import { textOf } from '../../errors.ts';
import type { CalendarOptions, CalendarRules, Coverage, Override } from './calendar-rules.ts';
import { dateText } from './day.ts';
import { type Disagreement, disagreementOf, type ProviderState } from './disagreement.ts';
import { phaseOf } from './phase.ts';
import { reasonOf, type Session, type Span } from './span.ts';
import { Timetable } from './timetable.ts';
import { dayOfText } from './usual-hours.ts';
import { segmentAt } from './year-table.ts';

/**
 * The sessions and phases of one venue.
 *
 * Years are expanded into sorted instants when they are first asked for. A
 * query in the same segment of time as the one before is two comparisons, any
 * other one a bisection.
 */
export class Calendar {
  readonly name: string;
  readonly title: string;
  readonly timeZone: string;
  /** The dates for which it is known; `undefined` when it only projects rules. */
  readonly coverage: Coverage | undefined;
  readonly #timetable: Timetable;
  readonly #listeners = new Set<(date: string) => void>();
  #revision = 0;

  // The segment last asked for, and what of it has been asked for.
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;
  #code = 0;
  #changeAt = Number.NaN;
  #span: Span | undefined = undefined;

  /**
   * Made by {@link defineCalendar} and {@link calendarOf}.
   *
   * @throws ConfigError when the rules cannot be read.
   */
  constructor(rules: CalendarRules, options: CalendarOptions = {}) {
    this.name = rules.name;
    this.title = rules.title ?? rules.name;
    this.timeZone = rules.timeZone;
    this.coverage = rules.coverage;
    this.#timetable = new Timetable(rules, options);
  }

  /** Rises with each override, so that it can be told what was reckoned before. */
  get revision(): number {
    return this.#revision;
  }

  /** The phase at an instant by its number, of {@link PHASE_CODES}: for the hot path, it allocates nothing. */
  phaseCodeAt(at: number): number {
    if (!(at >= this.#from && at < this.#until)) this.#seek(at);
    return this.#code;
  }

  /** When the phase changes next, strictly after an instant; `Infinity` when it never does. For the hot path, too. */
  nextChangeAt(at: number): number {
    if (!(at >= this.#from && at < this.#until)) this.#seek(at);
    if (Number.isNaN(this.#changeAt)) this.#changeAt = this.#timetable.changeAfter(at, this.#code);
    return this.#changeAt;
  }

  /** Where in its day the venue is at an instant, and why; the same object for as long as nothing in it changes. */
  phaseAt(at: number): Span {
    if (!(at >= this.#from && at < this.#until)) this.#seek(at);
    this.#span ??= this.#spanAt(at);
    return this.#span;
  }

  /** The sessions whose dates are from one date to another, both included. @throws ConfigError when a date cannot be read. */
  sessions(from: string, to: string): Session[] {
    const sessions: Session[] = [];
    const end = dayOfText(to, 'to');
    for (let day = dayOfText(from, 'from'); day <= end; day += 1) {
      const session = this.#timetable.sessionOf(day);
      if (session) sessions.push(session);
    }
    return sessions;
  }

  /** The session of a date; `undefined` when there is none. @throws ConfigError when the date cannot be read. */
  sessionOf(date: string): Session | undefined {
    return this.#timetable.sessionOf(dayOfText(date, 'date'));
  }

  /** The regular session that an instant is in, its break included; `undefined` between sessions. */
  sessionAt(at: number): Session | undefined {
    const session = this.#timetable.sessionOf(this.#timetable.dayAt(at));
    return session && session.open <= at && at < session.close ? session : undefined;
  }

  /** The first regular session that opens after an instant; `undefined` where none is near. */
  next(at: number): Session | undefined {
    return this.#timetable.search(this.#timetable.dayAt(at), 1, ({ open }) => open > at);
  }

  /** The last regular session that has closed by an instant; `undefined` where none is near. */
  previous(at: number): Session | undefined {
    return this.#timetable.search(this.#timetable.dayAt(at), -1, ({ close }) => close <= at);
  }

  /**
   * Replaces what the rules say of a date, until {@link Calendar.restore}: for a
   * storm, a budget session, an early close that was announced this morning.
   *
   * @throws ConfigError when the date or a time cannot be read, or the hours are out of order.
   */
  override(date: string, override: Override): void {
    this.#replace(date, override);
  }

  /** Lets the rules hold again for a date. @throws ConfigError when the date cannot be read. */
  restore(date: string): void {
    this.#replace(date, undefined);
  }

  /** Calls `listener` with the date of each override and each restoring, once it holds, until the returned function is called. */
  onChange(listener: (date: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Compares with what a provider says of its market; `undefined` when they agree.
   *
   * When they do not, one of them is wrong: whoever keeps a value goes by
   * {@link Disagreement.goBy}, and so takes the shorter of the two lifetimes.
   */
  checkAgainst(state: ProviderState, at: number): Disagreement | undefined {
    return disagreementOf(this.name, this.phaseAt(at), state, at);
  }

  #replace(date: string, override: Override | undefined): void {
    this.#timetable.override(dayOfText(date, 'date'), override);
    this.#from = Number.POSITIVE_INFINITY;
    this.#until = Number.NEGATIVE_INFINITY;
    this.#revision += 1;
    for (const listener of [...this.#listeners]) {
      try {
        listener(date);
      } catch (error) {
        process.emitWarning(`A listener of the calendar ${this.name} threw: ${textOf(error)}`, 'TiercelWarning');
      }
    }
  }

  #seek(at: number): void {
    const table = this.#timetable.at(at);
    const index = segmentAt(table, at);
    this.#from = table.starts[index] ?? table.from;
    this.#until = table.starts[index + 1] ?? table.until;
    this.#code = table.codes[index] ?? 0;
    this.#changeAt = Number.NaN;
    this.#span = undefined;
  }

  #spanAt(at: number): Span {
    const table = this.#timetable.at(at);
    const index = table.days[segmentAt(table, at)] ?? 0;
    const day = table.firstDay + index;
    const plan = table.plans[index];
    const phase = phaseOf(this.#code);
    return Object.freeze({
      phase,
      reason: plan ? reasonOf(phase, plan, at >= (table.closes[index] ?? 0)) : '',
      session: phase === 'closed' ? undefined : dateText(day),
      from: this.#timetable.changeBefore(at, this.#code),
      until: this.nextChangeAt(at),
      nextOpen: this.#timetable.next('opens', day, at),
      nextClose: this.#timetable.next('closes', day, at),
      isEarlyClose: plan?.isEarlyClose ?? false,
      confidence: this.#timetable.confidenceOf(day),
    });
  }
}
