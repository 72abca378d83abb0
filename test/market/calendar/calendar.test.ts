import { describe, expect, test, vi } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import type { Calendar } from '../../../src/market/calendar/calendar.ts';
import { calendarOf, defineCalendar, rulesOf, venues } from '../../../src/market/calendar/calendar-of.ts';
import type { CalendarRules, Override } from '../../../src/market/calendar/calendar-rules.ts';
import { Calendars } from '../../../src/market/calendar/calendars.ts';
import { dates, fixed } from '../../../src/market/calendar/day-rule.ts';
import { PHASE_CODES, PHASES } from '../../../src/market/calendar/phase.ts';

const at = Date.parse;
const told = (calendar: Calendar, instant: string): string[] => {
  const { phase, reason } = calendar.phaseAt(at(instant));
  return [phase, reason];
};

describe('New York', () => {
  const calendar = calendarOf('XNYS');

  test.each([
    ['2026-11-25T08:59:59.999Z', 'closed', 'outside hours'],
    ['2026-11-25T09:00:00Z', 'pre', 'before the open'],
    ['2026-11-25T14:29:59.999Z', 'pre', 'before the open'],
    ['2026-11-25T14:30:00Z', 'open', 'regular hours'],
    ['2026-11-25T20:59:59.999Z', 'open', 'regular hours'],
    ['2026-11-25T21:00:00Z', 'post', 'after the close'],
    ['2026-11-26T01:00:00Z', 'closed', 'outside hours'],
    ['2026-11-26T15:00:00Z', 'closed', 'Thanksgiving'],
    ['2026-11-27T09:00:00Z', 'pre', 'before the open'],
    ['2026-11-27T17:59:59.999Z', 'open', 'early close after Thanksgiving'],
    ['2026-11-27T18:00:00Z', 'post', 'early close after Thanksgiving'],
    ['2026-11-27T22:00:00Z', 'closed', 'early close after Thanksgiving'],
    ['2026-11-28T15:00:00Z', 'closed', 'weekend'],
    ['2018-12-05T15:00:00Z', 'closed', 'national day of mourning'],
    ['2026-07-03T15:00:00Z', 'closed', 'Independence Day'],
    ['2025-07-03T17:00:00Z', 'post', 'early close before Independence Day'],
    ['2021-06-18T15:00:00Z', 'open', 'regular hours'],
    ['2022-06-20T15:00:00Z', 'closed', 'Juneteenth'],
    ['2021-12-31T15:00:00Z', 'open', 'regular hours'],
  ])('at %s is %s: %s', (instant, phase, reason) => {
    expect(told(calendar, instant)).toEqual([phase, reason]);
  });

  test('tells the whole of a span', () => {
    expect(calendar.phaseAt(at('2026-11-27T15:00:00Z'))).toEqual({
      phase: 'open',
      reason: 'early close after Thanksgiving',
      session: '2026-11-27',
      from: at('2026-11-27T14:30:00Z'),
      until: at('2026-11-27T18:00:00Z'),
      nextOpen: at('2026-11-30T14:30:00Z'),
      nextClose: at('2026-11-27T18:00:00Z'),
      isEarlyClose: true,
      confidence: 'known',
    });
  });

  test('a phase of rest lasts over all the days it spans, whatever the reason of each', () => {
    const holiday = calendar.phaseAt(at('2026-01-19T15:00:00Z'));
    expect(holiday).toMatchObject({ reason: 'Martin Luther King Jr. Day', session: undefined });
    expect([holiday.from, holiday.until]).toEqual([at('2026-01-17T01:00:00Z'), at('2026-01-20T09:00:00Z')]);
    expect(calendar.phaseAt(at('2026-01-18T15:00:00Z'))).toMatchObject({ reason: 'weekend', from: holiday.from, until: holiday.until });
  });

  test('opens and closes next strictly after the instant', () => {
    const open = at('2026-11-25T14:30:00Z');
    expect(calendar.phaseAt(open - 1)).toMatchObject({ nextOpen: open, nextClose: at('2026-11-25T21:00:00Z') });
    expect(calendar.phaseAt(open)).toMatchObject({ nextOpen: at('2026-11-27T14:30:00Z') });
    expect(calendar.phaseAt(at('2026-11-25T21:00:00Z'))).toMatchObject({ nextClose: at('2026-11-27T18:00:00Z') });
  });

  test('keeps the same hours on its clocks when they change', () => {
    expect(calendar.sessionOf('2026-03-06')?.open).toBe(at('2026-03-06T14:30:00Z'));
    expect(calendar.sessionOf('2026-03-09')?.open).toBe(at('2026-03-09T13:30:00Z'));
  });

  test('hands out the same span for as long as nothing in it changes', () => {
    const span = calendar.phaseAt(at('2026-11-25T15:00:00Z'));
    expect(calendar.phaseAt(at('2026-11-25T20:00:00Z'))).toBe(span);
    expect(calendar.phaseCodeAt(at('2026-11-25T20:00:00Z'))).toBe(PHASE_CODES.open);
    expect(PHASES[PHASE_CODES.overnight]).toBe('overnight');
    expect(calendar.nextChangeAt(at('2026-11-25T20:00:00Z'))).toBe(span.until);
    expect(calendar.nextChangeAt(at('2026-11-25T20:00:00Z'))).toBe(span.until);
    expect(Object.isFrozen(span)).toBe(true);
  });

  test('tells the session of an instant, the one before and the one after', () => {
    const noon = at('2026-11-27T17:00:00Z');
    expect(calendar.sessionAt(noon)?.date).toBe('2026-11-27');
    expect(calendar.next(noon)?.date).toBe('2026-11-30');
    expect(calendar.previous(noon)?.date).toBe('2026-11-25');
    expect(calendar.sessionAt(at('2026-11-26T17:00:00Z'))).toBeUndefined();
    expect(calendar.sessionOf('2026-11-26')).toBeUndefined();
    expect(calendar.sessionOf('2026-11-27')).toMatchObject({
      isEarlyClose: true,
      isLateOpen: false,
      break: undefined,
      confidence: 'known',
    });
  });

  test('projects its rules beyond what is known', () => {
    expect(calendar.coverage).toEqual({ from: '2015-01-01', to: '2026-12-31' });
    expect(calendar.phaseAt(at('2031-11-27T15:00:00Z'))).toMatchObject({ reason: 'Thanksgiving', confidence: 'projected' });
    expect(calendar.sessionOf('2014-12-31')?.confidence).toBe('projected');
  });

  test('has a session of the night where it is asked for', () => {
    const night = calendarOf('XNYS', { overnight: true });
    expect(told(night, '2026-11-30T02:00:00Z')).toEqual(['overnight', 'night session']);
    expect(night.phaseAt(at('2026-11-30T02:00:00Z'))).toMatchObject({ session: '2026-11-30', nextOpen: at('2026-11-30T14:30:00Z') });
    expect(told(night, '2026-11-30T01:59:59Z')).toEqual(['closed', 'weekend']);
    expect(told(night, '2026-11-28T02:30:00Z')).toEqual(['closed', 'weekend']);
    expect(told(calendar, '2026-11-30T02:00:00Z')).toEqual(['closed', 'weekend']);
    expect(night.sessions('2026-01-01', '2026-12-31')).toEqual(calendar.sessions('2026-01-01', '2026-12-31'));
  });
});

