import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import type { Bar } from '../../../src/market/bar.ts';
import { DATA_KIND_NAMES } from '../../../src/market/data-kinds/data-kind.ts';
import type { AssetClass } from '../../../src/market/instrument/asset-class.ts';
import { parseInstrument } from '../../../src/market/instrument/parse-instrument.ts';
import { Quarantine, type QuarantineOptions } from '../../../src/market/quarantine/quarantine.ts';
import { FAULTS, type Fault, type Verdict } from '../../../src/market/quarantine/verdict.ts';
import { Volatilities } from '../../../src/market/volatility.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/time/duration.ts';
import { barsOf, recordedBars, recordedSeconds, recordedSeries } from '../recorded-prices.ts';

const NOW = Date.UTC(2026, 0, 5, 15);
const aapl = parseInstrument('AAPL');
const quote = (price: unknown, rest: object = {}) => ({ symbol: 'AAPL', price, asOf: NOW, source: 'one', ...rest });
const faultOf = (verdict: Verdict): Fault | undefined => (verdict.ok ? undefined : verdict.fault);
const judged = (value: unknown, text = 'AAPL'): Fault | undefined =>
  faultOf(new Quarantine().judge('quote', parseInstrument(text), value, NOW));

describe('a quote', () => {
  test.each<[string, unknown, Fault | undefined]>([
    ['good', quote(187.25), undefined],
    ['good, with bid and ask', quote(187.25, { bid: 187.2, ask: 187.3, high: 190, low: 180 }), undefined],
    ['good, locked', quote(187.25, { bid: 187.25, ask: 187.25 }), undefined],
    ['good: 0 stands for no bid', quote(0.84, { bid: 0, ask: 0, high: 0, low: 0 }), undefined],
    ['good: a closed market’s price may stand outside all', quote(8.46, { bid: 8.79, ask: 9.37, high: 8.08, low: 8.08 }), undefined],
    ['nothing', undefined, 'empty'],
    ['null', null, 'empty'],
    ['text', 'Too Many Requests', 'empty'],
    ['a throttle told as an answer', { Information: 'Thank you for using our API' }, 'empty'],
    ['without a price', quote(undefined), 'empty'],
    ['NaN', quote(Number.NaN), 'not-a-number'],
    ['endless', quote(Infinity), 'not-a-number'],
    ['with its price as text', quote('187.25'), 'not-a-number'],
    ['with a bid that is none', quote(187.25, { bid: Number.NaN }), 'not-a-number'],
    ['zero', quote(0), 'not-positive'],
    ['negative', quote(-1), 'not-positive'],
    ['with a negative bid', quote(187.25, { bid: -1 }), 'not-positive'],
    ['crossed', quote(187.25, { bid: 187.3, ask: 187.2 }), 'crossed'],
    ['with its day upside down', quote(187.25, { high: 180, low: 190 }), 'inconsistent'],
    ['without a time', quote(187.25, { asOf: undefined }), 'not-a-number'],
    ['from the future', quote(187.25, { asOf: NOW + 11 * SECOND }), 'future'],
    ['a little ahead', quote(187.25, { asOf: NOW + 9 * SECOND }), undefined],
    ['too old', quote(187.25, { asOf: NOW - 15 * DAY }), 'too-old'],
    ['of before a long weekend', quote(187.25, { asOf: NOW - 10 * DAY }), undefined],
  ])('that is %s', (_, value, fault) => {
    expect(judged(value)).toBe(fault);
  });

  test('may be below zero for a future and for an index, and for nothing else', () => {
    expect(['CL=F', '^IRX', 'AAPL', 'BTC-USD', 'EUR/USD'].map((text) => judged(quote(-37.63, { bid: -38, ask: -37 }), text))).toEqual([
      undefined,
      undefined,
      'not-positive',
      'not-positive',
      'not-positive',
    ]);
  });
});

