import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import type { LifetimeSubject } from '../../../src/lifetime/lifetime.ts';
import type { Phase } from '../../../src/market/calendar/phase.ts';
import { type MarketHours, nextIn } from '../../../src/market/lifetime/market-hours.ts';
import { type MarketLifetimeOptions, marketLifetime } from '../../../src/market/lifetime/market-lifetime.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/time/duration.ts';
import { MONDAY, WeekHours } from '../plain-week.ts';

const hours = new WeekHours();
const at = (days: number, clock: number): number => MONDAY + days * DAY + clock * HOUR;

function lifetimeAt(
  askedAt: number,
  options: Partial<MarketLifetimeOptions<string, number>> = {},
  rest: Partial<LifetimeSubject<string, number>> = {},
) {
  const policy = marketLifetime<string, number>({ base: { ttl: '5s', grace: '1m' }, hoursOf: () => hours, ...options });
  return policy({ key: 'AAPL', value: 1, eventAt: undefined, random: () => 0, askedAt, ...rest });
}

describe('the lifetime of what changes while its venue trades', () => {
  test('is the base while it may change', () => {
    expect(lifetimeAt(at(0, 15))).toEqual({ ttlMs: 5_000, graceMs: MINUTE, why: '' });
  });

  test('lasts until the venue opens again, and says why', () => {
    expect(lifetimeAt(at(2, 22))).toEqual({
      ttlMs: at(4, 14.5) - at(2, 22),
      graceMs: MINUTE,
      why: 'XNYS post (after the close) until 2026-11-27T14:30Z',
    });
    expect(lifetimeAt(at(3, 15)).why).toBe('XNYS closed (Thanksgiving) until 2026-11-27T14:30Z');
    expect(lifetimeAt(at(5, 3)).why).toBe('XNYS closed (weekend) until 2026-11-30T14:30Z');
  });

  test('in extended hours, where it changes then, is the base as well', () => {
    const livesIn = ['pre', 'open', 'post'] as const;
    expect(lifetimeAt(at(0, 10), { livesIn }).ttlMs).toBe(5_000);
    expect(lifetimeAt(at(4, 26), { livesIn }).why).toBe('XNYS closed (weekend) until 2026-11-30T09:00Z');
  });

  test('ends when the last word of a session has come', () => {
    const base = '10m';
    expect(lifetimeAt(at(0, 20.9), { base })).toMatchObject({
      ttlMs: 6 * MINUTE + 30 * SECOND,
      why: 'XNYS open until 2026-11-23T21:00Z, when the last word comes',
    });
    // Asked before it has settled, it is asked for once more.
    expect(lifetimeAt(at(0, 21) + 10 * SECOND, { base }).ttlMs).toBe(20 * SECOND);
    expect(lifetimeAt(at(0, 21) + 31 * SECOND, { base }).ttlMs).toBe(17.5 * HOUR - 31 * SECOND);
  });

  test('goes by what the feed can tell, which comes later', () => {
    const lag = '15m';
    expect(lifetimeAt(at(0, 14.5) + MINUTE, { lag }).ttlMs).toBe(14 * MINUTE);
    expect(lifetimeAt(at(0, 21) + 10 * MINUTE, { lag }).ttlMs).toBe(5_000);
    expect(lifetimeAt(at(0, 21) + 16 * MINUTE, { lag }).ttlMs).toBe(17.5 * HOUR - MINUTE);
  });

  test('is no shorter than the source holds it fresh', () => {
    expect(lifetimeAt(at(0, 15), {}, { hintMs: 60_000 })).toMatchObject({ ttlMs: 60_000, why: 'its source holds it fresh for 1 min' });
    expect(lifetimeAt(at(5, 3), {}, { hintMs: 60_000 }).ttlMs).toBeGreaterThan(DAY);
  });

  test('is spread, so that not all are stale at the same instant', () => {
    const open = at(1, 14.5);
    const ttls = [0, 0.25, 0.999].map((random) => lifetimeAt(at(0, 22), {}, { random: () => random }).ttlMs + at(0, 22) - open);
    expect(ttls).toEqual([0, 500, 1_998]);
    expect(lifetimeAt(at(0, 22), { base: '1s' }, { random: () => 0.5 }).ttlMs + at(0, 22) - open).toBe(500);
  });

  test('believes in a rest that is only projected for an hour at a time', () => {
    const projected = new WeekHours();
    projected.confidence = 'projected';
    const lifetime = lifetimeAt(at(5, 3), { hoursOf: () => projected });
    expect(lifetime).toMatchObject({ ttlMs: HOUR, why: 'XNYS closed (weekend) until 2026-11-30T14:30Z, as far as its rules go' });
  });

  test('of what never trades again, or is never in such a phase, is believed for an hour at a time', () => {
    const closed: MarketHours = {
      name: 'GONE',
      phaseAt: () => ({ phase: 'closed', reason: 'delisted', until: Number.POSITIVE_INFINITY, confidence: 'known' }),
    };
    expect(lifetimeAt(at(0, 15), { hoursOf: () => closed })).toMatchObject({
      ttlMs: HOUR,
      why: 'GONE closed (delisted), and never again open',
    });
    expect(nextIn(closed, new Set(['open']), 0)).toBe(Number.POSITIVE_INFINITY);
  });

  test('never reaches past the next instant at which the value could have changed by more than its bound, and asks for nothing before', () => {
    const ms = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(
        ms(14 * DAY),
        ms(20 * MINUTE),
        ms(5 * MINUTE),
        fc.integer({ min: 1, max: 20 * MINUTE }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.boolean(),
        (asked, lag, settle, ttl, random, isLong) => {
          const livesIn: readonly Phase[] = isLong ? ['pre', 'open', 'post'] : ['open'];
          const askedAt = MONDAY + asked;
          const { ttlMs } = lifetimeAt(askedAt, { base: ttl, lag, settle, livesIn }, { random: () => random });
          /** The first instant from `askedAt` on at which the feed may tell another value, or correct it. */
          const phases: ReadonlySet<string> = new Set(livesIn);
          const isCorrected = phases.has(hours.phaseAt(askedAt - lag - settle).phase);
          const changesAt = isCorrected ? askedAt : Math.max(askedAt, nextIn(hours, phases, askedAt - lag) + lag);
          const bound = changesAt === askedAt ? ttl : Math.min(2_000, ttl);
          expect(askedAt + ttlMs).toBeLessThanOrEqual(changesAt + bound);
          if (changesAt > askedAt) expect(askedAt + ttlMs).toBeGreaterThanOrEqual(changesAt);
          else expect(ttlMs).toBeGreaterThan(0);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test.each([
    [{ livesIn: [] }, '`livesIn` names no phase'],
    [{ livesIn: ['Open' as never] }, '`livesIn` names "Open"; there are closed, pre, open'],
    [{ hoursOf: undefined as never }, '`hoursOf` is no function'],
    [{ liveIn: ['open'] } as never, 'knows no "liveIn"'],
    [{ lag: 'late' as never }, '`lag`'],
    [{ base: 'soon' as never }, '`base'],
  ])('refuses %j', (options, says) => {
    expect(() => lifetimeAt(0, options)).toThrow(ConfigError);
    expect(() => lifetimeAt(0, options)).toThrow(says);
  });
});
