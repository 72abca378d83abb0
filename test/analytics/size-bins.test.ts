import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BINS, binOf, shareFrom } from '../../src/analytics/size-bins.ts';

const size = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 2 ** 24 - 1 }));

describe('bins of sizes', () => {
  test('hold a size in one, and all that is larger in it or in those after it', () => {
    fc.assert(
      fc.property(size, size, (one, other) => {
        if (one <= other) expect(binOf(one)).toBeLessThanOrEqual(binOf(other));
        expect(shareFrom(one, binOf(one))).toBeGreaterThan(0);
        expect(shareFrom(one, binOf(one) + 1)).toBe(1);
        if (one > 1) expect(shareFrom(one, binOf(one) - 1)).toBe(0);
      }),
    );
  });

  test('are as fine as an eighth of a size, and exact for small ones', () => {
    fc.assert(fc.property(size, (one) => void expect(binOf(one * 1.126 + 1)).toBeGreaterThan(binOf(one))));
    for (let small = 1; small < 16; small += 1)
      expect([shareFrom(small, binOf(small)), shareFrom(small + 1, binOf(small))]).toEqual([1, 0]);
  });

  test('end with one for sizes beyond any cache, of which all is larger than any size', () => {
    expect([binOf(2 ** 24 - 1), binOf(2 ** 24), binOf(2 ** 31 - 1), binOf(2 ** 40)]).toEqual([BINS - 2, BINS - 1, BINS - 1, BINS - 1]);
    expect(shareFrom(2 ** 40, BINS - 1)).toBe(1);
  });
});
