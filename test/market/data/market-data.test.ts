import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCache } from '../../../src/create-cache.ts';
import { ConfigError, KeyError, NotFreshError } from '../../../src/errors.ts';
import type { Bar } from '../../../src/market/bar.ts';
import { BarRanges } from '../../../src/market/bars/bar-ranges.ts';
import { VenueBarTime } from '../../../src/market/bars/venue-bar-time.ts';
import { calendarFor } from '../../../src/market/calendar-for.ts';
import { MarketData } from '../../../src/market/data/market-data.ts';
import { MarketKinds } from '../../../src/market/kinds/market-kinds.ts';
import type { Quote } from '../../../src/market/quote.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/time/duration.ts';

const at = (text: string): number => Date.parse(text);
/** A Wednesday, at noon in New York; Thanksgiving is the day after. */
const WEDNESDAY = at('2026-11-25T17:00:00Z');

let clock: FakeClock;
let calls: (readonly string[])[];
let barCalls: number;
/** How far behind the clock quotes of the source are. */
let behindMs: number;
let prices: Map<string, number>;
let failure: Error | undefined;
let opened: ReturnType<typeof open>;

function open() {
  const kinds = new MarketKinds();
  const loadMany = async (ids: readonly string[]): Promise<Map<string, Quote>> => {
    calls.push(ids);
    if (failure) throw failure;
    return new Map(
      ids
        .filter((id) => prices.has(id))
        .map((id) => [id, { symbol: id, price: prices.get(id) ?? 0, asOf: clock.now() - behindMs, source: 'test' }]),
    );
  };
  const cache = createCache({
    kinds: { quote: kinds.kind('quote', { loadMany }), chunks: kinds.barChunks(), openBars: kinds.openBars() },
    clock,
    random: () => 0,
  });
  const bars = new BarRanges({
    chunks: cache.chunks,
    tails: cache.openBars,
    clock,
    source: async ({ from, to }) => {
      barCalls += 1;
      const told: Bar[] = [];
      for (let startAt = from; startAt < Math.min(to, clock.now()); startAt += MINUTE)
        told.push({ startAt, open: 1, high: 2, low: 1, close: 2 });
      return told;
    },
    timeOf: ({ symbol }) => new VenueBarTime(calendarFor(kinds.instrument(symbol), kinds.calendars) ?? kinds.calendars.of('24/7')),
  });
  return { kinds, cache, data: new MarketData({ kinds, cache, bars, clock }) };
}

beforeEach(() => {
  clock = new FakeClock(WEDNESDAY);
  calls = [];
  barCalls = 0;
  behindMs = 0;
  failure = undefined;
  prices = new Map([
    ['AAPL', 200],
    ['BTC-USD', 90_000],
    ['VOD.XLON', 80],
  ]);
  opened = open();
});
afterEach(() => opened.cache.close());

