import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { DAY, type Duration, durationText, HOUR, MINUTE, SECOND, toMs } from '../../src/time/duration.ts';

describe('toMs', () => {
  test.each<[Duration, number]>([
    [0, 0],
    [1.5, 1.5],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ['0ms', 0],
    ['500ms', 500],
    ['5s', 5_000],
    ['1.5h', 5_400_000],
    ['10m', 600_000],
    ['1d', 86_400_000],
    ['0.25s', 250],
    ['007s', 7_000],
  ])('%s is %d ms', (duration, ms) => {
    expect(toMs(duration)).toBe(ms);
  });

  test('takes every whole number with a unit', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (count) => {
        expect([toMs(`${count}ms`), toMs(`${count}s`), toMs(`${count}m`), toMs(`${count}h`), toMs(`${count}d`)]).toEqual([
          count,
          count * SECOND,
          count * MINUTE,
          count * HOUR,
          count * DAY,
        ]);
      }),
    );
  });

  test.each([
    -1,
    Number.NaN,
    -0.001,
    '',
    '5',
    's',
    '5 s',
    '-5s',
    '+5s',
    '.5s',
    '5.s',
    '1e3ms',
    '5sec',
    '5S',
    '5s\n',
    '1h30m',
    null,
    undefined,
    {},
    [5],
    true,
  ])('refuses %j, naming the setting and the forms', (duration) => {
    expect(() => toMs(duration as Duration, 'kinds.quote.deadline')).toThrow(ConfigError);
    expect(() => toMs(duration as Duration, 'kinds.quote.deadline')).toThrow(/`kinds\.quote\.deadline` is .*'500ms', '5s'/);
  });

  test('says "duration" when it is told no name', () => {
    expect(() => toMs(-1)).toThrow('`duration` is -1');
  });

  // The message is built with JSON, which knows no bigint and calls NaN null.
  test.each([5n, Number.NaN])('refuses %s by what it is', (duration) => {
    expect(() => toMs(duration as unknown as Duration)).toThrow(`\`duration\` is ${duration};`);
  });
});

test.each([
  [0, '0 ms'],
  [250, '250 ms'],
  [5 * SECOND, '5 s'],
  [90 * MINUTE, '1.5 h'],
  [30 * DAY, '30 d'],
])('%d ms reads "%s"', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
