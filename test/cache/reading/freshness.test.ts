import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { demandOf, isRecentEnough, mayStandIn, type ReadOptions } from '../../../src/cache/reading/freshness.ts';
import { type Entry, isAlive, isFresh, NO_TAGS } from '../../../src/entry/entry.ts';
import { OLDEST } from '../../../src/entry/version.ts';
import { ConfigError } from '../../../src/errors.ts';

const entry: Entry = {
  key: 'AAPL',
  value: 1,
  isNegative: false,
  eventAt: undefined,
  askedAt: 1_000,
  staleAt: 6_000,
  deadAt: 66_000,
  version: OLDEST,
  tags: NO_TAGS,
  source: undefined,
  isFinal: false,
  why: '',
};

/** A clock that stands still. */
function at(now: number): { monotonic(): number } {
  return { monotonic: () => now };
}

describe('an entry', () => {
  test('is fresh until it is stale, and alive until it is dead, to the millisecond', () => {
    expect([isFresh(entry, 5_999.9), isFresh(entry, 6_000)]).toEqual([true, false]);
    expect([isAlive(entry, 65_999.9), isAlive(entry, 66_000)]).toEqual([true, false]);
  });
});

describe('a demand', () => {
  test('is any age, and stale or not as the call has it, without options', () => {
    expect(demandOf(undefined, at(5_000), true)).toMatchObject({
      notBefore: Number.NEGATIVE_INFINITY,
      allowStale: true,
      signal: undefined,
    });
    expect(demandOf(undefined, at(5_000), false)).toMatchObject({ notBefore: Number.NEGATIVE_INFINITY, allowStale: false });
    expect(demandOf({}, at(5_000), true)).toMatchObject({ notBefore: Number.NEGATIVE_INFINITY, allowStale: true });
  });

  test('takes from its options what they say, and the rest from the call', () => {
    const { signal } = new AbortController();
    expect(demandOf({ maxAge: '2s', signal }, at(5_000), true)).toMatchObject({ notBefore: 3_000, allowStale: true, signal });
    expect(demandOf({ allowStale: false }, at(5_000), true).allowStale).toBe(false);
    expect(demandOf({ allowStale: true }, at(5_000), false).allowStale).toBe(true);
    expect(demandOf({ maxAge: 0 }, at(5_000), true).notBefore).toBe(5_000);
    expect(demandOf({ maxAge: Number.POSITIVE_INFINITY }, at(5_000), true).notBefore).toBe(Number.NEGATIVE_INFINITY);
  });

  test('says in words what it asks for', () => {
    expect(demandOf(undefined, at(0), false).words).toBe('a fresh value');
    expect(demandOf({ allowStale: false }, at(0), true).words).toBe('a fresh value');
    expect(demandOf({ maxAge: '2s' }, at(0), true).words).toBe('one of at most 2000 ms');
  });

  test.each(['5s', 500, true, () => {}])('is refused when its options are %s, and says what they look like', (options) => {
    expect(() => demandOf(options as ReadOptions, at(0), true)).toThrow(ConfigError);
    expect(() => demandOf(options as ReadOptions, at(0), true)).toThrow("{ maxAge: '500ms' }");
  });

  // `typeof null` is "object".
  test('is refused when its options are null', () => {
    expect(() => demandOf(null as unknown as ReadOptions, at(0), true)).toThrow(ConfigError);
  });

  test('is refused when its age is none, by name', () => {
    expect(() => demandOf({ maxAge: '2 s' as '2s' }, at(0), true)).toThrow('`maxAge`');
    expect(() => demandOf({ maxAge: -1 }, at(0), true)).toThrow(ConfigError);
  });

  test('is met by what was asked for no longer ago than it says, and a stale value may stand in if it allows one', () => {
    const instant = fc.integer({ min: 0, max: 70_000 });
    fc.assert(
      fc.property(instant, instant, fc.boolean(), (now, maxAge, allowStale) => {
        const demand = demandOf({ maxAge, allowStale }, at(now), !allowStale);
        expect(isRecentEnough(entry, demand)).toBe(now - entry.askedAt <= maxAge);
        expect(mayStandIn(entry, demand, now)).toBe(allowStale && now - entry.askedAt <= maxAge && now < entry.deadAt);
      }),
    );
  });

  test('counts age from the asking of the reader, however long it waits', () => {
    const demand = demandOf({ maxAge: 500 }, at(1_500), true);
    expect(isRecentEnough(entry, demand)).toBe(true);
    expect(mayStandIn(entry, demand, 60_000)).toBe(true);
  });
});
