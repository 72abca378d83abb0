import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, NotFreshError } from '../../../src/errors.ts';
import { CONTRACTS, FreshnessContract, type FreshnessOptions } from '../../../src/market/freshness/freshness-contract.ts';
import { marketAge } from '../../../src/market/freshness/market-age.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/time/duration.ts';
import { MONDAY, WeekHours } from '../plain-week.ts';

const hours = new WeekHours();
const at = (days: number, clock: number): number => MONDAY + days * DAY + clock * HOUR;
const judged = (trueAt: number) => ({ key: 'quote:AAPL', trueAt, hours });
const contract = (name: string, options: Partial<FreshnessOptions> = {}): FreshnessContract =>
  new FreshnessContract(name, { maxAge: '1m', ...CONTRACTS[name], ...options });

describe('age on the clock of a market', () => {
  const open = new Set(['open']);

  test.each([
    ['within a session', at(0, 15), at(0, 16), HOUR],
    ['over a night', at(0, 20.5), at(1, 15), HOUR],
    ['over Thanksgiving', at(2, 20), at(4, 14.5), HOUR],
    ['over a weekend', at(4, 20.9), at(7, 14.5) + MINUTE, 6 * MINUTE + MINUTE],
    ['of the future', at(0, 16), at(0, 15), 0],
  ])('%s', (_what, from, to, age) => {
    expect(marketAge(hours, open, from, to)).toBe(Math.round(age));
  });

  test('is the sum of its minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 * 24 * 60 }), fc.integer({ min: 0, max: 3_000 }), (start, length) => {
        let minutes = 0;
        for (let minute = 0; minute < length; minute += 1)
          if (hours.phaseAt(MONDAY + (start + minute) * MINUTE).phase === 'open') minutes += 1;
        expect(marketAge(hours, open, MONDAY + start * MINUTE, MONDAY + (start + length) * MINUTE)).toBe(minutes * MINUTE);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a contract of freshness', () => {
  test('to be looked at: the close of Friday is fresh all weekend, and for a minute on Monday', () => {
    const display = contract('display');
    const close = judged(at(4, 21) - SECOND);
    expect(display.refusal(close, at(6, 12))).toBeUndefined();
    expect(display.refusal(close, at(7, 14.5) + 59 * SECOND)).toBeUndefined();
    const refusal = display.refusal(close, at(7, 14.5) + 61 * SECOND);
    expect(refusal).toBeInstanceOf(NotFreshError);
    expect(refusal?.message).toMatch(
      /^The value of "quote:AAPL" is \d+ ms old, and the reader asked for one of at most 1 min of XNYS's hours for "display"$/,
    );
  });

  test('to be traded upon: only while the venue is open', () => {
    const order = contract('order');
    expect(order.refusal(judged(at(0, 15) - SECOND), at(0, 15))).toBeUndefined();
    expect(order.refusal(judged(at(0, 15) - 3 * SECOND), at(0, 15))).toBeInstanceOf(NotFreshError);
    expect(order.refusal(judged(at(3, 15)), at(3, 15))?.message).toContain(
      'a value while XNYS is open, and it is closed (Thanksgiving), for "order"',
    );
    expect([order.allowStale, order.maxAgeMs]).toEqual([false, 2_000]);
  });

  test('with extended hours their time counts, too', () => {
    const evening = judged(at(0, 22));
    expect(contract('display').refusal(evening, at(1, 10))).toBeUndefined();
    expect(contract('display', { extendedHours: true }).refusal(evening, at(1, 10))).toBeInstanceOf(NotFreshError);
  });

  test('by the clock on the wall, if that is asked for', () => {
    const nightly = contract('display', { maxWallAge: '1h' });
    expect(nightly.refusal(judged(at(5, 3)), at(5, 4))).toBeUndefined();
    expect(nightly.refusal(judged(at(5, 3)), at(5, 4) + 1)?.message).toContain('one of at most 1 h for "display"');
  });

  test('takes nothing whose time nobody knows', () => {
    const now = at(0, 15);
    for (const trueAt of [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -1e17, now * 1_000, now + HOUR])
      expect(contract('display').refusal(judged(trueAt), now)).toBeInstanceOf(NotFreshError);
    expect(contract('display').refusal(judged(now + 5_000), now)).toBeUndefined();
  });

  test.each([
    [{ maxAge: 'soon' }, '`contracts.mine.maxAge`'],
    [{ phases: [] }, '`contracts.mine.phases` names no phase'],
    [{ allowStale: 'no' }, '`contracts.mine.allowStale` is no; give true or false'],
    [{ maxage: 5 }, 'knows no "maxage"'],
  ])('refuses %j', (options, says) => {
    const make = (): unknown => new FreshnessContract('mine', { maxAge: '1m', ...(options as object) });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(says);
  });
});
