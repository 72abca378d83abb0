import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonCodec } from '../../../src/entry/codec/json-codec.ts';
import { ValueError } from '../../../src/errors.ts';

function refusal(value: unknown): ValueError {
  try {
    jsonCodec.encode(value);
  } catch (error) {
    if (error instanceof ValueError) return error;
    throw error;
  }
  throw new Error('it was kept');
}

describe('jsonCodec', () => {
  test('gives back what it was given', () => {
    const value = fc.jsonValue({ depthSize: 'small' }).filter((candidate) => !JSON.stringify(candidate, negativeZero).includes('"-0"'));
    fc.assert(
      fc.property(value, (kept) => assert.deepStrictEqual(jsonCodec.decode(jsonCodec.encode(kept)), kept)),
      { numRuns: 1_000 },
    );
  });

  test('writes JSON that people read', () => {
    expect(Buffer.from(jsonCodec.encode({ symbol: 'AAPL', bid: 187.24, note: 'é' })).toString()).toBe(
      '{"symbol":"AAPL","bid":187.24,"note":"é"}',
    );
  });

  test('keeps half of a surrogate pair, which JSON escapes', () => {
    expect(jsonCodec.decode(jsonCodec.encode(['\ud800']))).toEqual(['\ud800']);
  });

  test('leaves no prototype behind, and sets none', () => {
    const decoded = jsonCodec.decode(Buffer.from('{"__proto__": {"isAdmin": true}}')) as { isAdmin?: boolean };
    expect(Object.keys(decoded)).toEqual(['__proto__']);
    expect(decoded.isAdmin).toBeUndefined();
    expect(jsonCodec.decode(jsonCodec.encode(decoded))).toEqual(decoded);
  });

  class Quote {
    bid = 1;
  }
  const circle: { self?: unknown } = {};
  circle.self = [circle];

  test.each<[string, unknown, string]>([
    ['undefined', undefined, '$'],
    ['undefined in an array', [1, undefined], '$[1]'],
    ['undefined in a record', { bid: undefined }, '$.bid'],
    // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested.
    ['a hole', { closes: [, 1] }, '$.closes[0]'],
    ['NaN', { change: Number.NaN }, '$.change'],
    ['infinity', [Number.POSITIVE_INFINITY], '$[0]'],
    ['negative zero', { change: [-0] }, '$.change[0]'],
    ['a bigint', { at: 1n }, '$.at'],
    ['a Date', { at: new Date(0) }, '$.at'],
    ['a Map', { books: new Map() }, '$.books'],
    ['a Set', { tags: new Set() }, '$.tags'],
    ['a typed array', { window: new Float64Array(1) }, '$.window'],
    ['a Buffer', { 'raw bytes': Buffer.from('x') }, '$["raw bytes"]'],
    ['a function', { bars: [{ onTick: () => 1 }] }, '$.bars[0].onTick'],
    ['a symbol', [Symbol()], '$[0]'],
    ['toJSON', { price: { toJSON: () => 1 } }, '$.price.toJSON'],
    ['an instance of a class', [new Quote()], '$[0]'],
    ['a boxed text', { name: Object('x') }, '$.name'],
  ])('refuses %s', (_, value, path) => {
    expect(refusal(value).path).toBe(path);
  });

  test('refuses circles', () => {
    expect(refusal(circle).message).toContain('refers to itself or nests deeper than 256');
  });

  test('says which codec keeps what it refuses', () => {
    expect(refusal({ change: -0 }).message).toBe('JSON cannot keep −0; use the binary codec, or give null or a text (at $.change)');
  });
});

function negativeZero(_: string, value: unknown): unknown {
  return Object.is(value, -0) ? '-0' : value;
}