describe('venues with ways of their own', () => {
  test.each([
    ['XTKS', '2026-11-27T02:30:00Z', 'break', 'lunch break'],
    ['XTKS', '2026-11-27T03:30:00Z', 'open', 'regular hours'],
    ['XTKS', '2024-11-01T06:00:00Z', 'closed', 'outside hours'],
    ['XTKS', '2024-11-05T06:00:00Z', 'open', 'regular hours'],
    ['XTKS', '2026-09-22T01:00:00Z', 'closed', "Citizens' holiday"],
    ['XTKS', '2020-10-01T01:00:00Z', 'closed', 'failure of the trading system'],
    ['XHKG', '2026-12-24T03:59:59Z', 'open', 'early close on Christmas Eve'],
    ['XHKG', '2026-12-24T04:00:00Z', 'closed', 'early close on Christmas Eve'],
    ['XHKG', '2023-07-17T03:00:00Z', 'closed', 'typhoon'],
    ['XKRX', '2025-11-13T00:30:00Z', 'closed', 'an hour late on the day of the entrance examination'],
    ['XKRX', '2025-11-13T07:00:00Z', 'open', 'an hour late on the day of the entrance examination'],
    ['XKRX', '2026-01-02T00:30:00Z', 'closed', 'late open on the first day of the year'],
    ['BVMF', '2026-02-18T15:00:00Z', 'closed', 'late open on Ash Wednesday'],
    ['BVMF', '2026-02-18T16:00:00Z', 'open', 'late open on Ash Wednesday'],
    ['XBOM', '2026-11-27T03:30:00Z', 'pre', 'before the open'],
    ['XBOM', '2025-02-01T05:00:00Z', 'open', 'session on a Saturday'],
    ['XBOM', '2026-02-01T05:00:00Z', 'closed', 'weekend'],
    ['XLON', '2022-09-19T10:00:00Z', 'closed', 'Funeral of Queen Elizabeth II'],
    ['CMES', '2026-11-29T22:59:59Z', 'closed', 'weekend'],
    ['CMES', '2026-11-29T23:00:00Z', 'open', 'regular hours'],
    ['CMES', '2026-11-30T22:00:00Z', 'closed', 'outside hours'],
    ['CMES', '2026-12-25T00:30:00Z', 'closed', 'Christmas'],
    ['CMES', '2026-11-26T18:00:00Z', 'closed', 'early close on Thanksgiving'],
    ['24/5', '2026-11-29T21:59:59Z', 'closed', 'weekend'],
    ['24/5', '2026-11-29T22:00:00Z', 'open', 'regular hours'],
    ['24/5', '2026-12-04T22:00:00Z', 'closed', 'weekend'],
    ['24/7', '2026-11-28T12:00:00Z', 'open', 'regular hours'],
  ])('%s at %s is %s: %s', (mic, instant, phase, reason) => {
    expect(told(calendarOf(mic), instant)).toEqual([phase, reason]);
  });

  test('a lunch break is no close, and the session after it no open', () => {
    expect(calendarOf('XTKS').phaseAt(at('2026-11-27T02:45:00Z'))).toMatchObject({
      session: '2026-11-27',
      until: at('2026-11-27T03:30:00Z'),
      nextOpen: at('2026-11-30T00:00:00Z'),
      nextClose: at('2026-11-27T06:30:00Z'),
    });
    expect(calendarOf('XTKS').sessionAt(at('2026-11-27T02:45:00Z'))?.break).toEqual([
      at('2026-11-27T02:30:00Z'),
      at('2026-11-27T03:30:00Z'),
    ]);
  });

  test('a session that opens on the evening before bears the date after it', () => {
    expect(calendarOf('CMES').phaseAt(at('2026-11-29T23:30:00Z'))).toMatchObject({
      session: '2026-11-30',
      from: at('2026-11-29T23:00:00Z'),
      until: at('2026-11-30T22:00:00Z'),
    });
  });

  test('foreign exchange stays open all week, a session each day', () => {
    const span = calendarOf('FX').phaseAt(at('2026-11-24T23:00:00Z'));
    expect(span).toMatchObject({ session: '2026-11-25', from: at('2026-11-22T22:00:00Z'), until: at('2026-11-27T22:00:00Z') });
    expect([span.nextOpen, span.nextClose]).toEqual([at('2026-11-25T22:00:00Z'), at('2026-11-25T22:00:00Z')]);
  });

  test('crypto never changes its phase', () => {
    const crypto = calendarOf('crypto');
    const span = crypto.phaseAt(at('2026-11-28T12:00:00Z'));
    expect(span).toMatchObject({ from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY, session: '2026-11-28' });
    expect(span.nextClose).toBe(at('2026-11-29T00:00:00Z'));
    expect(crypto.nextChangeAt(0)).toBe(Number.POSITIVE_INFINITY);
  });

  test('India has more sessions where they are asked for', () => {
    const india = calendarOf('NSE', { extraSessions: true });
    expect(told(india, '2025-10-21T08:30:00Z')).toEqual(['open', 'Muhurat trading']);
    expect(india.sessionOf('2026-02-01')).toMatchObject({ open: at('2026-02-01T03:45:00Z'), reason: 'session on budget day' });
    expect(told(india, '2024-03-02T05:00:00Z')).toEqual(['break', 'lunch break']);
    expect(calendarOf('NSE').sessionOf('2025-10-21')).toBeUndefined();
  });

  test('Korea has its examination of 2026 where it is asked for, and Constitution Day from 2027 on', () => {
    expect(calendarOf('XKRX', { extraSessions: true }).sessionOf('2026-11-19')?.close).toBe(at('2026-11-19T07:30:00Z'));
    expect(calendarOf('XKRX').sessionOf('2026-11-19')?.close).toBe(at('2026-11-19T06:30:00Z'));
    expect(calendarOf('XKRX').sessionOf('2026-07-17')).toBeDefined();
    expect(told(calendarOf('XKRX'), '2028-07-17T03:00:00Z')).toEqual(['closed', 'Constitution Day']);
  });
});