describe('a quote', () => {
  test('comes with where it is from, when it was true and why it lives as long as it does', async () => {
    const answer = await opened.data.quote('aapl');
    expect(answer).toMatchObject({
      instrument: { id: 'AAPL', assetClass: 'stock' },
      value: { price: 200 },
      source: undefined,
      eventAt: WEDNESDAY,
      askedAt: WEDNESDAY,
      tier: 'source',
      isStale: false,
      phase: 'open',
      phaseReason: 'regular hours',
    });
    expect(await opened.data.quote('AAPL')).toMatchObject({ tier: 'memory' });
    expect(calls).toEqual([['AAPL']]);
  });

  test('of a closed market is not asked for again before that can have changed', async () => {
    clock = new FakeClock(at('2026-11-26T02:00:00Z'));
    opened = open();
    behindMs = HOUR;
    const first = await opened.data.quote('AAPL');
    expect(first?.why).toBe('XNYS closed (outside hours) until 2026-11-27T09:00Z');
    for (let hour = 0; hour < 30; hour += 1) {
      await clock.advance(HOUR);
      await opened.data.quote('AAPL');
    }
    expect(calls).toHaveLength(1);
    await clock.advance(2 * HOUR);
    await opened.data.quote('AAPL');
    expect(calls).toHaveLength(2);
  });

  test('for an order is two seconds old at most, asked for anew where it is older, and refused while the market is closed', async () => {
    await opened.data.quote('AAPL');
    await clock.advance(2_500);
    expect(await opened.data.quote('AAPL', { for: 'order' })).toMatchObject({ tier: 'source', askedAt: WEDNESDAY + 2_500 });
    behindMs = 10 * SECOND;
    await clock.advance(2_500);
    await expect(opened.data.quote('AAPL', { for: 'order' })).rejects.toBeInstanceOf(NotFreshError);
    await clock.advance(6 * HOUR);
    await expect(opened.data.quote('AAPL', { for: 'order' })).rejects.toThrow('a value while XNYS is open, and it is post');
  });

  test('that its source cannot tell stands in for a chart, and for no order', async () => {
    await opened.data.quote('AAPL');
    failure = new Error('503');
    await clock.advance(3 * SECOND);
    const refused = opened.data.quote('AAPL', { for: 'order' });
    await expect(refused).rejects.toThrow(
      /^The value of "quote:AAPL" is 3000 ms old, and the reader asked for one of at most 2 s of XNYS's hours for "order"$/,
    );
    await expect(refused).rejects.toMatchObject({ cause: { code: expect.stringMatching(/ERR_/) } });
    await clock.advance(10 * SECOND);
    expect(await opened.data.quote('AAPL', { for: 'display' })).toMatchObject({ isStale: true, value: { price: 200 } });
    await expect(opened.data.quote('AAPL', { for: 'order' })).rejects.toMatchObject({ code: 'ERR_NOT_FRESH', cause: { message: '503' } });
  });

  test('that cannot be true is refused, and the one before stays', async () => {
    await opened.data.quote('AAPL');
    prices.set('AAPL', 0);
    await clock.advance(10 * SECOND);
    expect((await opened.data.quote('AAPL'))?.value.price).toBe(200);
    expect(opened.cache.stats().kinds['quote']?.refused).toBe(1);
    expect(opened.kinds.quarantine.recent()[0]).toMatchObject({ id: 'AAPL', kind: 'quote' });
  });

  test('that its source does not know is undefined, and what means nothing is said so', async () => {
    expect(await opened.data.quote('NOPE')).toBeUndefined();
    await expect(opened.data.quote('??')).rejects.toBeInstanceOf(KeyError);
    await expect(opened.data.quote('AAPL', { for: 'fun' })).rejects.toThrow(
      new ConfigError('There is no contract "fun"; there are order, display, analysis'),
    );
  });
});

test('many quotes are one call, and each is answered or fails by itself', async () => {
  const { quotes, errors } = await opened.data.quotes(['AAPL', 'btc-usd', 'VOD.L', '??', 'NOPE']);
  expect([...quotes.keys()]).toEqual(['AAPL', 'btc-usd', 'VOD.L']);
  expect(quotes.get('VOD.L')?.instrument.id).toBe('VOD.XLON');
  expect([...errors.keys()]).toEqual(['??']);
  expect(calls).toHaveLength(1);
});

describe('a snapshot', () => {
  test('asks anew for what lags behind, and for nothing else', async () => {
    await opened.data.quote('AAPL');
    await clock.advance(3 * SECOND);
    const { quotes, spreadMs } = await opened.data.snapshot(['AAPL', 'BTC-USD']);
    expect([spreadMs, quotes.size]).toEqual([0, 2]);
    expect(calls).toEqual([['AAPL'], ['BTC-USD'], ['AAPL']]);
  });

  test('takes what cannot have changed for what it is', async () => {
    clock = new FakeClock(at('2026-11-28T12:00:00Z'));
    opened = open();
    behindMs = 17 * HOUR;
    await opened.data.quote('AAPL');
    await clock.advance(HOUR);
    behindMs = 0;
    const { spreadMs } = await opened.data.snapshot(['AAPL', 'BTC-USD']);
    expect(spreadMs).toBe(0);
    expect(calls).toEqual([['AAPL'], ['BTC-USD']]);
  });
});

describe('bars', () => {
  test('are asked for once, and not on a holiday', async () => {
    const { data } = opened;
    const day = at('2026-11-24T00:00:00Z');
    for (let round = 0; round < 3; round += 1) expect((await data.bars('AAPL', '1m', day, day + DAY)).bars.length).toBe(390);
    expect(barCalls).toBe(1);
    expect((await data.bars('aapl', '1m', at('2025-12-25'), at('2025-12-26'))).bars.length).toBe(0);
    expect(barCalls).toBe(1);
  });

  test('of a window are the last before an instant, over a night if need be', async () => {
    const window = await opened.data.window('AAPL', '1m', at('2026-11-25T14:40:00Z'), 60);
    expect(window.length).toBe(60);
    expect(window.instants[59]).toBe(at('2026-11-25T14:39:00Z'));
    expect(window.instants[0]).toBe(at('2026-11-24T20:10:00Z'));
  });

  test('need a place where they are to be had', async () => {
    const bare = new MarketData({ kinds: opened.kinds, cache: opened.cache, clock });
    expect(() => bare.bars('AAPL', '1m', 0, 1)).toThrow('There are no `bars`; give a BarRanges to MarketData');
  });
});
