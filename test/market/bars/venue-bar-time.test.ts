import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callsFor, finalUntil } from '../../../src/market/bars/bar-time.ts';
import { VenueBarTime } from '../../../src/market/bars/venue-bar-time.ts';
import { calendarOf } from '../../../src/market/calendar/calendar-of.ts';
import { MINUTE } from '../../../src/time/duration.ts';

const at = (text: string): number => Date.parse(text);
const told = (stretches: readonly { from: number; to: number }[]): string[] =>
  stretches.map(({ from, to }) => `${new Date(from).toISOString().slice(0, 16)}/${new Date(to).toISOString().slice(0, 16)}`);

describe('bars of a venue', () => {
  const nyse = new VenueBarTime(calendarOf('XNYS'));

  test('are within its sessions: not on Thanksgiving, and half a day after it', () => {
    expect(told(nyse.stretches(at('2026-11-25T00:00Z'), at('2026-11-30T00:00Z'), '1m'))).toEqual([
      '2026-11-25T14:30/2026-11-25T21:00',
      '2026-11-27T14:30/2026-11-27T18:00',
    ]);
    expect(told(nyse.stretches(at('2026-11-25T00:00Z'), at('2026-12-01T00:00Z'), '1d'))).toEqual([
      '2026-11-25T00:00/2026-11-26T00:00',
      '2026-11-27T00:00/2026-11-28T00:00',
      '2026-11-30T00:00/2026-12-01T00:00',
    ]);
  });

  test('of an hour begin before the open that lies within them', () => {
    expect(told(nyse.stretches(at('2026-11-27T00:00Z'), at('2026-11-28T00:00Z'), '1h'))).toEqual(['2026-11-27T14:00/2026-11-27T18:00']);
  });

  test('stop for lunch', () => {
    const tokyo = new VenueBarTime(calendarOf('XTKS'));
    expect(told(tokyo.stretches(at('2026-11-24T00:00Z'), at('2026-11-24T07:00Z'), '5m'))).toEqual([
      '2026-11-24T00:00/2026-11-24T02:30',
      '2026-11-24T03:30/2026-11-24T06:30',
    ]);
  });

  test('with extended hours are before the open and after the close, too', () => {
    const extended = new VenueBarTime(calendarOf('XNYS'), { phases: ['pre', 'open', 'post'] });
    expect(told(extended.stretches(at('2026-11-25T00:00Z'), at('2026-11-26T12:00Z'), '1m'))).toEqual([
      '2026-11-25T00:00/2026-11-25T01:00',
      '2026-11-25T09:00/2026-11-26T01:00',
    ]);
  });

  test('of a day are complete at the close of that day', () => {
    expect(nyse.endOf(at('2026-11-27T00:00Z'), '1d')).toBe(at('2026-11-27T18:00Z'));
    expect(finalUntil(nyse, '1d', at('2026-11-27T18:30Z'), 30 * MINUTE)).toBe(at('2026-11-28T00:00Z'));
    expect(finalUntil(nyse, '1d', at('2026-11-27T18:29Z'), 30 * MINUTE)).toBe(at('2026-11-27T00:00Z'));
  });

  test('of a year of days are one call, for weekends and holidays are no gaps', () => {
    expect(callsFor([{ from: at('2025-01-01'), to: at('2026-01-01') }], nyse, '1d', 1_000)).toHaveLength(1);
  });

  test('may begin where the calendar says that it trades, and nowhere else', () => {
    const crypto = new VenueBarTime(calendarOf('24/7'));
    expect(told(crypto.stretches(at('2026-11-26T00:00Z'), at('2026-11-30T00:00Z'), '1m'))).toEqual(['2026-11-26T00:00/2026-11-30T00:00']);
    const names = ['XNYS', 'XTKS', 'XHKG', 'CMES', 'XLON'];
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: 0, max: 11 * 365 * 24 * 60 }),
        fc.integer({ min: 1, max: 4_000 }),
        (name, start, length) => {
          const calendar = calendarOf(name);
          const from = at('2015-01-01') + start * MINUTE;
          const to = from + length * MINUTE;
          const stretches = new VenueBarTime(calendar).stretches(from, to, '1m');
          let next = 0;
          for (let minute = from; minute < to; minute += 7 * MINUTE) {
            while (next < stretches.length && stretches[next]!.to <= minute) next += 1;
            const isIn = next < stretches.length && stretches[next]!.from <= minute;
            expect(isIn).toBe(calendar.phaseAt(minute).phase === 'open');
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
