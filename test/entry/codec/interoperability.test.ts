import assert from 'node:assert/strict';
import { addExtension, Decoder } from 'cbor-x';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryCodec } from '../../../src/entry/codec/binary-codec.ts';
import { COLUMNS_TAG, TENSOR_TAG } from '../../../src/entry/codec/cbor.ts';
import { rows, text } from './kept-values.ts';

/** All that a stranger must know of columns. */
function rowsOf(columns: Record<string, ArrayLike<unknown>>): Record<string, unknown>[] {
  const entries = Object.entries(columns);
  const { length } = entries[0]?.[1] ?? [];
  return Array.from({ length }, (_, row) => Object.fromEntries(entries.map(([name, values]) => [name, values[row]])));
}

// What cbor-x does not know of itself.
addExtension({ Class: class Columns {}, tag: COLUMNS_TAG, decode: rowsOf, encode: () => new Uint8Array() });
addExtension({
  Class: class Tensor {},
  tag: TENSOR_TAG,
  decode: ([shape, data]: [number[], Float64Array]) => ({ shape, data }),
  encode: () => new Uint8Array(),
});

const read = (value: unknown): unknown => safeNumbers(new Decoder({ mapsAsObjects: true }).decode(binaryCodec.encode(value)));

/** cbor-x makes bigints of all integers that take 64 bits; here they are numbers where a number holds them. */
function safeNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(safeNumbers);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, safeNumbers(part)]));
}

// cbor-x renames `__proto__`, and throws at Dates whose seconds take 64 bits.
const name = text.filter((candidate) => candidate !== '__proto__');
const leaf = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  text,
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 100n }).map((big) => (big % 2n === 0n ? big : -big)),
  fc.date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('2106-01-01') }),
  fc.float64Array({ size: 'max', maxLength: 300 }),
  fc.float32Array(),
  fc.int32Array(),
  fc.uint16Array(),
  fc.uint8Array(),
  fc.uint8ClampedArray(),
  fc.bigInt64Array(),
);
const value = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('node'), { maxLength: 6 }),
    fc.array(leaf, { size: 'max', maxLength: 60 }),
    fc.dictionary(name, tie('node'), { noNullPrototype: true, maxKeys: 6 }),
    rows(fc.double()).filter((table) => !Object.hasOwn(table[0] ?? {}, '__proto__')),
  ),
})).node;

describe('the bytes of binaryCodec', () => {
  test('are read alike by cbor-x', () => {
    fc.assert(
      fc.property(value, (kept) => assert.deepStrictEqual(read(kept), kept)),
      { numRuns: 1_000 },
    );
  });

  test('are read alike by cbor-x: Maps, Sets and tensors', () => {
    for (const kept of [
      new Map<unknown, unknown>([
        ['AAPL', 1],
        [2, [3]],
      ]),
      new Set([1, 'x', null]),
      { shape: [2, 2], data: new Float64Array([1, 2, 3, 4]) },
    ]) {
      assert.deepStrictEqual(read(kept), kept);
    }
  });

  test.each<[string, unknown, string]>([
    ['an integer', 1_000_000, '1a000f4240'],
    ['a negative integer', -1_000, '3903e7'],
    ['the largest safe integer', Number.MAX_SAFE_INTEGER, '1b001fffffffffffff'],
    ['a double', 1.1, 'fb3ff199999999999a'],
    ['a single', 100_000.5, 'fa47c35040'],
    ['infinity', Number.POSITIVE_INFINITY, 'f97c00'],
    ['NaN', Number.NaN, 'f97e00'],
    ['negative zero', -0, 'f98000'],
    ['undefined', undefined, 'f7'],
    ['a Date', new Date('2013-03-21T20:04:00Z'), 'c11a514b67b0'],
    ['a Date with a fraction', new Date('2013-03-21T20:04:00.500Z'), 'c1fb41d452d9ec200000'],
    ['a bigint', 18_446_744_073_709_551_616n, 'c249010000000000000000'],
    ['a negative bigint', -18_446_744_073_709_551_617n, 'c349010000000000000000'],
    ['a text', '\u6c34', '63e6b0b4'],
    ['a record', { a: 1, b: [2, 3] }, 'a26161016162820203'],
    ['bytes', new Uint8Array([1, 2]).buffer, '420102'],
    ['a Set', new Set([1]), 'd901028101'],
    ['a Map', new Map([[1, 2]]), 'd90103a10102'],
    ['a typed array', new Uint16Array([1, 2]), 'd8454401000200'],
    ['a tensor', { shape: [2, 1], data: new Uint8Array([5, 6]) }, 'd82882820201d840420506'],
  ])('are those of the standards: %s', (_, kept, hex) => {
    expect(Buffer.from(binaryCodec.encode(kept)).toString('hex')).toBe(hex);
  });
});
