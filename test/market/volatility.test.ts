import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import type { Bar } from '../../src/market/bar.ts';
import { annualised, CALENDAR_SECONDS_A_YEAR, ttlFor, Volatilities, type VolatilityOptions } from '../../src/market/volatility.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/time/duration.ts';
import { recordedBars, recordedSeconds } from './recorded-prices.ts';

/** The volatility after these moves, one every `stepMs`. */
const volatilityOf = (moves: readonly number[], stepMs = MINUTE, options: VolatilityOptions = {}, first = 100): number | undefined => {
  const volatilities = new Volatilities({ min: 1e-12, max: 1e3, sampling: 0, ...options });
  let logPrice = Math.log(first);
  volatilities.update('X', first, 0);
  for (const [at, move] of moves.entries()) {
    logPrice += move;
    volatilities.update('X', Math.exp(logPrice), (at + 1) * stepMs);
  }
  return volatilities.of('X');
};

const told = (volatility: number | undefined): number => {
  if (volatility === undefined) throw new Error('Nothing is told');
  return volatility;
};

const zigzag = (size: number, count: number): number[] => Array.from({ length: count }, (_, at) => (at % 2 === 0 ? size : -size));
const moves = fc.array(fc.double({ min: -0.02, max: 0.02, noNaN: true }), { size: 'max', minLength: 20, maxLength: 200 });