describe('an override', () => {
  test('closes a date, opens another, and is told', () => {
    const calendar = calendarOf('XHKG');
    const heard = vi.fn();
    const end = calendar.onChange(heard);
    expect(told(calendar, '2026-09-24T03:00:00Z')).toEqual(['open', 'regular hours']);

    calendar.override('2026-09-24', { closed: true, reason: 'typhoon' });
    expect(told(calendar, '2026-09-24T03:00:00Z')).toEqual(['closed', 'typhoon']);
    expect(calendar.phaseAt(at('2026-09-23T09:00:00Z')).nextOpen).toBe(at('2026-09-25T01:30:00Z'));

    calendar.override('2026-09-27', { open: '10:00', close: '11:00', reason: 'make-up session' });
    expect(calendar.sessionOf('2026-09-27')).toMatchObject({
      open: at('2026-09-27T02:00:00Z'),
      break: undefined,
      reason: 'make-up session',
    });

    calendar.restore('2026-09-24');
    expect(told(calendar, '2026-09-24T03:00:00Z')).toEqual(['open', 'regular hours']);
    end();
    calendar.override('2026-09-28', { closed: true });
    expect(told(calendar, '2026-09-28T03:00:00Z')).toEqual(['closed', 'closed by an override']);
    expect(heard.mock.calls).toEqual([['2026-09-24'], ['2026-09-27'], ['2026-09-24']]);
    expect(calendar.revision).toBe(4);
  });

  test('keeps what it does not say', () => {
    const calendar = calendarOf('XTKS');
    calendar.override('2026-11-27', { close: '14:00' });
    expect(calendar.sessionOf('2026-11-27')).toMatchObject({
      open: at('2026-11-27T00:00:00Z'),
      close: at('2026-11-27T05:00:00Z'),
      break: [at('2026-11-27T02:30:00Z'), at('2026-11-27T03:30:00Z')],
      isEarlyClose: true,
      reason: 'hours set by an override',
    });
  });

  test('sets the end of trading after the close, too', () => {
    const calendar = calendarOf('XNAS');
    calendar.override('2026-11-24', { close: '12:00', post: '13:00', reason: 'storm' });
    expect(told(calendar, '2026-11-24T17:30:00Z')).toEqual(['post', 'storm']);
    expect(told(calendar, '2026-11-24T18:30:00Z')).toEqual(['closed', 'storm']);
  });

  test('is of one calendar alone', () => {
    const [one, other] = [calendarOf('XNYS'), calendarOf('XNYS')];
    one.override('2026-11-24', { closed: true });
    expect([one.sessionOf('2026-11-24'), other.sessionOf('2026-11-24')?.date]).toEqual([undefined, '2026-11-24']);
  });

  test.each([
    ['2026-11-31', { closed: true }, '`date` is "2026-11-31"; give a date such as'],
    ['2026-11-24', { open: '9:30' }, '`override.open` is "9:30"; give a time such as'],
    ['2026-11-24', { open: '17:00' }, 'The hours of XNYS on 2026-11-24 are out of order'],
    ['2026-11-24', { closes: '12:00' }, '`override` knows no "closes"; there are closed, open, close, break, post, reason'],
    ['2026-11-24', { closed: false }, '`override.closed` is false; leave it out, and give the hours that differ'],
    ['2026-11-24', { closed: 'yes' }, '`override.closed` is yes; give true or false'],
  ] as const)('%s %j is refused, and changes nothing', (date, override, says) => {
    const calendar = calendarOf('XNYS');
    calendar.override('2026-11-24', { closed: true, reason: 'before' });
    expect(() => calendar.override(date, override as Override)).toThrow(ConfigError);
    expect(() => calendar.override(date, override as Override)).toThrow(says);
    expect(told(calendar, '2026-11-24T16:00:00Z')).toEqual(['closed', 'before']);
  });

  test('that fails where there was none leaves the rules', () => {
    const calendar = calendarOf('XNYS');
    expect(() => calendar.override('2026-11-24', { open: '17:00' })).toThrow(ConfigError);
    expect(told(calendar, '2026-11-24T16:00:00Z')).toEqual(['open', 'regular hours']);
  });
});

