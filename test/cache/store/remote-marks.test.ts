import { describe, expect, test } from 'vitest';
import { RemoteMarks } from '../../../src/cache/store/remote-marks.ts';
import { assertKindName, keyPrefix } from '../../../src/entry/key.ts';
import { MAX_LIFETIME_MS } from '../../../src/lifetime/lifetime.ts';

const marks = new RemoteMarks('desk/fx');

describe('the marks of a namespace', () => {
  test('stand under keys of its own, two for each tag and one for all', () => {
    expect(marks.tagKey('sym:EUR', false)).toBe('desk/fx:~gone:sym:EUR');
    expect(marks.tagKey('sym:EUR', true)).toBe('desk/fx:~stale:sym:EUR');
    expect(marks.clearKey).toBe('desk/fx:~clear:all');
    expect(marks.tagKeys(['a', 'b'])).toEqual(['desk/fx:~gone:a', 'desk/fx:~stale:a', 'desk/fx:~gone:b', 'desk/fx:~stale:b']);
    expect(marks.tagKeys([])).toEqual([]);
  });

  test('stand where no kind can put an entry', () => {
    for (const key of [marks.tagKey('a', false), marks.tagKey('a', true), marks.clearKey]) {
      const kind = key.split(':')[1] ?? '';
      expect(key.startsWith(keyPrefix('desk/fx', kind))).toBe(true);
      expect(() => assertKindName(kind)).toThrow();
    }
  });

  test('outlive every entry they could concern', () => {
    const version = { stamp: 7, origin: 8 };
    const mark = marks.entry(marks.clearKey, version, 1_000, [7]);
    expect(mark).toMatchObject({ key: marks.clearKey, isNegative: true, value: undefined, version, askedAt: 1_000, eventAt: undefined });
    expect(mark.deadAt).toBe(1_000 + MAX_LIFETIME_MS);
  });
});