describe('volatility', () => {
  test('of moves of one size is that size, per square root of the time they take', () => {
    expect(told(volatilityOf(zigzag(0.01, 50)))).toBeCloseTo(0.01 / Math.sqrt(60), 10);
    expect(told(volatilityOf(zigzag(0.01, 200), SECOND))).toBeCloseTo(0.01, 10);
  });

  test('is RiskMetrics’ where values come at one distance', () => {
    const returns = Array.from({ length: 400 }, (_, at) => 0.001 * Math.sin(at * 7));
    const lambda = 2 ** (-1 / 30);
    const weights = returns.map((_, at) => lambda ** (returns.length - 1 - at));
    const weighted = returns.reduce((sum, each, at) => sum + each * each * (weights[at] ?? 0), 0);
    const variance = weighted / weights.reduce((sum, weight) => sum + weight, 0) / 60;
    expect(told(volatilityOf(returns))).toBeCloseTo(Math.sqrt(variance), 12);
  });

  test('does not depend on the unit of the price', () => {
    fc.assert(
      fc.property(moves, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (each, scale) => {
        const [one, other] = [told(volatilityOf(each)), told(volatilityOf(each, MINUTE, {}, 100 * scale))];
        expect(other / Math.max(one, 1e-9)).toBeCloseTo(one / Math.max(one, 1e-9), 4);
      }),
    );
  });

  test('grows with the moves, in proportion', () => {
    fc.assert(
      fc.property(moves, fc.double({ min: 1, max: 5, noNaN: true }), (each, times) => {
        const [calm, wild] = [told(volatilityOf(each)), told(volatilityOf(each.map((move) => move * times)))];
        expect(wild).toBeGreaterThanOrEqual(calm * (1 - 1e-9));
        if (calm > 1e-7) expect(wild / calm).toBeCloseTo(times, 4);
      }),
    );
  });

  test('follows what came last', () => {
    const calmed = told(volatilityOf([...zigzag(0.01, 100), ...zigzag(0.001, 300)]));
    expect(calmed).toBeCloseTo(0.001 / Math.sqrt(60), 4);
  });

  test('is not told before there are moves enough, over time enough', () => {
    expect(volatilityOf(zigzag(0.01, 9))).toBeUndefined();
    expect(volatilityOf(zigzag(0.01, 10))).toBeDefined();
    expect(volatilityOf(zigzag(0.01, 40), SECOND)).toBeUndefined();
    expect(volatilityOf(zigzag(0.01, 60), SECOND)).toBeDefined();
    expect(new Volatilities().of('X')).toBeUndefined();
  });

  test('keeps within its bounds', () => {
    expect(volatilityOf(zigzag(0, 50), MINUTE, { min: 1e-6 })).toBe(1e-6);
    expect(volatilityOf(zigzag(2, 50), MINUTE, { max: 5e-3 })).toBe(5e-3);
  });

  test('counts no move over a closed market, unless it is told to', () => {
    const overNight = (options: VolatilityOptions, openMs?: number): number => {
      const volatilities = new Volatilities({ max: 1, ...options });
      for (let at = 0; at <= 30; at += 1) volatilities.update('X', at % 2 === 0 ? 100 : 100.1, at * MINUTE);
      volatilities.update('X', 120, DAY, openMs);
      return told(volatilities.of('X'));
    };
    const before = told(volatilityOf(zigzag(Math.log(1.001), 30)));
    expect(overNight({})).toBeCloseTo(before, 6);
    expect(overNight({ maxGap: '2d' }, HOUR)).toBeCloseTo(before, 6);
    expect(overNight({}, DAY)).toBeGreaterThan(2 * before);
    expect(overNight({ countGaps: true })).toBeGreaterThan(2 * before);
  });

  test('passes over what says nothing: no price, no time, or none that is later', () => {
    const clean = new Volatilities();
    const noisy = new Volatilities();
    for (let at = 0; at < 40; at += 1) {
      const price = at % 2 === 0 ? 100 : 101;
      for (const volatilities of [clean, noisy]) volatilities.update('X', price, at * MINUTE);
      for (const odd of [0, -5, Number.NaN, Infinity]) noisy.update('X', odd, at * MINUTE + 1);
      noisy.update('X', 500, Number.NaN);
      noisy.update('X', 500, at * MINUTE);
      noisy.update('X', 500, at * MINUTE - 1);
    }
    expect(noisy.of('X')).toBe(clean.of('X'));
  });

  test('is kept for so many symbols; who was updated longest ago leaves', () => {
    const volatilities = new Volatilities({ maxSymbols: 2, minMoves: 1, minSpan: 0, sampling: 0 });
    for (const symbol of ['A', 'B']) for (const at of [1, 2]) volatilities.update(symbol, at, at);
    volatilities.update('A', 3, 3);
    volatilities.update('C', 1, 1);
    expect(volatilities.size).toBe(2);
    expect([volatilities.of('A') !== undefined, volatilities.of('B')]).toEqual([true, undefined]);
    volatilities.forget('A');
    expect(volatilities.of('A')).toBeUndefined();
  });

  test.each([{ halfLife: 0 }, { halfLife: 'soon' }, { minMoves: 0 }, { min: 0 }, { min: 2, max: 1 }, { max: Infinity }, { maxSymbols: 0 }])(
    'is refused with %j',
    (options) => {
      expect(() => new Volatilities(options as VolatilityOptions)).toThrow(ConfigError);
    },
  );
});

