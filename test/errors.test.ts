import { describe, expect, test } from 'vitest';
import * as errors from '../src/errors.ts';

const cause = new Error('connect ECONNREFUSED');

/** One of each error there is, by its class's name. */
const ALL: Record<string, { error: errors.CacheError; code: errors.ErrorCode; isRetryable: boolean; says: string }> = {
  ConfigError: { error: new errors.ConfigError('what to do', { cause }), code: 'ERR_CONFIG', isRetryable: false, says: 'what to do' },
  KeyError: { error: new errors.KeyError('what to do', { cause }), code: 'ERR_KEY', isRetryable: false, says: 'what to do' },
  PatternError: { error: new errors.PatternError('what to do', { cause }), code: 'ERR_PATTERN', isRetryable: false, says: 'what to do' },
  ValueError: {
    error: new errors.ValueError('A function cannot be kept', '$.bars[3]', { cause }),
    code: 'ERR_VALUE',
    isRetryable: false,
    says: 'A function cannot be kept (at $.bars[3])',
  },
  LoadError: {
    error: new errors.LoadError('quote:AAPL', { cause }),
    code: 'ERR_LOAD',
    isRetryable: true,
    says: 'Loading "quote:AAPL" failed: connect ECONNREFUSED',
  },
  LoadTimeoutError: {
    error: new errors.LoadTimeoutError('quote:AAPL', 30_000),
    code: 'ERR_LOAD_TIMEOUT',
    isRetryable: true,
    says: 'raise `deadline` if the source needs more',
  },
  LoadOverloadError: {
    error: new errors.LoadOverloadError('quote', 10_000),
    code: 'ERR_LOAD_OVERLOAD',
    isRetryable: true,
    says: 'raise `maxQueuedLoads` or ask less at once',
  },
  RefusedError: {
    error: new errors.RefusedError('quote:AAPL', 'a price of 0'),
    code: 'ERR_REFUSED',
    isRetryable: true,
    says: 'The value of "quote:AAPL" was refused: a price of 0',
  },
  NotFreshError: {
    error: new errors.NotFreshError('quote:AAPL', 1_234.56, 'one of at most 500 ms', { cause }),
    code: 'ERR_NOT_FRESH',
    isRetryable: true,
    says: 'The value of "quote:AAPL" is 1235 ms old, and the reader asked for one of at most 500 ms',
  },
  TierError: { error: new errors.TierError('redis', 'gone', { cause }), code: 'ERR_TIER', isRetryable: true, says: 'Tier "redis": gone' },
  TierTimeoutError: {
    error: new errors.TierTimeoutError('redis', 50, { cause }),
    code: 'ERR_TIER_TIMEOUT',
    isRetryable: true,
    says: 'Tier "redis" gave no answer within 50 ms',
  },
  TierOpenError: {
    error: new errors.TierOpenError('redis'),
    code: 'ERR_TIER_OPEN',
    isRetryable: true,
    says: 'left alone until its next probe',
  },
  BusError: { error: new errors.BusError('nats', 'gone', { cause }), code: 'ERR_BUS', isRetryable: true, says: 'Bus "nats": gone' },
  ClosedError: { error: new errors.ClosedError(), code: 'ERR_CLOSED', isRetryable: false, says: 'create a new one' },
};

const WITHOUT_CAUSE = ['RefusedError', 'LoadTimeoutError', 'LoadOverloadError', 'TierOpenError', 'ClosedError'];

describe('the errors', () => {
  test('are all told of here, and no other is exported', () => {
    const classes = Object.entries(errors).filter(([, one]) => one.prototype instanceof errors.CacheError);
    expect(classes.map(([name]) => name).sort()).toEqual(Object.keys(ALL).sort());
  });

  test('have a code of their own each', () => {
    const codes = Object.values(ALL).map(({ error }) => error.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test.each(Object.entries(ALL))('%s is named, coded, and says what to do', (name, { error, code, isRetryable, says }) => {
    expect(error).toBeInstanceOf(errors.CacheError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(error.constructor.name).toBe(name);
    expect(error.code).toBe(code);
    expect(error.retryable).toBe(isRetryable);
    expect(error.message).toContain(says);
    expect(`${error}`).toBe(`${name}: ${error.message}`);
    expect(error.stack).toContain(name);
    expect(error.cause).toBe(WITHOUT_CAUSE.includes(name) ? undefined : cause);
  });

  test('tell programs what they are about', () => {
    expect(ALL['ValueError']?.error).toMatchObject({ path: '$.bars[3]' });
    expect(ALL['LoadError']?.error).toMatchObject({ key: 'quote:AAPL' });
    expect(ALL['LoadTimeoutError']?.error).toMatchObject({ key: 'quote:AAPL', timeoutMs: 30_000 });
    expect(ALL['NotFreshError']?.error).toMatchObject({ key: 'quote:AAPL', ageMs: 1_234.56 });
    expect(ALL['TierError']?.error).toMatchObject({ tier: 'redis' });
    expect(ALL['TierTimeoutError']?.error).toMatchObject({ tier: 'redis', timeoutMs: 50 });
    expect(ALL['TierOpenError']?.error).toMatchObject({ tier: 'redis' });
  });
});

describe('LoadError', () => {
  test.each([
    ['rate limited', 'rate limited'],
    [undefined, 'undefined'],
    [null, 'null'],
    [429, '429'],
    [Symbol('limit'), 'Symbol(limit)'],
  ])('keeps a cause that is no error: %s', (odd, text) => {
    const error = new errors.LoadError('quote:AAPL', { cause: odd });
    expect(error.cause).toBe(odd);
    expect(error.message).toBe(`Loading "quote:AAPL" failed: ${text}`);
  });

  // Who makes the error is in the middle of ending a flight: if this throws, the flight never ends.
  test.each([
    ['a bare record', Object.create(null)],
    ['a text that cannot be read', { toString: null, valueOf: null }],
  ])('keeps a cause that has no text: %s', (_, odd) => {
    expect(new errors.LoadError('quote:AAPL', { cause: odd }).cause).toBe(odd);
  });
});
