import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  argumentKey,
  assertArgument,
  assertKindName,
  assertNamespace,
  type KeyArgument,
  keyPrefix,
  MAX_ARGUMENT_BYTES,
} from '../../src/entry/key.ts';
import { ConfigError, KeyError } from '../../src/errors.ts';

/** Few atoms, and such as look like each other's text or like the marks of lists and records. */
const atom: fc.Arbitrary<KeyArgument> = fc.oneof(
  fc.constantFrom<KeyArgument>('', 'a', '1', '1n', 'true', 'null', '"', ',', ':', '[]', '{}', '\\', '\n', 1, 0, -0, -1, 1.5, 1e21, 1n, -1n),
  fc.constantFrom<KeyArgument>(true, false, null),
  fc.string({ size: 'max', maxLength: 40, unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(),
);

const { argument } = fc.letrec<{ argument: KeyArgument; list: KeyArgument; record: KeyArgument }>((tie) => ({
  argument: fc.oneof({ withCrossShrink: true, depthSize: 'small' }, atom, tie('list'), tie('record')),
  list: fc.array(tie('argument'), { size: 'max', maxLength: 4 }),
  record: fc.dictionary(fc.constantFrom('a', 'b', '', '"', '__proto__', 'toString'), fc.option(tie('argument'), { nil: undefined }), {
    size: 'max',
    maxKeys: 4,
  }),
}));

const notText = argument.filter((value) => typeof value !== 'string');

/** The same argument, its names in another order. */
function shuffled(value: KeyArgument): KeyArgument {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.entries(value).reverse();
  return Object.fromEntries(names.map(([name, part]) => [name, part === undefined ? undefined : shuffled(part)]));
}

/** What an argument says: no names without a value, no sign before zero. */
function meaning(value: KeyArgument | undefined): unknown {
  if (Array.isArray(value)) return value.map(meaning);
  if (typeof value === 'number') return value + 0;
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return new Map(parts.map(([name, part]) => [name, meaning(part)]));
}

describe('argumentKey', () => {
  test('is the text itself for text', () => {
    fc.assert(fc.property(fc.string({ size: 'max', maxLength: 2_000 }), (text) => argumentKey(text) === text));
  });

  test('is JSON with sorted names for all else', () => {
    expect(argumentKey({ symbol: 'AAPL', at: [1, 2.5, true, null], big: 7n, gone: undefined })).toBe(
      '{"at":[1,2.5,true,null],"big":7n,"symbol":"AAPL"}',
    );
    expect(argumentKey(1.5)).toBe('1.5');
    expect(argumentKey(false)).toBe('false');
    expect(argumentKey(null)).toBe('null');
    expect(argumentKey([])).toBe('[]');
    expect(argumentKey({})).toBe('{}');
    expect(argumentKey(Object.assign(Object.create(null), { a: 1 }))).toBe('{"a":1}');
  });

  test('is the same for equal arguments, in whatever order their names stand', () => {
    fc.assert(
      fc.property(argument, (value) => {
        expect(argumentKey(shuffled(value))).toBe(argumentKey(value));
        if (typeof value !== 'string') expect(argumentKey(structuredClone(value) as KeyArgument)).toBe(argumentKey(value));
      }),
      { numRuns: 2_000 },
    );
  });

  test('differs for different arguments', () => {
    const pair = fc.tuple(notText, notText);
    fc.assert(
      fc.property(pair, ([one, two]) => {
        expect(argumentKey(one) === argumentKey(two)).toBe(isDeepStrictEqual(meaning(one), meaning(two)));
      }),
      { numRuns: 10_000 },
    );
  });

  test('can always be kept, if it is no text and holds no DEL', () => {
    fc.assert(
      fc.property(notText, (value) => {
        const key = argumentKey(value);
        if (!key.includes('\u007f')) assertArgument(key);
      }),
      { numRuns: 5_000 },
    );
  });

  // JSON escapes the control characters below U+0020 and leaves DEL, which the grammar refuses, as it is.
  test('can be kept when a part of it holds DEL, as with every other control character', () => {
    expect(() => assertArgument(argumentKey(['\u0001']))).not.toThrow();
    expect(() => assertArgument(argumentKey(['\u007f']))).not.toThrow();
  });

  test('is a digest of what is too long, as different for different arguments', () => {
    const long = (last: string): KeyArgument => ({ symbols: [...new Array(100).fill('AAPL'), last] });
    expect(argumentKey(long('MSFT'))).toMatch(/^#[A-Za-z0-9_-]{43}$/);
    expect(argumentKey(long('MSFT'))).toBe(argumentKey(long('MSFT')));
    expect(argumentKey(long('MSFT'))).not.toBe(argumentKey(long('MSFU')));
  });

  test('is a digest as soon as its UTF-8 could be too long', () => {
    const most = Math.floor(MAX_ARGUMENT_BYTES / 3) - '[""]'.length;
    expect(argumentKey(['ß'.repeat(most)])).toBe(`["${'ß'.repeat(most)}"]`);
    expect(argumentKey(['x'.repeat(most + 1)])).toMatch(/^#/);
    assertArgument(argumentKey(['\uffff'.repeat(most)]));
  });

  test.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [undefined, 'undefined'],
    [[undefined], 'undefined'],
    [Symbol('s'), 'symbol'],
    [() => 1, 'function'],
    [new Date(0), 'Date'],
    [{ map: new Map() }, 'Map'],
    [new (class Order {})(), 'Order'],
    [Object.create({}), 'Object'],
  ])('is refused for %s, by its name', (value, name) => {
    expect(() => argumentKey(value as unknown as KeyArgument)).toThrow(KeyError);
    expect(() => argumentKey(value as unknown as KeyArgument)).toThrow(name);
  });

  // It runs out of stack, and says that instead of what to do.
  test('is refused with a KeyError for an argument that holds itself', () => {
    const cyclic: KeyArgument[] = [];
    cyclic.push(cyclic);
    expect(() => argumentKey(cyclic)).toThrow(KeyError);
  });
});

describe('assertArgument', () => {
  test('lets through every text without control characters, up to 1 024 bytes of UTF-8', () => {
    const text = fc.string({ size: 'max', minLength: 1, maxLength: 1_100, unit: 'grapheme' });
    fc.assert(
      fc.property(text, (key) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is asked for.
        const mayBeKept = Buffer.byteLength(key) <= MAX_ARGUMENT_BYTES && !/[\u0000-\u001f\u007f]/.test(key) && key.isWellFormed();
        if (mayBeKept) assertArgument(key);
        else expect(() => assertArgument(key)).toThrow(KeyError);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(['x', 'ß', '€', '😀'])('counts bytes, not characters: %s', (char) => {
    const most = Math.floor(MAX_ARGUMENT_BYTES / Buffer.byteLength(char));
    assertArgument(char.repeat(most));
    expect(() => assertArgument(char.repeat(most + 1))).toThrow('use a digest of it');
  });

  test('refuses the empty key', () => {
    expect(() => assertArgument('')).toThrow('The key is empty');
  });

  test('refuses each control character, and says so without printing it', () => {
    for (const code of [...Array(32).keys(), 127]) {
      const key = `a${String.fromCharCode(code)}b`;
      expect(() => assertArgument(key)).toThrow('escape it first');
      if (code < 32) expect(() => assertArgument(key)).not.toThrow(key);
    }
  });

  test.each(['\ud83d', 'a\ude00b', '\ude00\ud83d'])('refuses half of a surrogate pair', (key) => {
    expect(() => assertArgument(key)).toThrow('surrogate');
  });

  test('lets colons, stars and slashes through, for an argument is taken as it is', () => {
    for (const key of ['a:b:c', '*', 'a/b', '~gone', '#', ' ']) assertArgument(key);
  });
});

describe('names', () => {
  test.each(['quote', 'Q', 'bars_1m', 'a-b.c', '0', 'x'.repeat(64)])('%s can name a kind and a namespace', (name) => {
    assertKindName(name);
    assertNamespace(name);
  });

  test.each(['', 'a b', 'a:b', 'ü', '~gone', 'a*', 'x'.repeat(65), 'a\n'])('%j can name neither', (name) => {
    expect(() => assertKindName(name)).toThrow(ConfigError);
    expect(() => assertKindName(name)).toThrow('1 to 64 letters');
    expect(() => assertNamespace(name)).toThrow(ConfigError);
  });

  test('of a namespace may be nested, those of kinds not', () => {
    assertNamespace('desk/fx/eu');
    expect(() => assertKindName('desk/fx')).toThrow(ConfigError);
    for (const broken of ['/desk', 'desk/', 'desk//fx']) expect(() => assertNamespace(broken)).toThrow('"/" between them');
  });

  test('make full keys that are taken apart at their first two colons', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/);
    const kind = fc.oneof(name, fc.constant(''));
    const full = fc.record({
      namespace: fc.array(name, { size: 'max', minLength: 1, maxLength: 3 }),
      kind,
      text: fc.string({ size: 'max', maxLength: 50 }),
    });
    fc.assert(
      fc.property(full, full, (one, two) => {
        const keyOf = ({ namespace, kind, text }: typeof one): string => keyPrefix(namespace.join('/'), kind) + text;
        const [namespace, kind, ...rest] = keyOf(one).split(':');
        expect([namespace, kind, rest.join(':')]).toEqual([one.namespace.join('/'), one.kind, one.text]);
        expect(keyOf(one) === keyOf(two)).toBe(isDeepStrictEqual(one, two));
      }),
      { numRuns: 500 },
    );
  });
});
