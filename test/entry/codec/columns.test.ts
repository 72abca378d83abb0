import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryCodec } from '../../../src/entry/codec/binary-codec.ts';
import { COLUMNS_TAG } from '../../../src/entry/codec/cbor.ts';
import { number, rows, scalar } from './kept-values.ts';

type Row = Record<string, unknown>;

const isColumns = (bytes: Uint8Array): boolean => bytes[0] === 0xda && Buffer.from(bytes).readUInt32BE(1) === COLUMNS_TAG;

function roundTrip(value: unknown): unknown {
  return binaryCodec.decode(binaryCodec.encode(value));
}

describe('columns', () => {
  test.each([
    ['numbers', rows(number)],
    ['scalars', rows(scalar)],
  ])('give tables of %s back as they were, with their names in order', (_, tables) => {
    fc.assert(
      fc.property(tables, (table) => {
        const decoded = roundTrip(table) as Row[];
        assert.deepStrictEqual(decoded, table);
        assert.deepStrictEqual(decoded.map(Object.keys), table.map(Object.keys));
      }),
      { numRuns: 500 },
    );
  });

  const bars = Array.from({ length: 500 }, (_, i) => ({
    time: 1.7e12 + i * 60_000,
    open: 100 + i / 7,
    close: 101 + i / 7,
    volume: 1_000 + i,
  }));

  test('take candles in a third of the bytes of JSON, and integers in four each', () => {
    const bytes = binaryCodec.encode(bars);
    expect(isColumns(bytes)).toBe(true);
    expect(bytes.length).toBeLessThan(500 * (3 * 8 + 4) + 100);
    expect(bytes.length).toBeLessThan(JSON.stringify(bars).length / 2);
  });

  test('keep what is no ordinary number, in columns of integers too', () => {
    for (const odd of [-0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, -(2 ** 31), 0.5, undefined, null, '1', true, 1n]) {
      const table = bars.map((bar, i) => ({ ...bar, volume: i === 300 ? odd : i }));
      assert.deepStrictEqual(roundTrip(table), table);
    }
  });

  test('hold tables longer than their scratch', () => {
    const long = Array.from({ length: 140_000 }, (_, i) => ({ time: i, close: i / 3 }));
    expect(isColumns(binaryCodec.encode(long))).toBe(true);
    assert.deepStrictEqual(roundTrip(long), long);
    const medium = long.slice(0, 20_000);
    assert.deepStrictEqual(roundTrip(medium), medium);
  });

  test('serve more names than have a place of their own', () => {
    for (let table = 0; table < 30; table++) {
      const some = Array.from({ length: 10 }, (_, i) => ({ [`a${table}`]: i, [`b${table}`]: i / 3, [`c${table}`]: `x${i}` }));
      assert.deepStrictEqual(roundTrip(some), some);
    }
    const mixed = Array.from({ length: 10 }, (_, i) => ({ a28: i, b29: i < 5 ? i : null }));
    assert.deepStrictEqual(roundTrip(mixed), mixed);
  });

  const table = (row: (i: number) => unknown): unknown[] => Array.from({ length: 10 }, (_, i) => row(i));

  test.each<[string, unknown[]]>([
    ['few rows', table((i) => ({ close: i })).slice(0, 7)],
    ['rows without names', table(() => ({}))],
    ['rows with other names', table((i) => (i === 5 ? { open: i } : { close: i }))],
    ['rows with fewer names', table((i) => (i === 5 ? { open: i } : { open: i, close: i }))],
    ['rows with more names', table((i) => (i === 5 ? { open: i, close: i } : { open: i }))],
    ['rows with names in another order', table((i) => (i === 5 ? { close: 1, open: 2 } : { open: 2, close: 1 }))],
    ['rows that are no records', table((i) => (i === 5 ? null : { open: i }))],
    ['rows with lists', table((i) => ({ open: i === 5 ? [i] : i }))],
    ['a first row with a list', table((i) => ({ open: i === 0 ? [i] : i }))],
    ['rows with a name of their prototype', table((i) => JSON.parse(`{"__proto__": ${i}}`))],
    ['rows with a name of their constructor', table((i) => ({ constructor: i }))],
    [
      'rows with more names than columns there may be',
      table((i) => Object.fromEntries(Array.from({ length: 65 }, (_, c) => [`c${c}`, i]))),
    ],
  ])('are not used for %s', (_, value) => {
    const bytes = binaryCodec.encode(value);
    expect(isColumns(bytes)).toBe(false);
    assert.deepStrictEqual(binaryCodec.decode(bytes), value);
  });

  test('nest as deep as the rows they hold', () => {
    const wrap = (value: unknown, levels: number): unknown => (levels === 0 ? value : [wrap(value, levels - 1)]);
    const rowsOnly = table((i) => ({ close: i }));
    assert.deepStrictEqual(roundTrip(wrap(rowsOnly, 254)), wrap(rowsOnly, 254));
    expect(() => binaryCodec.encode(wrap(rowsOnly, 255))).toThrow('nests deeper');
  });

  test('refuse rows whose class only looks plain', () => {
    class Bar {
      close = 1;
    }
    expect(() => binaryCodec.encode(table(() => new Bar()))).toThrow('An instance of Bar cannot be kept; give plain data (at $[0])');
  });
});
