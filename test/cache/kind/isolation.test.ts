import { describe, expect, test } from 'vitest';
import { isolateBy } from '../../../src/cache/kind/isolation.ts';
import type { Isolation } from '../../../src/cache/kind/kind.ts';
import { ConfigError } from '../../../src/errors.ts';

const report = () => ({ symbol: 'AAPL', bars: [{ close: 1 }, { close: 2 }], filed: new Date(0), notes: new Map([['a', 1]]) });

describe('isolation by reference', () => {
  test('keeps and hands out the value itself', () => {
    const isolate = isolateBy<object>('reference', 'isolation');
    const value = report();
    expect(isolate.keep(value)).toBe(value);
    expect(isolate.hand(value)).toBe(value);
    expect(isolate.copies).toBe(false);
  });
});

describe('isolation by freezing', () => {
  const isolate = isolateBy<unknown>('freeze', 'isolation');

  test('keeps the value itself, and nobody can change it or what it holds', () => {
    const value = report();
    expect(isolate.keep(value)).toBe(value);
    expect(isolate.hand(value)).toBe(value);
    expect(isolate.copies).toBe(false);
    for (const part of [value, value.bars, value.bars[0]]) expect(Object.isFrozen(part)).toBe(true);
    expect(() => {
      (value.bars[0] as { close: number }).close = 9;
    }).toThrow(TypeError);
  });

  test.each([null, undefined, 0, '', 5n, true])('takes %s as it is', (value) => {
    expect(isolate.keep(value)).toBe(value);
  });

  test('leaves binary data as it is, on its own and within', () => {
    const bytes = new Uint8Array([1, 2]);
    const value = { bytes, floats: new Float64Array(3), view: new DataView(new ArrayBuffer(4)) };
    isolate.keep(bytes);
    isolate.keep(value);
    bytes[0] = 9;
    value.floats[0] = 1.5;
    expect([bytes[0], value.floats[0], Object.isFrozen(value)]).toEqual([9, 1.5, true]);
  });

  test('comes to an end in a value that holds itself', () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    expect(Object.isFrozen(isolate.keep(cyclic))).toBe(true);
  });

  // What is frozen already is taken to be frozen in all its parts.
  test('freezes what a frozen value holds', () => {
    const value = Object.freeze({ bars: [{ close: 1 }] });
    isolate.keep(value);
    expect(Object.isFrozen(value.bars)).toBe(true);
  });
});

describe('isolation by copies', () => {
  const isolate = isolateBy<ReturnType<typeof report>>('clone', 'isolation');

  test('keeps a copy and hands out another to each reader', () => {
    const value = report();
    const kept = isolate.keep(value);
    const [one, two] = [isolate.hand(kept), isolate.hand(kept)];
    expect(isolate.copies).toBe(true);
    for (const copy of [kept, one, two]) expect(copy).toEqual(value);
    expect(new Set([value, kept, one, two]).size).toBe(4);
    expect(new Set([value.bars, kept.bars, one.bars, two.bars]).size).toBe(4);
  });
});

describe('isolation of another name', () => {
  test('is refused, by the name of the option and with those there are', () => {
    expect(() => isolateBy('copy' as Isolation, 'kinds.quote.isolation')).toThrow(ConfigError);
    expect(() => isolateBy('copy' as Isolation, 'kinds.quote.isolation')).toThrow(
      "`kinds.quote.isolation` is \"copy\"; give 'reference', 'freeze' or 'clone'",
    );
  });

  // A table that is an object has what every object has, too.
  test('is refused when every object has a method of that name', () => {
    expect(() => isolateBy('toString' as Isolation, 'isolation')).toThrow(ConfigError);
  });
});
