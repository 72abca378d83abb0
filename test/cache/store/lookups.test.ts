import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Lookup, Lookups } from '../../../src/cache/store/lookups.ts';

const FOUND = { version: { stamp: 1, origin: 1 }, eventAt: undefined };

describe('Lookups', () => {
  test('cuts what was begun before, for that key alone', () => {
    const lookups = new Lookups();
    const before = lookups.begin();
    lookups.cut('AAPL');
    const after = lookups.begin();
    expect([lookups.isCut(before, 'AAPL', FOUND), lookups.isCut(before, 'MSFT', FOUND), lookups.isCut(after, 'AAPL', FOUND)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('cuts all that was begun before, for every key', () => {
    const lookups = new Lookups();
    const before = lookups.begin();
    lookups.cut('AAPL');
    lookups.cutAll();
    const after = lookups.begin();
    expect([lookups.isCut(before, 'AAPL', FOUND), lookups.isCut(before, 'MSFT', FOUND)]).toEqual([true, true]);
    expect([lookups.isCut(after, 'AAPL', FOUND), lookups.isCut(after, 'MSFT', FOUND)]).toEqual([false, false]);
  });

  test('does not forget a cut while one lookup that it concerns is under way', () => {
    const lookups = new Lookups();
    const long = lookups.begin();
    lookups.begin();
    lookups.cut('AAPL');
    lookups.end();
    expect(lookups.isCut(long, 'AAPL', FOUND)).toBe(true);
  });

  test('does as a plain history does, and cuts nothing begun after the cut', () => {
    type Step = { does: 'begin' | 'end' | 'cut' | 'cutAll'; at: number };
    const step: fc.Arbitrary<Step> = fc.record({
      does: fc.constantFrom('begin', 'begin', 'end', 'cut', 'cut', 'cutAll'),
      at: fc.nat(100),
    });
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 200 }), (steps) => {
        const lookups = new Lookups();
        const open: { lookup: Lookup; cuts: Set<string>; isAllCut: boolean }[] = [];
        for (const { does, at } of steps) {
          const key = `k${at % 4}`;
          if (does === 'begin') open.push({ lookup: lookups.begin(), cuts: new Set(), isAllCut: false });
          else if (does === 'end' && open.length > 0) {
            open.splice(at % open.length, 1);
            lookups.end();
          } else if (does === 'cut') {
            lookups.cut(key);
            for (const { cuts } of open) cuts.add(key);
          } else if (does === 'cutAll') {
            lookups.cutAll();
            for (const begun of open) begun.isAllCut = true;
          }
          for (const { lookup, cuts, isAllCut } of open) {
            for (const other of ['k0', 'k1', 'k2', 'k3']) {
              if (lookups.isCut(lookup, other, FOUND) !== (isAllCut || cuts.has(other))) throw new Error(`${other} after ${does}`);
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('cuts all that is under way rather than forget a cut, when there are more than 10 000', () => {
    const lookups = new Lookups();
    const before = lookups.begin();
    for (let key = 0; key < 10_000; key += 1) lookups.cut(`k${key}`);
    expect(lookups.isCut(before, 'AAPL', FOUND)).toBe(false);
    lookups.cut('one more');
    expect(['one more', 'k0', 'AAPL'].map((key) => lookups.isCut(before, key, FOUND))).toEqual([true, true, true]);
    const after = lookups.begin();
    expect(['one more', 'k0', 'AAPL'].map((key) => lookups.isCut(after, key, FOUND))).toEqual([false, false, false]);
    lookups.cut('k0');
    expect([lookups.isCut(after, 'k0', FOUND), lookups.isCut(after, 'k1', FOUND)]).toEqual([true, false]);
  });
});