describe('a calendar of your own', () => {
  /** Tel Aviv: its week and its hours by the day changed in 2026. */
  const rules: CalendarRules = {
    name: 'XTAE',
    timeZone: 'Asia/Jerusalem',
    hours: [
      { weekdays: ['sun', 'mon', 'tue', 'wed', 'thu'], open: '09:59', close: '17:25', closeOn: { sun: '15:49' } },
      { from: '2026-01-05', open: '09:59', close: '17:25', closeOn: { fri: '13:49' } },
    ],
    holidays: [{ name: 'Independence Day', on: dates('2026 04-22') }],
    specialHours: [{ name: 'short day', on: fixed(9, 11), close: '12:00' }],
  };
  const calendar = defineCalendar(rules);

  test('has weeks and hours that change on a date, and closing times by the day', () => {
    const closes = calendar
      .sessions('2026-01-01', '2026-01-11')
      .map(({ date, close }) => `${date} ${new Date(close).toISOString().slice(11, 16)}`);
    expect(closes).toEqual([
      '2026-01-01 15:25',
      '2026-01-04 13:49',
      '2026-01-05 15:25',
      '2026-01-06 15:25',
      '2026-01-07 15:25',
      '2026-01-08 15:25',
      '2026-01-09 11:49',
    ]);
    expect(told(calendar, '2025-12-26T10:00:00Z')).toEqual(['closed', 'weekend']);
    expect(told(calendar, '2026-09-11T09:30:00Z')).toEqual(['closed', 'short day']);
  });

  test('only projects, unless it says what it covers', () => {
    expect([calendar.title, calendar.coverage]).toEqual(['XTAE', undefined]);
    expect(calendar.phaseAt(at('2026-04-22T10:00:00Z'))).toMatchObject({ reason: 'Independence Day', confidence: 'projected' });
  });

  test('may have no session at all', () => {
    const never = defineCalendar({ name: 'NONE', timeZone: 'UTC', hours: [{ weekdays: [], open: '09:00', close: '10:00' }] });
    expect(never.phaseAt(0)).toMatchObject({ phase: 'closed', from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY });
    expect([never.phaseAt(0).nextOpen, never.next(0), never.previous(0)]).toEqual([Number.POSITIVE_INFINITY, undefined, undefined]);
  });

  test.each([
    [{ holiday: [] }, '`rules` knows no "holiday"; there are name, title, timeZone, hours, holidays'],
    [
      { hours: [{ open: '09:00', close: '16:00', lunch: ['12:00', '13:00'] }] },
      '`OWN.hours[0]` knows no "lunch"; there are from, weekdays, open',
    ],
    [{ holidays: [{ name: 'odd', day: fixed(1, 1) }] }, '`OWN: odd` knows no "day"; there are name, on, from, until'],
    [{ hours: [] }, '`hours` of OWN is empty; give at least one { open, close }'],
    [{ hours: [{ open: '9', close: '16:00' }] }, '`OWN.hours[0].open` is "9"; give a time such as'],
    [{ hours: [{ open: '16:00', close: '09:00' }] }, 'The hours of OWN.hours[0] are out of order'],
    [{ hours: [{ open: '09:00', close: '16:00', break: ['12:00', '17:00'] }] }, 'The hours of OWN.hours[0] are out of order'],
    [{ hours: [{ open: '09:00', close: '16:00', closeOn: { fri: 'noon' } }] }, '`OWN.hours[0].closeOn.fri` is "noon"'],
    [
      {
        hours: [
          { open: '09:00', close: '16:00' },
          { open: '09:00', close: '16:00' },
        ],
      },
      '`OWN.hours[1].from` is missing or out of order',
    ],
    [{ timeZone: 'Mars/Olympus' }, '`timeZone` is "Mars/Olympus", which is unknown'],
    [{ coverage: { from: '2026', to: '2027-01-01' } }, '`coverage.from` is "2026"; give a date such as'],
    [{ specialHours: [{ name: 'odd', on: fixed(1, 1), close: '25:00' }] }, '`OWN: odd` is "25:00"; give a time such as'],
  ] as const)('%j is refused, and says what to write', (part, says) => {
    const own = { name: 'OWN', timeZone: 'UTC', hours: [{ open: '09:00', close: '16:00' }], ...part } as CalendarRules;
    expect(() => defineCalendar(own)).toThrow(ConfigError);
    expect(() => defineCalendar(own)).toThrow(says);
  });

  test('whose special hours are out of order says so of the date', () => {
    const own = defineCalendar({
      name: 'OWN',
      timeZone: 'UTC',
      hours: [{ open: '09:00', close: '16:00' }],
      specialHours: [{ name: 'odd', on: fixed(1, 5), close: '08:00' }],
    });
    expect(() => own.sessionOf('2026-01-06')).toThrow('The hours of OWN on 2026-01-05 are out of order');
  });
});