describe('bars', () => {
  const bar = (startAt: number, rest: Partial<Record<keyof Bar, unknown>> = {}) => ({
    startAt,
    open: 10,
    high: 11,
    low: 9,
    close: 10,
    ...rest,
  });
  const judgedBars = (bars: unknown, text = 'AAPL') => new Quarantine().judge('bars', parseInstrument(text), bars, NOW);

  test.each<[string, unknown, Fault | undefined]>([
    ['good', [bar(1), bar(2, { volume: 0 })], undefined],
    ['none, as on a holiday', [], undefined],
    ['rounded each by itself', [bar(1, { high: 10, open: 10.0001 })], undefined],
    ['no list', { bars: [] }, 'empty'],
    ['with a hole', [bar(1), null], 'empty'],
    ['with a price missing', [bar(1, { low: undefined })], 'not-a-number'],
    ['without a start', [bar(Number.NaN)], 'not-a-number'],
    ['with a volume that is none', [bar(1, { volume: 'many' })], 'not-a-number'],
    ['with a negative volume', [bar(1, { volume: -1 })], 'inconsistent'],
    ['of zero', [bar(1, { low: 0 })], 'not-positive'],
    ['with a high below its low', [bar(1, { high: 8, low: 9 })], 'inconsistent'],
    ['with a high below its close', [bar(1, { close: 12 })], 'inconsistent'],
    ['with a low above its open', [bar(1, { open: 8 })], 'inconsistent'],
    ['twice the same', [bar(1), bar(1)], 'disordered'],
    ['backwards', [bar(2), bar(1)], 'disordered'],
    ['of tomorrow', [bar(NOW + DAY)], 'future'],
    [
      'split by 7 on the way',
      [bar(1), bar(2), bar(3, { open: 1.4, high: 1.5, low: 1.3, close: 1.4 }), bar(4, { open: 1.4, high: 1.5, low: 1.3, close: 1.4 })],
      undefined,
    ],
    ['with one in another unit', [bar(1), bar(2, { open: 1000, high: 1100, low: 900, close: 1000 }), bar(3)], 'outlier'],
  ])('that are %s', (_, bars, fault) => {
    expect(faultOf(judgedBars(bars))).toBe(fault);
  });

  test('say which of them is at fault', () => {
    expect(judgedBars([bar(1), bar(2, { high: 8 })])).toEqual({
      ok: false,
      fault: 'inconsistent',
      detail: 'Bar 2 of 2: its high of 8 is below its low of 9',
    });
    expect(judgedBars([bar(1), bar(2, { open: 1000, high: 1000, low: 1000, close: 1000 }), bar(3)])).toMatchObject({
      detail: 'Bar 2 of 3: its close of 1000 is a factor of 100 off those before and after it',
    });
    expect(judgedBars([bar(1, { open: -37, high: -36, low: -40, close: -37 })], 'CL=F').ok).toBe(true);
  });
});

