import { expect, test } from 'vitest';
import { type Entry, NO_TAGS, shifted } from '../../src/entry/entry.ts';
import { OLDEST } from '../../src/entry/version.ts';

const entry: Entry<number> = {
  key: 'AAPL',
  value: 187.25,
  isNegative: false,
  eventAt: 900,
  askedAt: 1_000,
  staleAt: 6_000,
  deadAt: 66_000,
  version: OLDEST,
  tags: NO_TAGS,
  source: 'replay',
  isFinal: false,
  why: '',
};

test('an entry is moved to another clock with its instants, and not with the time of its source', () => {
  expect(shifted(entry, -400)).toEqual({ ...entry, askedAt: 600, staleAt: 5_600, deadAt: 65_600 });
  expect(shifted(shifted(entry, 123), -123)).toEqual(entry);
  expect(entry.askedAt).toBe(1_000);
});

test('the list of no tags cannot be given any', () => {
  expect(Object.isFrozen(NO_TAGS)).toBe(true);
});