describe('asking for a calendar', () => {
  test('takes names in any case, and those that others give', () => {
    expect(['xnys', ' XNYS ', 'nyse', 'Nasdaq', 'lse', 'fx', '24/5', 'crypto', '24/7', 'nse'].map((name) => calendarOf(name).name)).toEqual(
      ['XNYS', 'XNYS', 'XNYS', 'XNAS', 'XLON', '24/5', '24/5', '24/7', '24/7', 'XNSE'],
    );
  });

  test('says what there is, when there is none', () => {
    expect(() => calendarOf('XFOO')).toThrow(ConfigError);
    expect(() => calendarOf('XFOO')).toThrow(/^There is no calendar of "XFOO"; there are XNYS, XNAS, .*, 24\/5, 24\/7$/);
    expect(() => rulesOf('')).toThrow('There is no calendar of ""');
  });

  test('lists every venue', () => {
    expect(venues()).toHaveLength(33);
    expect(venues()[0]).toEqual({
      mic: 'XNYS',
      title: 'New York Stock Exchange',
      timeZone: 'America/New_York',
      coverage: { from: '2015-01-01', to: '2026-12-31' },
      aliases: ['NYSE'],
    });
  });

  test('refuses what is no instant', () => {
    const calendar = calendarOf('XNYS');
    for (const instant of [Number.NaN, Number.POSITIVE_INFINITY, 1e17])
      expect(() => calendar.phaseAt(instant)).toThrow(`${instant} is no instant; give epoch milliseconds`);
    expect(() => calendar.sessions('2026-1-1', '2026-12-31')).toThrow('`from` is "2026-1-1"; give a date such as');
  });
});

