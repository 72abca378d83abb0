import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Size, toBytes } from '../../src/entry/size.ts';
import { ConfigError } from '../../src/errors.ts';

describe('toBytes', () => {
  test.each<[Size, number]>([
    [1, 1],
    [512, 512],
    ['1b', 1],
    ['64kb', 65_536],
    ['1.5kb', 1_536],
    ['512mb', 536_870_912],
    ['2gb', 2_147_483_648],
  ])('%s is %d bytes', (size, bytes) => {
    expect(toBytes(size, 'maxBytes')).toBe(bytes);
  });

  test('takes every whole number with a unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (count) => {
        expect([toBytes(`${count}b`, 's'), toBytes(`${count}kb`, 's'), toBytes(`${count}mb`, 's'), toBytes(`${count}gb`, 's')]).toEqual([
          count,
          count * 1_024,
          count * 1_024 ** 2,
          count * 1_024 ** 3,
        ]);
      }),
    );
  });

  test.each([0, -1, Number.NaN, '', '0mb', '-1mb', '5 mb', '5MB', '5', 'mb', '.5mb', '1e3mb', '5tb', '5mb\n', null, undefined, {}, true])(
    'refuses %j, naming the setting and the forms',
    (size) => {
      expect(() => toBytes(size as Size, 'memory.maxBytes')).toThrow(ConfigError);
      expect(() => toBytes(size as Size, 'memory.maxBytes')).toThrow(/`memory\.maxBytes` is .*'512mb'/);
    },
  );

  // It is above 0 before it is cut to whole bytes.
  test.each<Size>([0.5, '0.5b', '0.0001kb'])('refuses %s, which is no byte', (size) => {
    expect(() => toBytes(size, 'maxBytes')).toThrow(ConfigError);
  });

  // The message is built with JSON, which knows no bigint.
  test('refuses a bigint as it refuses all else', () => {
    expect(() => toBytes(5n as unknown as Size, 'maxBytes')).toThrow(ConfigError);
  });
});
