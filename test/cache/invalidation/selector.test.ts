import { describe, expect, test } from 'vitest';
import { type Selector, selectionOf } from '../../../src/cache/invalidation/selector.ts';
import { Pattern } from '../../../src/entry/pattern.ts';
import { ConfigError, PatternError } from '../../../src/errors.ts';

describe('a selector', () => {
  test.each<[Selector, object]>([
    [{ key: 'quote:AAPL' }, { by: 'keys', keys: ['quote:AAPL'] }],
    [{ keys: ['a'] }, { by: 'keys', keys: ['a'] }],
    [{ keys: ['a', 'b', 'c'] }, { by: 'keys', keys: ['a', 'b', 'c'] }],
    [{ keys: [] }, { by: 'keys', keys: [] }],
    [{ tag: 'sym:AAPL' }, { by: 'tags', tags: ['sym:AAPL'] }],
    [{ tags: ['a', 'b'] }, { by: 'tags', tags: ['a', 'b'] }],
  ])('%j means what it says', (selector, selection) => {
    expect(selectionOf(selector)).toEqual(selection);
  });

  test('of a pattern holds it made', () => {
    const selection = selectionOf({ pattern: 'bars:*' });
    expect(selection).toMatchObject({ by: 'pattern', pattern: new Pattern('bars:*') });
    expect(() => selectionOf({ pattern: '' })).toThrow(PatternError);
  });

  test.each([
    {},
    { key: 'a', tag: 'b' },
    { key: 'a', keep: true },
    { key: 5 },
    { keys: 'a' },
    { keys: ['a', 5] },
    { tag: ['a'] },
    { tags: 'a' },
    { pattern: /a/ },
    { prefix: 'a' },
    ['a'],
    'quote:AAPL',
    '',
    5,
    null,
    undefined,
  ])('is refused when it is %j, and says what there is', (selector) => {
    expect(() => selectionOf(selector as unknown as Selector)).toThrow(ConfigError);
    expect(() => selectionOf(selector as unknown as Selector)).toThrow('one of key, keys, tag, tags, pattern; got');
  });

  // Text of one character has one field, and is then asked for others.
  test('is refused when it is text of one character', () => {
    expect(() => selectionOf('A' as unknown as Selector)).toThrow(ConfigError);
  });
});
