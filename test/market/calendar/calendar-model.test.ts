import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../../src/market/calendar/calendar.ts';
import { calendarOf, defineCalendar, rulesOf, venues } from '../../../src/market/calendar/calendar-of.ts';
import type { CalendarRules } from '../../../src/market/calendar/calendar-rules.ts';
import { WEEKDAYS } from '../../../src/market/calendar/day.ts';
import { easter, fixed, nth } from '../../../src/market/calendar/day-rule.ts';
import { phaseOf } from '../../../src/market/calendar/phase.ts';
import { slowPhaseAt } from './slow-model.ts';

const MINUTE = 60_000;
const FROM = Date.UTC(2015, 0, 1);
const UNTIL = Date.UTC(2027, 0, 1);

const calendars = new Map(venues().map(({ mic }) => [mic, { calendar: calendarOf(mic), rules: rulesOf(mic) }]));
const venue = fc.constantFrom(...calendars.keys());
const instant = fc.integer({ min: FROM, max: UNTIL - 1 });
/** Around the changes of clocks in the north, and of years. */
const oddInstant = fc
  .tuple(fc.integer({ min: 2015, max: 2026 }), fc.constantFrom('03-08', '03-13', '03-29', '10-25', '11-01', '11-04', '12-31', '01-01'))
  .chain(([year, day]) =>
    fc.integer({ min: -2_880, max: 2_880 }).map((minutes) => Date.parse(`${year}-${day}T00:00:00Z`) + minutes * MINUTE),
  );

function assertSpan(calendar: Calendar, at: number): void {
  const span = calendar.phaseAt(at);
  expect(span.from).toBeLessThanOrEqual(at);
  expect(span.until).toBeGreaterThan(at);
  expect(calendar.nextChangeAt(at)).toBe(span.until);
  expect(phaseOf(calendar.phaseCodeAt(at))).toBe(span.phase);
  if (Number.isFinite(span.until)) {
    expect(calendar.phaseAt(span.until - 1).phase).toBe(span.phase);
    expect(calendar.phaseAt(span.until).phase).not.toBe(span.phase);
    expect(calendar.phaseAt(span.until).from).toBe(span.until);
  }
  if (Number.isFinite(span.from)) expect(calendar.phaseAt(span.from - 1).phase).not.toBe(span.phase);
  expect([span.nextOpen, span.nextClose].every((next) => next > at)).toBe(true);
  expect(calendar.next(at)?.open).toBe(span.nextOpen);
  expect(['open', 'break'].includes(span.phase)).toBe(calendar.sessionAt(at) !== undefined);
}

describe('a calendar', () => {
  test('says what clocks on the wall and the rules say, at any instant of any venue', () => {
    fc.assert(
      fc.property(venue, fc.oneof(instant, oddInstant), (mic, at) => {
        const { calendar, rules } = calendars.get(mic) as { calendar: Calendar; rules: CalendarRules };
        expect(calendar.phaseAt(at).phase).toBe(slowPhaseAt(rules, at));
      }),
      { numRuns: 6_000 },
    );
  });

  test('tiles time with spans: no gap, no overlap, and each ends where the phase changes', () => {
    fc.assert(
      fc.property(venue, fc.oneof(instant, oddInstant), (mic, at) => {
        assertSpan((calendars.get(mic) as { calendar: Calendar }).calendar, at);
      }),
      { numRuns: 2_000 },
    );
  });

  test('has each minute of a fortnight right', () => {
    for (const [mic, from] of [
      ['XNYS', '2026-10-26'],
      ['XTKS', '2024-10-28'],
      ['CMES', '2026-03-02'],
      ['XHKG', '2026-12-21'],
      ['BVMF', '2018-10-29'],
    ] as const) {
      const { calendar, rules } = calendars.get(mic) as { calendar: Calendar; rules: CalendarRules };
      const start = Date.parse(`${from}T00:00:00Z`);
      for (let minute = 0; minute < 14 * 1_440; minute += 1) {
        const at = start + minute * MINUTE;
        if (phaseOf(calendar.phaseCodeAt(at)) !== slowPhaseAt(rules, at)) expect.fail(`${mic} at ${new Date(at).toISOString()}`);
      }
    }
  });

  test('is right for any rules', () => {
    const time = fc.integer({ min: 0, max: 1_440 }).map((minutes) => minutes - (minutes % 5));
    const hours = fc
      .tuple(fc.uniqueArray(time, { minLength: 6, maxLength: 6 }), fc.subarray([...WEEKDAYS], { minLength: 1 }), fc.boolean(), fc.boolean())
      .map(([times, weekdays, hasBreak, hasMore]) => {
        const [pre = '', open = '', rest = '', again = '', close = '', post = ''] = times.sort((one, other) => one - other).map(timeText);
        return { weekdays, open, close, ...(hasBreak && { break: [rest, again] as const }), ...(hasMore && { pre, post }) };
      });
    const rules = fc.record({
      timeZone: fc.constantFrom('America/New_York', 'America/Sao_Paulo', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'),
      hours,
      later: hours,
    });
    fc.assert(
      fc.property(rules, fc.array(oddInstant, { minLength: 20, maxLength: 20 }), ({ timeZone, hours: first, later }, instants) => {
        const own: CalendarRules = {
          name: 'OWN',
          timeZone,
          hours: [first, { ...later, from: '2020-11-03' }],
          holidays: [
            { name: 'a', on: fixed(1, 1) },
            { name: 'b', on: nth(2, 'sun', 3) },
            { name: 'c', on: easter(0), from: 2018, until: 2022 },
          ],
        };
        const calendar = defineCalendar(own);
        for (const at of instants) {
          expect(calendar.phaseAt(at).phase).toBe(slowPhaseAt(own, at));
          assertSpan(calendar, at);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('with overrides is what the rules would be with them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 363 }), { minLength: 1, maxLength: 40, size: 'max' }), instant, (days, seed) => {
        const calendar = calendarOf('XLON');
        const closed = days.map((day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
        calendar.phaseAt(Date.UTC(2026, 0, 1) + (seed % 31_536_000_000));
        for (const date of closed) calendar.override(date, { closed: true });
        const plain = calendarOf('XLON').sessions('2026-01-01', '2026-12-31');
        expect(calendar.sessions('2026-01-01', '2026-12-31')).toEqual(plain.filter(({ date }) => !closed.includes(date)));
        for (const date of closed) calendar.restore(date);
        expect(calendar.sessions('2026-01-01', '2026-12-31')).toEqual(plain);
        expect(calendar.revision).toBe(2 * closed.length);
      }),
      { numRuns: 30 },
    );
  });
});

function timeText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
