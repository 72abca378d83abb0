import { describe, expect, test } from 'vitest';
import { didYouMean, nearest } from '../../src/config/nearest.ts';

describe('nearest', () => {
  const names = ['serve', 'stats', 'keys', 'get', 'set', 'explain', 'invalidate', 'doctor'];

  test.each([
    ['sevre', 'serve'],
    ['stat', 'stats'],
    ['gte', 'get'],
    ['EXPLAIN', 'explain'],
    ['invaldate', 'invalidate'],
  ])('takes %s for %s', (mistyped, meant) => {
    expect(nearest(mistyped, names)).toBe(meant);
  });

  test('does not guess where nothing is near', () => {
    expect(nearest('frobnicate', names)).toBeUndefined();
    expect(didYouMean('frobnicate', names)).toBe('');
    expect(didYouMean('kyes', names)).toBe('; did you mean "keys"?');
  });
});