describe('volatility of recorded prices', () => {
  const follow = (bars: readonly Bar[], options: VolatilityOptions = {}): number => {
    const volatilities = new Volatilities(options);
    for (const bar of bars) volatilities.update('X', bar.close, bar.startAt);
    return told(volatilities.of('X'));
  };

  test('is that of its kind: some per cent a year for currencies, some tens for shares, more for coins', async () => {
    const year = 12 * HOUR;
    const [spy, eurusd, btc] = await Promise.all(['SPY', 'EURUSD', 'BTC-USD'].map((symbol) => recordedBars(symbol, '1m')));
    const annual = {
      spy: annualised(follow(spy ?? [], { halfLife: year })),
      eurusd: annualised(follow(eurusd ?? [], { halfLife: year }), CALENDAR_SECONDS_A_YEAR * (5 / 7)),
      btc: annualised(follow(btc ?? [], { halfLife: year }), CALENDAR_SECONDS_A_YEAR),
    };
    expect(annual.eurusd).toBeGreaterThan(0.02);
    expect(annual.eurusd).toBeLessThan(0.15);
    expect(annual.spy).toBeGreaterThan(annual.eurusd);
    expect(annual.spy).toBeLessThan(0.4);
    expect(annual.btc).toBeGreaterThan(annual.spy);
    expect(annual.btc).toBeLessThan(3);
  });

  /** How often SPY had moved by the tolerance when the TTL of a second's volatility was over. */
  const shareMoved = (options: VolatilityOptions, tolerance: number): number => {
    const seconds = recordedSeconds().filter(({ startAt }) => startAt >= Date.UTC(2013, 9, 7, 13, 30));
    const volatilities = new Volatilities({ halfLife: '10m', ...options });
    let moved = 0;
    let counted = 0;
    for (const [at, { close, startAt }] of seconds.entries()) {
      volatilities.update('SPY', close, startAt);
      const volatility = volatilities.of('SPY');
      if (volatility === undefined || at % 20 !== 0) continue;
      const endsAt = startAt + ttlFor(volatility, { tolerance, min: 0, max: '30m' });
      if (endsAt > (seconds.at(-1)?.startAt ?? 0)) continue;
      const ahead = seconds.slice(at + 1).filter((later) => later.startAt <= endsAt);
      counted += 1;
      if (ahead.some((later) => Math.abs(Math.log(later.close / close)) * 1e4 >= tolerance)) moved += 1;
    }
    expect(counted).toBeGreaterThan(100);
    return moved / counted;
  };

  test('gives a TTL after which the price has moved by the tolerance about as often as not, and not more often', () => {
    for (const tolerance of [5, 10]) {
      expect(shareMoved({}, tolerance)).toBeGreaterThan(0.3);
      expect(shareMoved({}, tolerance)).toBeLessThan(0.55);
    }
  });

  test('is taken from samples, for the jumps of every second between bid and ask are no motion', () => {
    expect(shareMoved({ sampling: 0 }, 5)).toBeLessThan(0.75 * shareMoved({}, 5));
  });
});

describe('ttlFor', () => {
  const demand = { tolerance: 5, min: '1s', max: '60s' } as const;

  test('is about three quarters of the squared tolerance over the variance', () => {
    expect(ttlFor(1e-4, { tolerance: 5, max: '1h' })).toBeCloseTo(0.7577 * 25 * SECOND, -1);
  });

  test('shrinks as volatility grows, and grows with the tolerance, within its bounds', () => {
    const volatility = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(volatility, volatility, fc.double({ min: 0.1, max: 100, noNaN: true }), (one, other, tolerance) => {
        const [calm, wild] = [Math.min(one, other), Math.max(one, other)];
        const ttlMs = ttlFor(wild, { ...demand, tolerance });
        expect(ttlMs).toBeLessThanOrEqual(ttlFor(calm, { ...demand, tolerance }));
        expect(ttlMs).toBeLessThanOrEqual(ttlFor(wild, { ...demand, tolerance: 2 * tolerance }));
        expect(ttlMs).toBeGreaterThanOrEqual(SECOND);
        expect(ttlMs).toBeLessThanOrEqual(MINUTE);
      }),
    );
  });

  test('holds to an even chance in a walk without drift', () => {
    let state = 1;
    const coin = (): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 31 === 0 ? 1 : -1;
    };
    const [band, walks] = [20, 2_000];
    const steps = Math.round(ttlFor(1e-4, { tolerance: band, min: 0, max: '1h' }) / SECOND);
    let left = 0;
    for (let walk = 0; walk < walks; walk += 1) {
      let place = 0;
      for (let step = 0; step < steps && Math.abs(place) < band; step += 1) place += coin();
      if (Math.abs(place) >= band) left += 1;
    }
    expect(left / walks).toBeGreaterThan(0.45);
    expect(left / walks).toBeLessThan(0.55);
  });

  test('is as long as it may be for a price that stands still', () => {
    expect(ttlFor(0, demand)).toBe(MINUTE);
  });

  test('refuses what is no tolerance, no volatility, or no bounds', () => {
    expect(() => ttlFor(1e-4, { tolerance: 0 })).toThrow(ConfigError);
    expect(() => ttlFor(Number.NaN, demand)).toThrow(ConfigError);
    expect(() => ttlFor(1e-4, { tolerance: 5, min: '2m', max: '1m' })).toThrow('give the longer one as `max`');
  });
});
