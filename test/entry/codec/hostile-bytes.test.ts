import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryCodec } from '../../../src/entry/codec/binary-codec.ts';
import { jsonCodec } from '../../../src/entry/codec/json-codec.ts';
import { ValueError } from '../../../src/errors.ts';
import { keptValue } from './kept-values.ts';
import { randomFrom } from './random.ts';

const SEED = 20_260_105;

/** The value, or the ValueError; all else that is thrown goes on. */
function decode(bytes: Uint8Array): unknown {
  try {
    return binaryCodec.decode(bytes);
  } catch (error) {
    if (error instanceof ValueError) return error;
    throw error;
  }
}

const hex = (digits: string): Uint8Array => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const bars = Array.from({ length: 9 }, (_, i) => ({ time: 1.7e12 + i, close: i / 7, name: 'x' }));
const SAMPLES = [
  { symbol: 'AAPL', bid: 187.24, sizes: [1, 2, 300], at: new Date(1.7e12), big: 2n ** 70n, é: 'ü', none: null, gone: undefined },
  { bars, window: { shape: [2, 2], data: new Float32Array(4) }, index: new Map<unknown, unknown>([['a', new Set([1, 2])]]) },
  [new Float64Array(5), new BigInt64Array(2), new ArrayBuffer(3), 'x'.repeat(80), 'é'.repeat(40)],
].map((value) => binaryCodec.encode(value));

