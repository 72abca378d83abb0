import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Coverage } from '../../../src/market/bars/coverage.ts';

const LAST = 30;
const instant = fc.integer({ min: 0, max: LAST });
const step = fc.record({ what: fc.constantFrom<'add' | 'remove'>('add', 'add', 'remove'), from: instant, to: instant });

/** The stretches of a plain list of what is known, instant by instant. */
function stretchesOf(known: readonly boolean[], from = 0, to = LAST, wanted = true): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  for (let at = from; at < to; at += 1) {
    if (known[at] !== wanted) continue;
    const last = stretches.at(-1);
    if (last?.to === at) last.to = at + 1;
    else stretches.push({ from: at, to: at + 1 });
  }
  return stretches;
}

describe('coverage', () => {
  test('knows what a plain list of instants knows', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), instant, instant, (steps, from, to) => {
        const coverage = new Coverage();
        const known = Array.from({ length: LAST }, () => false);
        for (const { what, from: start, to: end } of steps) {
          coverage[what](start, end);
          for (let at = start; at < end; at += 1) known[at] = what === 'add';
          expect([...coverage]).toEqual(stretchesOf(known));
        }
        expect(coverage.missing(from, to)).toEqual(stretchesOf(known, from, to, false));
        expect(coverage.has(from, to)).toBe(stretchesOf(known, from, to, false).length === 0);
      }),
      { numRuns: 500 },
    );
  });

  test('is made of stretches in any order', () => {
    expect([
      ...new Coverage([
        { from: 5, to: 9 },
        { from: 1, to: 5 },
        { from: 20, to: 21 },
      ]),
    ]).toEqual([
      { from: 1, to: 9 },
      { from: 20, to: 21 },
    ]);
  });
});
