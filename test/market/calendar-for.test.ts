import { expect, test } from 'vitest';
import { defineCalendar, rulesOf } from '../../src/market/calendar/calendar-of.ts';
import { Calendars } from '../../src/market/calendar/calendars.ts';
import { calendarFor } from '../../src/market/calendar-for.ts';
import { parseInstrument } from '../../src/market/instrument/parse-instrument.ts';

const calendars = new Calendars();

test.each([
  ['AAPL', 'XNYS'],
  ['RELIANCE.NS', 'XNSE'],
  ['7203.T', 'XTKS'],
  ['BTC-USD', '24/7'],
  ['EURUSD=X', '24/5'],
  ['ES=F', 'CMES'],
])('%s is traded by the calendar %s', (text, name) => {
  expect(calendarFor(parseInstrument(text), calendars)?.name).toBe(name);
  expect(calendarFor(parseInstrument(text), calendars)).toBe(calendars.of(name));
});

test('a calendar of your own is found by the name of its venue', () => {
  const own = new Calendars();
  own.add(defineCalendar({ ...rulesOf('XLON'), name: 'XEUR' }));
  expect(calendarFor({ venue: 'XEUR' }, own)?.name).toBe('XEUR');
});

test('a venue that nobody has written down has no calendar', () => {
  expect(calendarFor({ venue: 'XEUR' }, calendars)).toBeUndefined();
});
