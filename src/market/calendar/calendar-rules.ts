import type { Weekday } from './day.ts';
import type { DayRule } from './day-rule.ts';

/** What a calendar is made of: its zone, its hours, and the days on which they are otherwise. */
export interface CalendarRules {
  /** The venue's MIC, or a name of your own: `XNYS`. */
  readonly name: string;
  /** The venue's name for people. @default the name */
  readonly title?: string;
  /** An IANA zone, in which all times are told: `America/New_York`. */
  readonly timeZone: string;
  /** Its usual hours: the first hold from ever, each further one from its `from` on. */
  readonly hours: readonly Hours[];
  /** Days without a session; where several fall on one day, the first gives the reason. @default none */
  readonly holidays?: readonly Holiday[];
  /** Sessions with hours of their own; where several fall on one day, the last holds. @default none */
  readonly specialHours?: readonly SpecialHours[];
  /** Sessions that the reference lacks or has at other hours, told only where they are asked for: {@link CalendarOptions.extraSessions}. @default none */
  readonly extraSessions?: readonly SpecialHours[];
  /** The first and the last date for which all this is known, not projected. @default no date is known */
  readonly coverage?: Coverage;
}

/** The dates for which a calendar is known; outside them it projects its rules. */
export interface Coverage {
  /** The first date. */
  readonly from: string;
  /** The last date. */
  readonly to: string;
}

/** The hours of a venue from a date on. Times are `HH:MM` on the venue's clocks, up to `24:00`. */
export interface Hours {
  /** The first date they hold for; absent in the first. */
  readonly from?: string;
  /** The days of the week that have sessions. @default Monday to Friday */
  readonly weekdays?: readonly Weekday[];
  readonly open: string;
  readonly close: string;
  /** Whether a session opens on the evening before the date it bears. @default false */
  readonly opensDayBefore?: boolean;
  /** Closing times that differ by the day of the week: `{ fri: '13:50' }`. @default none */
  readonly closeOn?: Readonly<Partial<Record<Weekday, string>>>;
  /** When the session rests, and when it goes on. @default it does not */
  readonly break?: readonly [from: string, until: string];
  /** When trading before the open begins. @default there is none */
  readonly pre?: string;
  /** When trading after the close ends. @default there is none */
  readonly post?: string;
  /** The session of the night, from the evening before until the morning; told only where it is asked for: {@link CalendarOptions.overnight}. @default none */
  readonly overnight?: readonly [from: string, until: string];
}

/** A day without a session. */
export interface Holiday {
  /** The reason, for people: `Thanksgiving`. */
  readonly name: string;
  readonly on: DayRule;
  /** The first year. @default ever */
  readonly from?: number;
  /** The last year. @default for ever */
  readonly until?: number;
}

/** A session with hours of its own; what is left out is as usual. */
export interface SpecialHours extends Holiday {
  /** The reason, for people: `early close before Independence Day`. */
  readonly name: string;
  readonly open?: string;
  readonly close?: string;
  readonly break?: readonly [from: string, until: string];
  readonly post?: string;
  /** Minutes by which the whole session is later. @default 0 */
  readonly laterBy?: number;
  /** Whether there is a session even on a holiday and on a day of rest. @default false */
  readonly isSession?: boolean;
}

/** What a calendar is to tell beyond regular sessions as the reference has them. */
export interface CalendarOptions {
  /** Whether sessions of the night are told. @default false */
  readonly overnight?: boolean;
  /** Whether sessions are told that the reference lacks or has at other hours, such as Muhurat evenings. A cache should ask for them. @default false */
  readonly extraSessions?: boolean;
}

/** What replaces a date's rules while a process runs; times that are left out are as usual. */
export type Override =
  | { readonly closed: true; readonly reason?: string }
  | (Pick<SpecialHours, 'open' | 'close' | 'break' | 'post'> & { readonly reason?: string });