describe('binaryCodec, given bytes that it did not write, throws nothing but ValueError', () => {
  test(`for 200 000 random bytes and mutations, seed ${SEED}`, () => {
    const random = randomFrom(SEED);
    let refusedCount = 0;
    for (let run = 0; run < 200_000; run++) {
      let bytes: Uint8Array;
      if (run % 2 === 0) {
        bytes = Uint8Array.from({ length: 1 + random(24) }, () => random(256));
      } else {
        bytes = new Uint8Array(SAMPLES[random(SAMPLES.length)]!);
        for (let flips = 1 + random(3); flips > 0; flips--) bytes[random(bytes.length)] = random(256);
        if (random(4) === 0) bytes = bytes.subarray(0, random(bytes.length));
      }
      if (decode(bytes) instanceof ValueError) refusedCount += 1;
    }
    expect(refusedCount).toBeGreaterThan(50_000);
  });

  test('for every beginning of what it wrote, and for more than that', () => {
    fc.assert(
      fc.property(keptValue, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (value, share) => {
        const bytes = binaryCodec.encode(value);
        expect(decode(bytes.subarray(0, Math.floor(bytes.length * share)))).toBeInstanceOf(ValueError);
        expect(decode(Buffer.concat([bytes, bytes]))).toBeInstanceOf(ValueError);
      }),
      { numRuns: 500 },
    );
  });

  test('and what it decodes after all, it can encode', () => {
    const random = randomFrom(SEED + 1);
    for (let run = 0; run < 20_000; run++) {
      const bytes = new Uint8Array(SAMPLES[run % SAMPLES.length]!);
      bytes[random(bytes.length)] = random(256);
      const value = decode(bytes);
      if (!(value instanceof ValueError)) assert.deepStrictEqual(binaryCodec.decode(binaryCodec.encode(value)), value);
    }
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['a head without its number', '19 01'],
    ['an integer beyond 2^53', '1b 00 20 00 00 00 00 00 00'],
    ['a negative integer beyond 2^53', '3b ff ff ff ff ff ff ff ff'],
    ['reserved forms', '1c'],
    ['an array without a length', '9f 01 ff'],
    ['a text without a length', '7f 61 61 ff'],
    ['a stop alone', 'ff'],
    ['a simple value', 'f8 20'],
    ['a half float', 'f9 3c 00'],
    ['a double cut short', 'fb 00 00'],
    ['a text that is no UTF-8', '62 c3 28'],
    ['a long text that is no UTF-8', `78 28 ${'ff'.repeat(40)}`],
    ['half of a surrogate pair', '63 ed a0 80'],
    ['a text of 4 GB', '7a ff ff ff ff 61'],
    ['bytes of 2^52', '5b 00 10 00 00 00 00 00 00 61'],
    ['an array of 4 G items', '9a ff ff ff ff'],
    ['a record of 4 G names', 'ba ff ff ff ff'],
    ['a record with a name that is no text', 'a1 01 02'],
    ['a tag that is not used', 'c0 61 61'],
    ['a typed array of floats in the order of other machines', 'd8 52 48 00 00 00 00 00 00 00 00'],
    ['a typed array that ends within an element', 'd8 56 44 00 00 00 00'],
    ['a typed array of text', 'd8 56 61 61'],
    ['a Date of text', 'c1 61 61'],
    ['a Date beyond all Dates', 'c1 fb 7e 37 e4 3c 88 00 75 9c'],
    ['a Date that is not a number', 'c1 f9 7e 00'],
    ['a bigint of text', 'c2 61 61'],
    ['a bigint of a gigabyte', 'c2 5a 40 00 00 00'],
    ['a bigint of more than 65 536 bytes', `c2 5a 00 01 00 01 ${'01'.repeat(65_537)}`],
    ['a Map of an array', 'd9 01 03 80'],
    ['a Map with a key twice', 'd9 01 03 a2 01 02 01 03'],
    ['a Map of 4 G entries', 'd9 01 03 ba ff ff ff ff'],
    ['a Set with an item twice', 'd9 01 02 82 01 01'],
    ['a Set of 4 G items', 'd9 01 02 9a ff ff ff ff'],
    ['a tensor of three parts', 'd8 28 83 81 01 d8 40 41 00 00'],
    ['a tensor whose shape does not fit', 'd8 28 82 81 02 d8 40 41 00'],
    ['a tensor of a huge shape', 'd8 28 82 82 1b 00 10 00 00 00 00 00 00 1b 00 10 00 00 00 00 00 00 d8 40 41 00'],
    ['a tensor without an array', 'd8 28 82 81 01 01'],
    ['columns that are no map', 'da 54 43 4f 4c 80'],
    ['no columns', 'da 54 43 4f 4c a0'],
    ['more columns than are written', `da 54 43 4f 4c b8 41 ${'61 61 80'.repeat(65)}`],
    ['a column of prototypes', `da 54 43 4f 4c a1 69 ${Buffer.from('__proto__').toString('hex')} 81 01`],
    ['columns of different lengths', 'da 54 43 4f 4c a2 61 61 82 01 02 61 62 81 01'],
    ['columns of numbers of different lengths', 'da 54 43 4f 4c a2 61 61 82 01 02 61 62 d8 4e 44 00 00 00 00'],
    ['a column that ends within a number', 'da 54 43 4f 4c a1 61 61 d8 4e 43 00 00 00'],
    ['a column of bytes', 'da 54 43 4f 4c a1 61 61 d8 40 43 00 00 00'],
    ['a column of nothing', 'da 54 43 4f 4c a1 61 61 01'],
    ['two values', '01 02'],
  ])('for %s', (_, digits) => {
    expect(decode(hex(digits))).toBeInstanceOf(ValueError);
  });

  test.each<[string, Uint8Array]>([
    ['a million arrays in one another', new Uint8Array(1_000_000).fill(0x81)],
    ['a million records in one another', hex('a16161'.repeat(1_000_000))],
    ['a million tags before one another', new Uint8Array(1_000_000).fill(0xc1)],
    ['columns in columns', hex('da54434f4ca1616181'.repeat(100_000))],
    ['arrays in one another that each ask for all that is left', hex(`${'9a00ffffff'.repeat(300)}${'00'.repeat(17_000_000)}`)],
    [
      'more empty records than may be',
      new Uint8Array(2 ** 22 + 10).fill(0xa0).fill(0x9a, 0, 1).fill(0x00, 1, 2).fill(0x40, 2, 3).fill(0x00, 3, 5),
    ],
    ['columns of more rows than may be', Buffer.concat([hex('da54434f4ca161619a00400001'), new Uint8Array(2 ** 22 + 1).fill(0xf7)])],
  ])('for %s, soon', (_, bytes) => {
    const startedAt = performance.now();
    expect(decode(bytes)).toBeInstanceOf(ValueError);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('and no lists that share a hash take longer than others', () => {
    const names = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`name${i}`, i]));
    expect(binaryCodec.decode(binaryCodec.encode(names))).toEqual(names);
  });

  test('and names where its bytes went wrong', () => {
    expect(decode(hex('82 01'))).toMatchObject({
      path: '$',
      message: "The bytes are none of this codec's: an item is missing at byte 2 (at $)",
    });
  });
});

describe('jsonCodec, given bytes that it did not write, throws nothing but ValueError', () => {
  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['no JSON', Buffer.from('{"bid": }')],
    ['no UTF-8', hex('22 c3 28 22')],
    ['a number that is none in JavaScript', Buffer.from('[1e999]')],
    ['negative zero', Buffer.from('-0')],
    ['a million arrays in one another', Buffer.from(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`)],
  ])('for %s', (_, bytes) => {
    expect(() => jsonCodec.decode(bytes)).toThrow(ValueError);
  });
});
