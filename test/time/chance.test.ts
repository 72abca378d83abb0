import { expect, test } from 'vitest';
import { chance } from '../../src/time/chance.ts';

test('chance is a number from 0 up to 1, drawn anew each time', () => {
  const drawn = Array.from({ length: 1_000 }, chance);
  expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(new Set(drawn).size).toBeGreaterThan(990);
});
