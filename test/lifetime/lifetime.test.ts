import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import {
  checked,
  fixed,
  fromValue,
  jittered,
  type Lifetime,
  type LifetimeOptions,
  type LifetimePolicy,
  type LifetimeSpec,
  type LifetimeSubject,
  MAX_LIFETIME_MS,
  shortest,
  toPolicy,
} from '../../src/lifetime/lifetime.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/time/duration.ts';

const subject = (rest: Partial<LifetimeSubject> = {}): LifetimeSubject => ({
  key: 'AAPL',
  value: 187.25,
  askedAt: 0,
  eventAt: undefined,
  random: () => 0.5,
  ...rest,
});

const lasting =
  (ttlMs: number, graceMs = 0, why = ''): LifetimePolicy =>
  () => ({ ttlMs, graceMs, why });

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const milliseconds = fc.oneof(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 0, max: 1e9, noNaN: true }));

describe('a fixed lifetime', () => {
  test('is the same for every value, and explains itself', () => {
    const policy = fixed('5s', '1m');
    expect(policy(subject())).toEqual({ ttlMs: 5 * SECOND, graceMs: MINUTE, why: '' });
    expect(policy(subject({ value: undefined, key: 'MSFT' }))).toEqual({ ttlMs: 5 * SECOND, graceMs: MINUTE, why: '' });
    expect(fixed(0)(subject())).toEqual({ ttlMs: 0, graceMs: 0, why: '' });
  });

  test('is bounded by the longest there is', () => {
    expect(fixed(Number.POSITIVE_INFINITY, '1d')(subject())).toEqual({ ttlMs: MAX_LIFETIME_MS, graceMs: 0, why: '' });
  });

  test.each([
    ['5 s', 0, 'ttl'],
    [-1, 0, 'ttl'],
    ['5s', '1w', 'grace'],
    ['5s', Number.NaN, 'grace'],
  ])('is refused when ttl is %s and grace %s, by name', (ttl, grace, name) => {
    expect(() => fixed(ttl as '5s', grace as '5s')).toThrow(ConfigError);
    expect(() => fixed(ttl as '5s', grace as '5s')).toThrow(`\`${name}\``);
  });
});

describe('the policy of a lifetime', () => {
  test.each<[string, LifetimeSpec, Lifetime]>([
    ['a number', 250, { ttlMs: 250, graceMs: 0, why: '' }],
    ['text', '2h', { ttlMs: 2 * HOUR, graceMs: 0, why: '' }],
    ['options', { ttl: '1s' }, { ttlMs: SECOND, graceMs: 0, why: '' }],
    ['options with grace', { ttl: '1s', grace: '1d' }, { ttlMs: SECOND, graceMs: DAY, why: '' }],
    ['options with jitter', { ttl: '1s', grace: '1s', jitter: 0.2 }, { ttlMs: 900, graceMs: 1_100, why: '' }],
    ['options with no jitter', { ttl: '1s', jitter: 0 }, { ttlMs: SECOND, graceMs: 0, why: '' }],
  ])('is made of %s', (_, spec, lifetime) => {
    expect(toPolicy(spec)(subject())).toEqual(lifetime);
  });

  test('is a policy itself as it is', () => {
    const policy = lasting(1);
    expect(toPolicy(policy)).toBe(policy);
  });

  test.each([['5 s'], [true], [undefined], [{}], [{ ttl: '1s', jitter: 1 }], [{ ttl: '1s', jitter: -0.1 }]])(
    'is refused for %j',
    (spec) => {
      expect(() => toPolicy(spec as unknown as LifetimeSpec)).toThrow(ConfigError);
    },
  );

  // `typeof null` is "object", and NaN counts as no jitter.
  test.each([[null], [{ ttl: '1s', jitter: Number.NaN }]])('is refused for %j, too', (spec) => {
    expect(() => toPolicy(spec as unknown as LifetimeSpec)).toThrow(ConfigError);
  });
});