describe('a price that is far from the last good one', () => {
  const desk = (options: QuarantineOptions = {}, text = 'AAPL') => {
    const quarantine = new Quarantine(options);
    const instrument = parseInstrument(text);
    const tell = (price: number, atMs: number, source = 'one', now = NOW + atMs) =>
      quarantine.judge('quote', instrument, quote(price, { asOf: NOW + atMs, source }), now);
    return { quarantine, instrument, tell };
  };

  test('is refused in words, and the good one goes on counting', () => {
    const { tell } = desk();
    tell(187.25, 0);
    expect(tell(18.725, SECOND)).toEqual({
      ok: false,
      fault: 'outlier',
      detail:
        'The price of 18.725 is off 187.25 by a factor of 10 after 1 s, and 11 % is likely at most; a second answer that confirms it lets it through',
    });
    expect(tell(187.3, 2 * SECOND).ok).toBe(true);
    expect(tell(18.7, 3 * SECOND).ok).toBe(false);
  });

  test('is let through when another source tells it too', () => {
    const { tell } = desk();
    tell(100, 0);
    expect(tell(60, SECOND).ok).toBe(false);
    expect(tell(59, SECOND, 'two').ok).toBe(true);
    expect(tell(58, 2 * SECOND).ok).toBe(true);
  });

  test('is let through when its source goes on from there, as in a crash', () => {
    const { tell } = desk();
    tell(100, 0);
    expect(tell(60, SECOND).ok).toBe(false);
    expect(tell(58, 2 * SECOND).ok).toBe(true);
  });

  test('is not borne out by the same answer once more, but for a while', () => {
    const { tell } = desk();
    tell(100, 0);
    expect(tell(60, SECOND).ok).toBe(false);
    expect(tell(60, SECOND, 'one', NOW + 30 * SECOND).ok).toBe(false);
    expect(tell(60, SECOND, 'one', NOW + 122 * SECOND).ok).toBe(true);
  });

  test('is not borne out by a third price, far from both', () => {
    const { tell } = desk();
    tell(100, 0);
    expect(tell(60, SECOND).ok).toBe(false);
    expect(tell(10, 2 * SECOND).ok).toBe(false);
    expect(tell(101, 3 * SECOND).ok).toBe(true);
  });

  test('is doubted the less, the longer ago the last was, and the more it moved before', () => {
    const isTaken = (atMs: number, volatility?: number) => {
      const { tell } = desk({ volatilityOf: () => volatility });
      tell(100, 0);
      return tell(120, atMs).ok;
    };
    expect([isTaken(MINUTE), isTaken(HOUR), isTaken(DAY)]).toEqual([false, true, true]);
    expect([isTaken(HOUR, 1e-5), isTaken(MINUTE, 5e-3), isTaken(HOUR, Number.NaN)]).toEqual([false, true, true]);
  });

  test('is taken as it is where the last is too old to tell', () => {
    const { tell } = desk();
    tell(100, 0);
    expect(tell(900, 31 * DAY).ok).toBe(true);
  });

  test('is explained by a corporate action, which the old price is not after it', () => {
    const { quarantine, instrument, tell } = desk();
    tell(645, 0);
    quarantine.expectAction(instrument, 1 / 7, NOW + HOUR);
    expect(tell(644, 30 * MINUTE).ok).toBe(true);
    expect(tell(644, 2 * HOUR).ok).toBe(false);
    expect(tell(92.3, 2 * HOUR).ok).toBe(true);
    expect(tell(92.4, 3 * HOUR).ok).toBe(true);
    expect(tell(644.5, 40 * MINUTE).ok).toBe(true);
    expect(tell(92.5, 4 * HOUR).ok).toBe(true);
  });

  test('needs confirmation to go below zero, where that can be', () => {
    const { tell } = desk({}, 'CL=F');
    tell(10, 0);
    expect(tell(-37.63, MINUTE)).toMatchObject({ fault: 'outlier', detail: expect.stringContaining('the other side of zero') });
    expect(tell(-36, 2 * MINUTE).ok).toBe(true);
    expect(tell(-35, 3 * MINUTE).ok).toBe(true);
  });

  test('is that of the first, if it was wrong: the next two put it right', () => {
    const { tell } = desk();
    tell(1, 0);
    expect(tell(100, SECOND).ok).toBe(false);
    expect(tell(100, 2 * SECOND).ok).toBe(true);
  });
});

