import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestShares, type Claim } from '../../../src/tiers/memory/best-shares.ts';

const WHOLE = { min: 0, max: 1 };
/** Hits grow with the room until a share of it is enough. */
const upTo = (enough: number, hits: number, share = WHOLE): Claim => ({ share, hitsAt: (room) => Math.min(1, room / enough) * hits });
/** Nothing is hit until all of a loop fits. */
const loop = (length: number, hits: number): Claim => ({ share: WHOLE, hitsAt: (room) => (room >= length ? hits : 0) });

describe('the best shares', () => {
  test('give who gains most what is enough for it, and the rest to the next', () => {
    expect(bestShares([upTo(0.25, 100), upTo(1, 100)])).toEqual([0.25, 0.75]);
    expect(bestShares([upTo(1, 10), upTo(0.5, 100)])).toEqual([0.5, 0.5]);
  });

  test('give a loop all that it needs, or nothing of it', () => {
    expect(bestShares([loop(0.5, 100), upTo(1, 100)])).toEqual([0.5, 0.5]);
    expect(bestShares([loop(0.5, 10), upTo(1, 100)])).toEqual([0, 1]);
    expect(bestShares([loop(2, 1_000), upTo(0.5, 1)])).toEqual([0, 0.5]);
  });

  test('keep to minima and maxima', () => {
    expect(bestShares([upTo(1, 0, { min: 0.25, max: 1 }), upTo(1, 100, { min: 0, max: 0.5 })])).toEqual([0.25, 0.4921875]);
    const tenths = Array.from({ length: 10 }, () => upTo(1, 1, { min: 0.1, max: 1 }));
    expect(bestShares(tenths).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(bestShares([upTo(1, 9, { min: 0.1, max: 0.1 }), upTo(1, 1)])).toEqual([0.1, expect.closeTo(0.9, 9)]);
  });

  test('leave what nobody gains by', () => {
    expect(bestShares([upTo(0.25, 5), upTo(0.25, 0)])).toEqual([0.25, 0]);
    expect(bestShares([])).toEqual([]);
  });

  test('hit as much as any division there is, where gains only fall', () => {
    const claim = fc.record({ enough: fc.integer({ min: 1, max: 32 }), hits: fc.nat(1_000) });
    fc.assert(
      fc.property(claim, claim, claim, (...given) => {
        const claims = given.map(({ enough, hits }) => upTo(enough / 32, hits));
        const hitsOf = (shares: readonly number[]): number => shares.reduce((sum, share, at) => sum + (claims[at]?.hitsAt(share) ?? 0), 0);
        let most = 0;
        for (let one = 0; one <= 32; one += 1) {
          for (let two = 0; two <= 32 - one; two += 1) most = Math.max(most, hitsOf([one / 32, two / 32, (32 - one - two) / 32]));
        }
        const shares = bestShares(claims);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1);
        expect(hitsOf(shares)).toBeCloseTo(most, 6);
      }),
    );
  });
});
