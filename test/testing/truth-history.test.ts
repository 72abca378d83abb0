import { describe, expect, test } from 'vitest';
import { TruthHistory } from '../../src/testing/truth-history.ts';

describe('TruthHistory', () => {
  test('knows since when a value has not been true', () => {
    const history = new TruthHistory();
    for (const [value, at] of [
      ['a', 0],
      ['b', 100],
      ['c', 300],
    ] as const) {
      history.changed(at);
      history.saw(value, at + 10);
    }
    expect(['a', 'b', 'c', 'before'].map((value) => history.outdatedMs(value, 1_000))).toStrictEqual([900, 700, undefined, 1_000]);
    expect(history.truth).toBe('c');
  });

  test('dates a change from when it is seen, when word of it comes only later', () => {
    const history = new TruthHistory();
    history.changed(0);
    history.saw('a', 0);
    history.saw('b', 500);
    history.changed(510);
    history.saw('b', 510);
    expect(history.outdatedMs('a', 600)).toBe(100);
  });

  test('forgets all but the last hundred truths', () => {
    const history = new TruthHistory();
    for (let at = 0; at < 300; at += 1) {
      history.changed(at);
      history.saw(at, at);
    }
    expect([0, 200, 298].map((value) => history.outdatedMs(value, 300))).toStrictEqual([100, 99, 1]);
  });
});