describe('quarantine', () => {
  test('never throws, and always says what is wrong', () => {
    const thrower = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const odd = fc.oneof(
      fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true, withSparseArray: true }),
      fc.constantFrom<unknown>(thrower, Symbol('x'), [thrower]),
    );
    const shaped = fc.record({ price: odd, asOf: odd, bid: odd, ask: odd, high: odd, low: odd, source: odd }, { requiredKeys: [] });
    const bars = fc.array(fc.record({ startAt: odd, open: odd, high: odd, low: odd, close: odd, volume: odd }, { requiredKeys: [] }));
    const quarantine = new Quarantine();
    fc.assert(
      fc.property(
        fc.constantFrom(...DATA_KIND_NAMES),
        fc.oneof(odd, shaped, bars),
        fc.oneof(fc.double(), fc.constant(NOW)),
        (kind, value, now) => {
          const verdict = quarantine.judge(kind, aapl, value, now);
          if (verdict.ok) return;
          expect(FAULTS).toContain(verdict.fault);
          expect(verdict.detail.length).toBeGreaterThan(5);
          expect(verdict.detail.length).toBeLessThan(400);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(faultOf(quarantine.judge('quote', aapl, thrower, NOW))).toBe('unreadable');
    expect(faultOf(quarantine.judge('bars', aapl, proxy, NOW))).toBe('unreadable');
  });

  test('judges other kinds by whether there is anything, and from when', () => {
    const quarantine = new Quarantine();
    const judge = (value: unknown) => faultOf(quarantine.judge('fundamentals', aapl, value, NOW));
    expect([undefined, null, ''].map(judge)).toEqual(['empty', 'empty', 'empty']);
    expect([{}, [], 'text', 0, { asOf: NOW - 365 * DAY }].map(judge)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect([{ asOf: NOW + DAY }, { asOf: 'today' }].map(judge)).toEqual(['future', 'not-a-number']);
  });

  test('counts by fault, and remembers the last 64', () => {
    const quarantine = new Quarantine();
    for (let at = 0; at < 100; at += 1) quarantine.judge('quote', aapl, undefined, at);
    quarantine.judge('quote', aapl, quote(1), NOW);
    expect(quarantine.counts()).toMatchObject({ empty: 100, outlier: 0 });
    expect(Object.keys(quarantine.counts())).toEqual(FAULTS);
    expect(quarantine.judgedCount).toBe(101);
    expect(quarantine.recent()).toHaveLength(64);
    expect(quarantine.recent(1)).toEqual([
      { ok: false, fault: 'empty', detail: 'There is no quote but undefined', kind: 'quote', id: 'AAPL', at: 99 },
    ]);
  });

  test('remembers so many instruments; who was judged longest ago is forgotten', () => {
    const quarantine = new Quarantine({ maxSymbols: 2 });
    const judge = (text: string, price: number) => quarantine.judge('quote', parseInstrument(text), quote(price), NOW).ok;
    for (const text of ['AAPL', 'MSFT', 'AAPL', 'GOOG']) judge(text, 100);
    expect([judge('AAPL', 1), judge('MSFT', 1)]).toEqual([false, true]);
  });

  test.each<QuarantineOptions>([{ sigmas: 0 }, { maxSymbols: 0 }, { maxAge: -1 }, { repeatFor: Number.NaN }])(
    'is refused with %j',
    (options) => {
      expect(() => new Quarantine(options)).toThrow(ConfigError);
    },
  );

  test('refuses an action that is none', () => {
    expect(() => new Quarantine().expectAction(aapl, 0, NOW)).toThrow(ConfigError);
  });
});

describe('recorded data', () => {
  const splits = [
    { startAt: Date.UTC(2014, 5, 9), factor: 1 / 7 },
    { startAt: Date.UTC(2020, 7, 31), factor: 1 / 4 },
  ];

  /** Replays closes as quotes, each at its own time; volatility is learnt on the way. */
  const refusalsOf = (text: string, bars: readonly Bar[], actions: typeof splits = []): readonly number[] => {
    const volatilities = new Volatilities();
    const quarantine = new Quarantine({ volatilityOf: (id) => volatilities.of(id) });
    const instrument = parseInstrument(text);
    for (const { factor, startAt } of actions) quarantine.expectAction(instrument, factor, startAt);
    return bars.flatMap(({ close, startAt }) => {
      const { ok } = quarantine.judge('quote', instrument, quote(close, { asOf: startAt }), startAt);
      if (ok) volatilities.update(instrument.id, close, startAt);
      return ok ? [] : [startAt];
    });
  };

  test('has no bar that is refused', async () => {
    const quarantine = new Quarantine();
    for (const series of recordedSeries) {
      const bars = await barsOf(series);
      expect(
        quarantine.judge('bars', parseInstrument(series.symbol, { venue: series.symbol === 'ES' ? 'CMES' : undefined }), bars, NOW),
      ).toEqual({ ok: true });
    }
  });

  test('has no price that is refused, but for two splits that nobody told of: of 153,410', async () => {
    let count = 0;
    for (const series of recordedSeries) {
      const bars = await barsOf(series);
      const refusals = refusalsOf(series.symbol === 'ES' ? 'ES=F' : series.symbol, bars);
      const expected = series.symbol === 'AAPL' && series.interval === '1h' ? splits.map(({ startAt }) => startAt + 13 * HOUR) : [];
      expect([series.symbol, series.interval, ...refusals]).toEqual([series.symbol, series.interval, ...expected]);
      count += bars.length;
    }
    const seconds = recordedSeconds();
    expect(refusalsOf('SPY', seconds)).toEqual([]);
    expect(count + seconds.length).toBe(153_410);
    expect(refusalsOf('AAPL', await recordedBars('AAPL', '1h'), splits)).toEqual([]);
  });

  test('has no slip that gets through, and none that harms the price after it', async () => {
    const bars = (await recordedBars('SPY', '1m')).slice(0, 4_000);
    for (const slip of [0.01, 0.1, 0.5, 0.8, 1.25, 2, 10, 100]) {
      const slipped = bars.map((bar, at) => (at % 50 === 25 ? { ...bar, close: bar.close * slip } : bar));
      expect(refusalsOf('SPY', slipped)).toEqual(slipped.filter((_, at) => at % 50 === 25).map(({ startAt }) => startAt));
    }
  });

  test('has quotes of Yahoo’s that are refused where they have no price, or one that is years old', () => {
    interface YahooQuote {
      readonly symbol: string;
      readonly regularMarketPrice?: number;
      readonly regularMarketTime?: number;
      readonly bid?: number;
      readonly ask?: number;
      readonly regularMarketDayHigh?: number;
      readonly regularMarketDayLow?: number;
      readonly answeredAt: string;
    }
    const file = join(import.meta.dirname, '../../fixtures/market/yahoo-quotes.json');
    const told: readonly YahooQuote[] = JSON.parse(readFileSync(file, 'utf8'));
    const quarantine = new Quarantine();
    const faults = told.flatMap((each) => {
      const {
        regularMarketPrice: price,
        regularMarketTime = Number.NaN,
        regularMarketDayHigh: high,
        regularMarketDayLow: low,
        bid,
        ask,
      } = each;
      const value = { price, bid, ask, high, low, asOf: regularMarketTime * SECOND };
      const verdict = quarantine.judge('quote', parseInstrument(each.symbol), value, Date.parse(each.answeredAt));
      return verdict.ok ? [] : [`${each.symbol} ${verdict.fault}`];
    });
    expect(faults).toEqual(['ADH empty', 'BRKS empty', 'SI empty', 'SIMP empty', 'ZRC-USD too-old']);
    expect(told).toHaveLength(20);
  });
});

test('every class of assets has bounds of its own', () => {
  const classes: readonly AssetClass[] = ['stock', 'etf', 'index', 'future', 'option', 'fx', 'crypto', 'fund', 'bond'];
  for (const assetClass of classes) {
    const quarantine = new Quarantine();
    const instrument = { ...aapl, assetClass };
    quarantine.judge('quote', instrument, quote(100), NOW);
    expect(quarantine.judge('quote', instrument, quote(400), NOW).ok).toBe(false);
  }
});