describe('a jittered lifetime', () => {
  test('is shorter by at most its share, and dies no earlier if it has grace', () => {
    fc.assert(
      fc.property(milliseconds, milliseconds, fc.double({ min: 0, max: 0.999, noNaN: true }), random, (ttlMs, graceMs, share, drawn) => {
        const jitteredTo = jittered(lasting(ttlMs, graceMs, 'why'), share)(subject({ random: () => drawn }));
        expect(jitteredTo.ttlMs).toBeLessThanOrEqual(ttlMs);
        // A little less: the share is taken off in another order here, and close to zero a double has no digits to lose.
        expect(jitteredTo.ttlMs).toBeGreaterThanOrEqual(ttlMs * (1 - share) * (1 - 1e-9) - 1e-9);
        if (graceMs > 0) expect(jitteredTo.ttlMs + jitteredTo.graceMs).toBeCloseTo(ttlMs + graceMs, 5);
        else expect(jitteredTo.graceMs).toBe(0);
        expect(jitteredTo.why).toBe('why');
      }),
    );
  });

  test('draws anew for each value, a tenth unless one is told', () => {
    const draws = [0, 0.5, 0.99];
    const policy = jittered(lasting(1_000));
    const asked = subject({ random: () => draws.shift() ?? 0 });
    expect([policy(asked).ttlMs, policy(asked).ttlMs, policy(asked).ttlMs]).toEqual([1_000, 950, 901]);
  });

  test.each([1, 1.5, -0.1, Number.NaN])('is refused with a share of %d', (share) => {
    expect(() => jittered(lasting(1), share)).toThrow('give a share from 0 up to 1');
  });

  // Infinity less a share of Infinity is no number.
  test('is bounded when the policy within says for ever', () => {
    expect(checked(jittered(lasting(Number.POSITIVE_INFINITY))(subject())).ttlMs).toBeGreaterThan(0.8 * MAX_LIFETIME_MS);
  });
});

describe('the shortest lifetime', () => {
  test('is the one with the shortest TTL, whole, whichever it is for this value', () => {
    const policies = fc.array(fc.tuple(milliseconds, milliseconds), { size: 'max', minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(policies, (all) => {
        const lifetimes = all.map(([ttlMs, graceMs], at) => ({ ttlMs, graceMs, why: `${at}` }));
        const chosen = shortest(...lifetimes.map((lifetime) => () => lifetime))(subject());
        expect(lifetimes).toContain(chosen);
        expect(chosen.ttlMs).toBe(Math.min(...lifetimes.map(({ ttlMs }) => ttlMs)));
      }),
    );
  });

  test('is the first of equals, and asks each policy about the same value', () => {
    const asked: unknown[] = [];
    const noting =
      (why: string): LifetimePolicy =>
      (about) => {
        asked.push(about);
        return { ttlMs: 5, graceMs: 0, why };
      };
    const about = subject();
    expect(shortest(noting('first'), noting('second'))(about).why).toBe('first');
    expect(asked).toEqual([about, about]);
  });

  test('is refused of none', () => {
    expect(() => shortest()).toThrow(ConfigError);
  });
});

describe('a lifetime from the value', () => {
  const policy = fromValue<string, { final: boolean }>(({ final }, key) => (final && key === 'AAPL' ? { ttl: '1d', grace: '1h' } : '1s'));
  const about = (value: { final: boolean }) => ({ ...subject(), previous: undefined, key: 'AAPL', value });

  test('is what is read of value and key', () => {
    expect(policy(about({ final: true }))).toEqual({ ttlMs: DAY, graceMs: HOUR, why: '' });
    expect(policy({ ...about({ final: true }), key: 'MSFT' }).ttlMs).toBe(SECOND);
    expect(policy(about({ final: false })).ttlMs).toBe(SECOND);
  });

  test('may be jittered', () => {
    const jittering = fromValue<string, number>(() => ({ ttl: 1_000, jitter: 0.5 }));
    expect(jittering({ ...subject(), previous: undefined, key: 'AAPL', value: 1 }).ttlMs).toBe(750);
  });

  test('is refused when it is read and the value says nonsense', () => {
    const odd = fromValue<unknown, unknown>(() => ({ ttl: Number.NaN }) as LifetimeOptions);
    expect(() => odd(subject())).toThrow(ConfigError);
  });
});

describe('checked', () => {
  test('keeps a lifetime within the longest there is, its TTL before its grace', () => {
    const any = fc.oneof(milliseconds, fc.double({ min: 0, max: 1e13, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(any, any, (ttlMs, graceMs) => {
        const lifetime = checked({ ttlMs, graceMs, why: 'why' });
        expect(lifetime.ttlMs).toBe(Math.min(ttlMs, MAX_LIFETIME_MS));
        expect(lifetime.graceMs).toBeLessThanOrEqual(graceMs);
        expect(lifetime.ttlMs + lifetime.graceMs).toBe(Math.min(ttlMs + graceMs, MAX_LIFETIME_MS));
        expect(lifetime.why).toBe('why');
      }),
    );
  });

  test('leaves what is within bounds as it is', () => {
    const lifetime = { ttlMs: 5, graceMs: 6, why: '' };
    expect(checked(lifetime)).toBe(lifetime);
  });

  test.each([
    [-1, 0],
    [0, -1],
    [Number.NaN, 0],
    [0, Number.NaN],
    [undefined, 0],
    [0, undefined],
  ])('refuses a TTL of %s with a grace of %s', (ttlMs, graceMs) => {
    expect(() => checked({ ttlMs, graceMs, why: '' } as Lifetime)).toThrow(ConfigError);
  });
});
