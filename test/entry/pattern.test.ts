import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapePattern, MAX_PATTERN_LENGTH, MAX_PATTERN_STARS, Pattern } from '../../src/entry/pattern.ts';
import { PatternError } from '../../src/errors.ts';

/** Whether the whole of `key` matches, as the words of the grammar say it: by trying every run for every star. */
function slowlyMatches(pattern: string, key: string): boolean {
  const known = new Map<number, boolean>();
  const from = (at: number, keyAt: number): boolean => {
    const place = at * 1_000 + keyAt;
    const answer = known.get(place) ?? tried(at, keyAt);
    known.set(place, answer);
    return answer;
  };
  const tried = (at: number, keyAt: number): boolean => {
    if (at === pattern.length) return keyAt === key.length;
    const char = pattern[at];
    if (char === '*') return from(at + 1, keyAt) || (keyAt < key.length && from(at, keyAt + 1));
    if (keyAt === key.length) return false;
    if (char === '?') return from(at + 1, keyAt + 1);
    if (char === '\\') return pattern[at + 1] === key[keyAt] && from(at + 2, keyAt + 1);
    return char === key[keyAt] && from(at + 1, keyAt + 1);
  };
  return from(0, 0);
}

/** How often a match looks at a character of the key. */
function looks(pattern: Pattern, key: string): number {
  let count = 0;
  const watched = {
    length: key.length,
    charCodeAt: (at: number): number => {
      count += 1;
      return key.charCodeAt(at);
    },
  };
  expect(pattern.matches(watched as unknown as string)).toBe(pattern.matches(key));
  return count;
}

