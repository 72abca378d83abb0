import { expect, test } from 'vitest';
import { isDate, parseInstant } from '../../src/time/parse-instant.ts';

test.each([
  ['2026-11-27T14:30:00Z', '2026-11-27T14:30:00.000Z'],
  ['2026-11-27T14:30Z', '2026-11-27T14:30:00.000Z'],
  ['2026-11-27T14:30:00.5+09:00', '2026-11-27T05:30:00.500Z'],
  ['2026-11-27', '2026-11-27T00:00:00.000Z'],
  ['1795741200000', '2026-11-27T01:00:00.000Z'],
  ['0', '1970-01-01T00:00:00.000Z'],
])('%s is an instant', (text, instant) => {
  expect(new Date(parseInstant(text) ?? Number.NaN).toISOString()).toBe(instant);
});

test.each([
  '',
  'now',
  '2026-11-27T14:30:00',
  '2026-02-30',
  '2026-02-30T00:00:00Z',
  '2026-13-01',
  '27.11.2026',
  '-1',
  '1e3',
  '20261126',
  '1795741200',
])('%j is none', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

test('a date alone is told from an instant', () => {
  expect([isDate('2026-11-27'), isDate('2026-11-27T14:30:00Z')]).toEqual([true, false]);
});