describe('the calendars of a process', () => {
  test('are one for each venue, and take one of your own in', () => {
    const calendars = new Calendars();
    expect(calendars.of('nyse')).toBe(calendars.of('XNYS'));
    expect(() => calendars.of('XFOO')).toThrow(ConfigError);
    const own = defineCalendar({ ...rulesOf('XNYS'), name: 'XOWN' });
    calendars.add(own);
    expect(calendars.of('xown')).toBe(own);
  });
});

describe('a provider that says otherwise', () => {
  const calendar = calendarOf('XNYS');
  const open = at('2026-11-25T15:00:00Z');
  const holiday = at('2026-11-26T15:00:00Z');

  test('is told, and the livelier phase is gone by', () => {
    expect(calendar.checkAgainst('open', holiday)).toEqual({
      venue: 'XNYS',
      at: holiday,
      calendar: 'closed',
      provider: 'open',
      goBy: 'open',
      text: 'The calendar of XNYS says closed (Thanksgiving), its provider says open; going by open',
    });
    expect(calendar.checkAgainst('closed', open)).toMatchObject({ calendar: 'open', provider: 'closed', goBy: 'open' });
    expect(calendar.checkAgainst({ isOpen: true }, holiday)).toMatchObject({ provider: 'open', goBy: 'open' });
    expect(calendar.checkAgainst({ isOpen: false }, open)).toMatchObject({ provider: 'not open', goBy: 'open' });
  });

  test('is none when they agree as far as the provider tells', () => {
    expect(calendar.checkAgainst('open', open)).toBeUndefined();
    expect(calendar.checkAgainst({ isOpen: false }, at('2026-11-25T22:00:00Z'))).toBeUndefined();
    expect(calendarOf('XTKS').checkAgainst('closed', at('2026-11-27T02:45:00Z'))).toBeUndefined();
  });
});
