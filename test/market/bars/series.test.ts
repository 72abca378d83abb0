import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { Series } from '../../../src/market/bars/series.ts';
import type { SeriesWindow } from '../../../src/market/bars/series-window.ts';

/** Rows at instants, whose first column is `value` for all, and whose second tells the instant. */
function rows(instants: readonly number[], value: number) {
  return { instants, columns: [instants.map(() => value), instants.map((at) => at * 2)] };
}

const told = (window: SeriesWindow): number[][] =>
  [...window.instants].map((at, row) => [at, window.column('a')[row]!, window.value(row, 'b')!]);

describe('a series', () => {
  test('holds what a sorted map holds, in whatever order rows come and go', () => {
    const instant = fc.integer({ min: 0, max: 200 });
    const put = fc.uniqueArray(instant, { maxLength: 30 }).map((instants) => ({ put: instants.toSorted((a, b) => a - b) }));
    const drop = fc.record({ from: instant, to: instant });
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 4, arbitrary: put }, drop), { maxLength: 30, size: 'max' }),
        instant,
        instant,
        (steps, from, size) => {
          const series = new Series(['a', 'b']);
          const model = new Map<number, number>();
          for (const [value, step] of steps.entries()) {
            if ('put' in step) {
              series.put(rows(step.put, value));
              for (const at of step.put) model.set(at, value);
            } else {
              series.drop(step.from, step.to);
              for (const at of [...model.keys()]) if (at >= step.from && at < step.to) model.delete(at);
            }
            const sorted = [...model].toSorted(([one], [other]) => one - other).map(([at, a]) => [at, a, at * 2]);
            expect(told(series.between(0, 1_000))).toEqual(sorted);
            expect([series.length, series.firstAt, series.lastAt]).toEqual([sorted.length, sorted[0]?.[0], sorted.at(-1)?.[0]]);
            const before = sorted.filter(([at]) => at! < from);
            expect(told(series.window(from, size))).toEqual(size === 0 ? [] : before.slice(-size));
          }
        },
      ),
    );
  });

  test('grows by appending, and windows handed out keep what they showed', () => {
    const series = new Series(['a', 'b']);
    series.put(rows([1, 2, 3], 7));
    const window = series.window(4, 2);
    for (let at = 4; at < 1_000; at += 1) series.put(rows([at], at));
    series.put(rows([0], 5));
    series.drop(0, 500);
    expect(told(window)).toEqual([
      [2, 7, 4],
      [3, 7, 6],
    ]);
    expect(series.length).toBe(500);
    expect(series.bytes).toBeLessThanOrEqual(512 * 8 * 3);
  });

  test('copies a window only when it is asked to, row by row, with the columns in the order asked for', () => {
    const series = new Series(['a', 'b']);
    series.put(rows([1, 2, 3], 7));
    const window = series.window(4, 2);
    expect([...window.copy()]).toEqual([7, 4, 7, 6]);
    expect([...window.copy(['b', 'a'])]).toEqual([4, 7, 6, 7]);
    const into = new Float32Array(5);
    expect(window.copy(['b'], into)).toBe(into);
    expect([...into]).toEqual([4, 6, 0, 0, 0]);
    expect(window.column('a').buffer).toBe(series.window(4, 1).column('a').buffer);
    expect(window.value(2, 'a')).toBeUndefined();
    expect(() => window.copy(['a', 'b'], new Float64Array(3))).toThrow('2 rows of 2 columns do not fit into 3 numbers; give room for 4');
    expect(() => window.column('c')).toThrow(new ConfigError('There is no column "c"; there are a, b'));
  });

  test('replaces the last row while that is open', () => {
    const series = new Series(['a', 'b']);
    series.put(rows([1, 2], 7));
    series.put(rows([2, 3], 8));
    expect(told(series.between(0, 9))).toEqual([
      [1, 7, 2],
      [2, 8, 4],
      [3, 8, 6],
    ]);
  });

  test.each([
    [
      {
        instants: [1, 1],
        columns: [
          [1, 2],
          [1, 2],
        ],
      },
      'Row 1 of 2 is not later than the one before',
    ],
    [{ instants: [Number.NaN], columns: [[1], [1]] }, 'Row 0 of 1'],
    [{ instants: [1], columns: [[1]] }, 'Rows of 1 columns for a series of 2'],
    [{ instants: [1], columns: [[1], [1, 2]] }, 'give each column 1 numbers'],
  ])('refuses %j, and puts nothing', (wrong, says) => {
    const series = new Series(['a', 'b']);
    expect(() => series.put(wrong)).toThrow(says);
    expect(series.length).toBe(0);
  });

  test('needs names of their own for its columns', () => {
    expect(() => new Series([])).toThrow(ConfigError);
    expect(() => new Series(['a', 'a'])).toThrow('A series of the columns ["a","a"]; give each a name of its own');
  });
});
