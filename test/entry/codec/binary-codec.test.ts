import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryCodec } from '../../../src/entry/codec/binary-codec.ts';
import { ValueError } from '../../../src/errors.ts';
import { keptValue } from './kept-values.ts';
import { itemEnd } from './well-formed.ts';

function roundTrip(value: unknown): unknown {
  return binaryCodec.decode(binaryCodec.encode(value));
}

function refusal(value: unknown): ValueError {
  try {
    binaryCodec.encode(value);
  } catch (error) {
    if (error instanceof ValueError) return error;
    throw error;
  }
  throw new Error('it was kept');
}

describe('binaryCodec', () => {
  test('gives back what it was given, in well-formed CBOR', () => {
    fc.assert(
      fc.property(keptValue, (value) => {
        const bytes = binaryCodec.encode(value);
        const decoded = binaryCodec.decode(bytes);
        assert.deepStrictEqual(decoded, value);
        // The order of names and entries too, which deepStrictEqual does not compare.
        assert.deepStrictEqual(binaryCodec.encode(decoded), bytes);
        assert.equal(itemEnd(bytes), bytes.length);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['the edges of heads', [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]],
    ['the edges below zero', [-1, -24, -25, -256, -257, -65_537, -(2 ** 31), -(2 ** 32), -(2 ** 32) - 1, Number.MIN_SAFE_INTEGER]],
    ['floats', [0.1, 1.5, 1e300, 5e-324, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, 2 ** 60]],
    [
      'texts at the edges of lengths',
      [23, 24, 31, 32, 33, 48, 49, 255, 256, 65_536].flatMap((n) => ['x'.repeat(n), 'é'.repeat(n), '😀'.repeat(n)]),
    ],
    ['a byte order mark and what stands for broken text', ['\ufeffmark', '\ufffd', `${'x'.repeat(60)}\ufffd`]],
    ['bigints', [0n, -1n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 64n), -(2n ** 64n) - 1n, 2n ** 1_000n]],
    [
      'Dates to their ends',
      [0, 1, -1, 999, 1_767_623_400_123, 8.64e15, -8.64e15, 8.64e15 - 1, -4_398_378_128_601_678].map((ms) => new Date(ms)),
    ],
    ['tensors', { shape: [2, 3], data: new Float32Array(6).fill(0.5) }],
    [
      'what is nearly a tensor',
      [
        { shape: [2, 2], data: new Float64Array(3) },
        { shape: 1, data: 2 },
        { shape: [-0], data: new Int8Array() },
        { data: new Int8Array(1), shape: [1] },
      ],
    ],
    ['names of integers and of builtins', { 2: 'b', 1: 'a', constructor: 1, toString: null, hasOwnProperty: false }],
    [
      'Maps with keys of all kinds',
      new Map<unknown, unknown>([
        [undefined, 1],
        [Number.NaN, 2],
        [{ a: 1 }, 3],
        ['__proto__', 4],
      ]),
    ],
    ['a value that stands twice in it', ((bar) => [bar, bar])({ close: 187.25 })],
    ['nothing', [undefined, null, '', [], {}, new Map(), new Set(), new ArrayBuffer(0), new Float64Array(0)]],
  ])('keeps %s', (_, value) => {
    assert.deepStrictEqual(roundTrip(value), value);
  });

  test('keeps the type of typed arrays, whatever part of their buffer they are', () => {
    const buffer = new Uint8Array(64).map((_, i) => i).buffer;
    for (const Type of [Uint8Array, Int16Array, Float32Array, Float64Array, BigUint64Array, globalThis.Float16Array]) {
      const value = new Type(buffer, 8, 2);
      assert.deepStrictEqual(roundTrip(value), value.slice());
    }
  });

  test('gives values of their own, whatever becomes of the bytes', () => {
    const value = {
      data: new Float64Array([1.5, 2.5]),
      bytes: new Uint8Array([1, 2]).buffer,
      bars: Array.from({ length: 9 }, (_, i) => ({ close: i / 7 })),
    };
    const bytes = binaryCodec.encode(value);
    // At an odd place, so that nothing is aligned.
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    const decoded = binaryCodec.decode(moved.subarray(3));
    moved.fill(0xff);
    assert.deepStrictEqual(decoded, value);
  });

  test('gives bytes of their own, whatever is encoded next', () => {
    const [small, large] = [binaryCodec.encode('AAPL'), binaryCodec.encode(new Float64Array(30_000).fill(1.5))];
    binaryCodec.encode(new Float64Array(60_000));
    expect(binaryCodec.decode(small)).toBe('AAPL');
    expect(binaryCodec.decode(large)).toEqual(new Float64Array(30_000).fill(1.5));
  });

  test('reads bytes that other threads share', () => {
    const bytes = binaryCodec.encode({ data: new Float64Array([1.5]) });
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const { data } = binaryCodec.decode(shared) as { data: Float64Array };
    expect(data.buffer).toBeInstanceOf(ArrayBuffer);
    expect(data).toEqual(new Float64Array([1.5]));
  });

  test('leaves no prototype behind, and sets none', () => {
    const value: unknown = JSON.parse('{"__proto__": {"isAdmin": true}, "bars": [{"__proto__": 1}]}');
    const decoded = roundTrip(value) as object;
    expect(Object.getOwnPropertyNames(decoded)).toEqual(['__proto__', 'bars']);
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect((decoded as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    assert.deepStrictEqual(roundTrip({ ...Object.create(null), bid: 1 }), { bid: 1 });
    assert.deepStrictEqual(roundTrip(Object.assign(Object.create(null), { bid: 1 })), { bid: 1 });
  });

  test('lets a getter encode another value meanwhile', () => {
    const value = {
      before: 1,
      get inner() {
        return binaryCodec.encode({ other: 'value' }).length;
      },
      after: 2,
    };
    expect(roundTrip(value)).toEqual({ before: 1, inner: binaryCodec.encode({ other: 'value' }).length, after: 2 });
  });

  test('lets the error of a getter through, and goes on', () => {
    const value = {
      get price(): number {
        throw new RangeError('the feed is down');
      },
    };
    expect(() => binaryCodec.encode([value])).toThrow(RangeError);
    expect(roundTrip([1, 2])).toEqual([1, 2]);
  });

  test('keeps records and arrays of another realm', async () => {
    const { runInNewContext } = await import('node:vm');
    assert.deepStrictEqual(roundTrip(runInNewContext('({ bars: [1, { close: 2 }] })')), { bars: [1, { close: 2 }] });
  });
});

describe('binaryCodec refuses', () => {
  class Quote {
    bid = 1;
  }
  class Series extends Float64Array {}
  class Bars extends Array<number> {}
  const circle: Record<string, unknown> = { name: 'circle' };
  circle['self'] = { back: circle };
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
  const shrinking = new Map<string, unknown>([
    [
      'first',
      {
        get gone() {
          return shrinking.delete('last');
        },
      },
    ],
    ['last', 1],
  ]);
  const growing = new Set<unknown>([
    {
      get more() {
        return growing.size < 3 && growing.add(growing.size) && 1;
      },
    },
  ]);

  test.each<[string, unknown, string]>([
    ['a function', () => 1, '$'],
    ['a function deep inside', { bars: [1, 2, 3, { onTick: () => 1 }] }, '$.bars[3].onTick'],
    ['a symbol', { kinds: { 'of note': Symbol('x') } }, '$.kinds["of note"]'],
    ['an instance of a class', [[new Quote()]], '$[0][0]'],
    ['an Error', { cause: new Error('down') }, '$.cause'],
    ['a RegExp', /x/, '$'],
    ['a WeakMap', [new WeakMap()], '$[0]'],
    ['a Promise', { later: Promise.resolve(1) }, '$.later'],
    ['a URL', { url: new URL('https://example.com') }, '$.url'],
    ['a boxed number', [Object(1)], '$[0]'],
    ['a Buffer', { bytes: Buffer.from('x') }, '$.bytes'],
    ['a DataView', [new DataView(new ArrayBuffer(1))], '$[0]'],
    ['shared memory', [new SharedArrayBuffer(1)], '$[0]'],
    ['a subclass of a typed array', { data: new Series(1) }, '$.data'],
    ['a subclass of Array', { bars: new Bars() }, '$.bars'],
    ['a subclass of Map', [new (class extends Map {})()], '$[0]'],
    ['a subclass of Date', [new (class extends Date {})()], '$[0]'],
    ['what only pretends to be a Map', [Object.create(Map.prototype)], '$[0]'],
    ['a record that inherits', [Object.create({ bid: 1 })], '$[0]'],
    ['an instance without a name', [Object.create(Object.create(Object.create(null)))], '$[0]'],
    ['an invalid Date', { at: new Date(Number.NaN) }, '$.at'],
    ['half of a surrogate pair', { headline: 'x\ud800' }, '$.headline'],
    ['half of a surrogate pair in a name', { 'x\ud800': 1 }, '$["x\\ud800"]'],
    // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested.
    ['a hole', { closes: [1, , 3] }, '$.closes[1]'],
    ['a key of a Map', { books: new Map([[() => 1, 1]]) }, '$.books.keys()[0]'],
    ['a value of a Map', { books: new Map([['AAPL', { bid: Symbol() }]]) }, '$.books.get("AAPL").bid'],
    [
      'a value of a Map under a key that is no text',
      new Map<unknown, unknown>([
        [1, 1],
        [2, () => 1],
      ]),
      '$.values()[1]',
    ],
    ['an item of a Set', new Set([1, () => 1]), '$.values()[1]'],
    ['a cell of a column', Array.from({ length: 9 }, (_, i) => ({ id: i, name: i === 7 ? '\udc00' : 'x' })), '$[7].name'],
    ['a cell that is no scalar', Array.from({ length: 9 }, (_, i) => ({ id: i, at: i === 7 ? () => 1 : 1 })), '$[7].at'],
    ['a Map that changes meanwhile', shrinking, '$'],
    ['a Set that changes meanwhile', { all: growing }, '$.all'],
    ['a bigint longer than 65 536 bytes', { n: 1n << 524_288n }, '$.n'],
  ])('%s', (_, value, path) => {
    expect(refusal(value).path).toBe(path);
  });

  test('what nests deeper than 256, and circles', () => {
    expect(roundTrip(deep(256))).toEqual(deep(256));
    expect(refusal(deep(257))).toMatchObject({ message: expect.stringContaining('refers to itself or nests deeper than 256') });
    const { path, message } = refusal(circle);
    expect(path).toMatch(/^\$\.self\.back\.self\.back.*….*\.back$/);
    expect(path.length).toBeLessThan(200);
    expect(message).toContain('circles');
  });

  test('more parts than a reader would make', () => {
    expect(refusal({ rows: Array.from({ length: 2 ** 22 }, () => []) }).message).toContain('4194304');
  });

  test('more bytes than a writer would hold', () => {
    expect(refusal({ data: [new Uint8Array(2 ** 30)] })).toMatchObject({ path: '$.data[0]' });
  });

  test('with a message that says what to do', () => {
    expect(refusal({ bytes: Buffer.from('x') }).message).toBe(
      'A Buffer cannot be kept as it is; give a Uint8Array: `new Uint8Array(buffer)` (at $.bytes)',
    );
    expect(refusal([new Quote()]).message).toBe('An instance of Quote cannot be kept; give plain data (at $[0])');
  });
});