describe('Pattern', () => {
  const piece = fc.constantFrom('a', 'b', 'ab', ':', '*', '*', '?', '\\*', '\\?', '\\\\', '\\a');
  const patternText = fc
    .array(piece, { size: 'max', minLength: 1, maxLength: 14 })
    .map((pieces) => pieces.join(''))
    .filter((text) => text.replace(/\\./g, '').replace(/[*]+/g, '*').split('*').length - 1 <= MAX_PATTERN_STARS);
  const key = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?', '\\'), size: 'max', maxLength: 24 });

  test('matches what the slow matcher matches', () => {
    let matched = 0;
    fc.assert(
      fc.property(patternText, key, (text, candidate) => {
        const isMatch = new Pattern(text).matches(candidate);
        if (isMatch) matched += 1;
        if (isMatch !== slowlyMatches(text, candidate)) expect(isMatch).toBe(!isMatch);
      }),
      { numRuns: 20_000 },
    );
    expect(matched).toBeGreaterThan(300);
  });

  test('matches keys made to match it', () => {
    const filler = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ':'), size: 'max', maxLength: 5 }), {
      size: 'max',
      minLength: 14,
      maxLength: 14,
    });
    fc.assert(
      fc.property(patternText, filler, (text, runs) => {
        let used = 0;
        const fitting = text.replace(/\\(.)|[*]|[?]/g, (found, escaped: string | undefined) => {
          if (escaped !== undefined) return escaped;
          return found === '?' ? 'x' : (runs[used++ % runs.length] ?? '');
        });
        expect(new Pattern(text).matches(fitting)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['quote:AAPL*', 'quote:AAPL', true],
    ['quote:AAPL*', 'quote:AAP', false],
    ['*AAPL*', 'features:1m:AAPL:v2', true],
    ['bars:????', 'bars:MSFT', true],
    ['bars:????', 'bars:IBM', false],
    ['*', '', true],
    ['?', '', false],
    ['a*b', 'ab', true],
    ['a*b', 'aXbX', false],
    ['***', 'anything', true],
    ['[ab]', 'a', false],
    ['[ab]', '[ab]', true],
    ['a.c', 'abc', false],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['\\\\', '\\', true],
    ['€*', '€uro', true],
  ])('%s on %s: %s', (text, candidate, isMatch) => {
    expect(new Pattern(text).matches(candidate)).toBe(isMatch);
  });

  test('begins its matches with its prefix, whatever follows', () => {
    fc.assert(
      fc.property(patternText, key, (text, candidate) => {
        const pattern = new Pattern(text);
        if (pattern.matches(candidate)) expect(candidate.startsWith(pattern.prefix)).toBe(true);
        expect(pattern.isLiteral).toBe(!/[*?]/.test(text.replace(/\\./g, '')));
        if (pattern.isLiteral) expect(pattern.matches(candidate)).toBe(candidate === pattern.prefix);
      }),
      { numRuns: 3_000 },
    );
  });

  test('knows the longest beginning that all its matches have', () => {
    expect(new Pattern('quote:AA*').prefix).toBe('quote:AA');
    expect(new Pattern('q\\*?').prefix).toBe('q*');
    expect(new Pattern('*').prefix).toBe('');
    expect(new Pattern('plain')).toMatchObject({ prefix: 'plain', isLiteral: true, text: 'plain' });
  });

  test('takes what all matches lie within as it is, wildcards too', () => {
    const within = 'main*?\\:';
    fc.assert(
      fc.property(patternText, key, (text, candidate) => {
        const pattern = new Pattern(text, within);
        expect(pattern.matches(within + candidate)).toBe(new Pattern(text).matches(candidate));
        expect(pattern.prefix).toBe(within + new Pattern(text).prefix);
        expect(pattern.isLiteral).toBe(new Pattern(text).isLiteral);
        expect(pattern.text).toBe(text);
      }),
      { numRuns: 2_000 },
    );
    expect(new Pattern('*', within).matches('mainXX:a')).toBe(false);
    expect(new Pattern('*', 'x'.repeat(10 * MAX_PATTERN_LENGTH)).matches(`${'x'.repeat(10 * MAX_PATTERN_LENGTH)}a`)).toBe(true);
  });

  test('looks at a key in proportion to its length, however ill the two fit', () => {
    const evil = ['*a*a*a*a*a*a*a*b', `*${'a'.repeat(200)}b`, `a*${'a?'.repeat(100)}b`, `${'*a'.repeat(8)}c*`.slice(0, -1)];
    for (const text of evil) {
      const pattern = new Pattern(text);
      for (const unit of ['a', 'ab', 'aaaaaaab']) {
        const of = (length: number): number => looks(pattern, unit.repeat(length / unit.length));
        expect(of(4_000)).toBeLessThanOrEqual(2.2 * of(2_000) + 1_000);
        expect(of(4_000)).toBeLessThanOrEqual(4_000 * (text.length + 1));
      }
    }
  });

  test('is refused when it is empty, and says what stands for every key', () => {
    expect(() => new Pattern('')).toThrow(PatternError);
    expect(() => new Pattern('')).toThrow('"*"');
    expect(() => new Pattern('', 'main:')).toThrow(PatternError);
  });

  test('is refused when it is too long', () => {
    expect(new Pattern('x'.repeat(MAX_PATTERN_LENGTH)).isLiteral).toBe(true);
    expect(() => new Pattern('x'.repeat(MAX_PATTERN_LENGTH + 1))).toThrow(`${MAX_PATTERN_LENGTH} are allowed`);
  });

  test('is refused when it has too many stars; stars in a row are one, and escaped ones are none', () => {
    expect(new Pattern('a*'.repeat(MAX_PATTERN_STARS)).matches('a'.repeat(8))).toBe(true);
    expect(() => new Pattern('a*'.repeat(MAX_PATTERN_STARS + 1))).toThrow(`${MAX_PATTERN_STARS} are allowed`);
    expect(new Pattern('*'.repeat(100)).matches('x')).toBe(true);
    expect(new Pattern('\\*'.repeat(100)).isLiteral).toBe(true);
  });

  test('is refused when it ends in a lone backslash, and says how to write one', () => {
    expect(() => new Pattern('a\\')).toThrow('"\\\\"');
    expect(new Pattern('a\\\\').matches('a\\')).toBe(true);
  });

  test('counts UTF-16 units, so that a character outside the basic plane takes two ?', () => {
    expect(new Pattern('a?').matches('a😀')).toBe(false);
    expect(new Pattern('a??').matches('a😀')).toBe(true);
    expect(new Pattern('a*').matches('a😀')).toBe(true);
  });
});

describe('escapePattern', () => {
  test('makes a pattern that matches the text and nothing else', () => {
    const text = fc.string({ size: 'max', minLength: 1, maxLength: 60, unit: fc.constantFrom('a', '*', '?', '\\', '😀', ':') });
    fc.assert(
      fc.property(text, text, (one, two) => {
        const pattern = new Pattern(escapePattern(one));
        expect(pattern.isLiteral).toBe(true);
        expect(pattern.prefix).toBe(one);
        expect(pattern.matches(two)).toBe(one === two);
      }),
      { numRuns: 1_000 },
    );
  });
});
