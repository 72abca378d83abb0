import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCache } from '../../../src/create-cache.ts';
import { ConfigError, KeyError, RefusedError } from '../../../src/errors.ts';
import { MarketKinds, type MarketKindsOptions } from '../../../src/market/kinds/market-kinds.ts';
import type { Quote } from '../../../src/market/quote.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/time/duration.ts';

const at = (text: string): number => Date.parse(text);
const OPEN = at('2026-11-24T17:00:00Z');
const CLOSED = at('2026-11-28T17:00:00Z');

let cache: ReturnType<typeof open>['cache'];
afterEach(() => cache.close());

function open(now: number, options: MarketKindsOptions = {}) {
  const clock = new FakeClock(now);
  const kinds = new MarketKinds(options);
  const opened = createCache({
    kinds: { quote: kinds.kind('quote'), news: kinds.kind('news'), fundamentals: kinds.kind('fundamentals'), chunks: kinds.barChunks() },
    clock,
    random: () => 0,
  });
  cache = opened as never;
  const quote = (price: number, asOf = clock.now()): Quote => ({ symbol: 'x', price, asOf, source: 'test' });
  /** How long a value that is written now is fresh. */
  const ttlOf = async (key: string, price = 100): Promise<number> => {
    await opened.quote.set(key, quote(price));
    const { staleAt, askedAt } = (await opened.quote.entry(key)) ?? { staleAt: 0, askedAt: 0 };
    return staleAt - askedAt;
  };
  return { clock, kinds, cache: opened, quote, ttlOf };
}

describe('the lifetime of a quote', () => {
  test.each([
    ['AAPL', OPEN, 5 * SECOND],
    ['AAPL', at('2026-11-24T10:00:00Z'), 15 * SECOND],
    ['AAPL', CLOSED, at('2026-11-30T09:00:00Z') - CLOSED],
    ['^GSPC', at('2026-11-24T10:00:00Z'), at('2026-11-24T14:30:00Z') - at('2026-11-24T10:00:00Z')],
    ['7203.XTKS', CLOSED, at('2026-11-30T00:00:00Z') - CLOSED],
    ['BTC-USD', CLOSED, 5 * SECOND],
    ['EURUSD', CLOSED, at('2026-11-29T22:00:00Z') - CLOSED],
  ])('of %s at %d is %d ms', async (text, now, ttlMs) => {
    const { ttlOf, kinds } = open(now);
    expect(await ttlOf(kinds.idOf(text))).toBe(ttlMs);
  });

  test('is shorter the more its price moves, and longer the less', async () => {
    const { clock, ttlOf } = open(OPEN);
    for (let step = 0; step < 60; step += 1) {
      await ttlOf('MSFT', 100 * (1 + 0.002 * (step % 2)));
      await ttlOf('IBM', 100 + step * 1e-4);
      await clock.advance(20 * SECOND);
    }
    expect(await ttlOf('MSFT', 100)).toBe(SECOND);
    expect(await ttlOf('IBM', 100.006)).toBe(30 * SECOND);
  });

  test('is coarse where that is asked for, and goes by what the feed can tell', async () => {
    expect(await open(OPEN, { preset: 'coarse' }).ttlOf('AAPL')).toBe(5 * MINUTE);
    await cache.close();
    expect(await open(CLOSED, { preset: 'coarse' }).ttlOf('AAPL')).toBe(20 * MINUTE);
    await cache.close();
    const late = at('2026-11-24T14:40:00Z');
    expect(await open(late, { lagOf: ({ venue }) => (venue === 'XLON' ? '20m' : 0) }).ttlOf('^GSPC')).toBe(5 * SECOND);
    await cache.close();
    expect(await open(late, { lagOf: () => '20m' }).ttlOf('^GSPC')).toBe(10 * MINUTE);
  });

  test('of a venue without a calendar is that of regular hours', async () => {
    expect(await open(CLOSED).ttlOf('ABC.XEUR')).toBe(5 * SECOND);
  });
});

test('news and fundamentals live by night and by day, longer at weekends', async () => {
  const { cache: opened } = open(CLOSED);
  await opened.news.set('AAPL', ['headline']);
  await opened.fundamentals.set('AAPL', { asOf: CLOSED - DAY });
  const [news, fundamentals] = [await opened.news.entry('AAPL'), await opened.fundamentals.entry('AAPL')];
  expect([news, fundamentals].map((entry) => (entry?.staleAt ?? 0) - (entry?.askedAt ?? 0))).toEqual([15 * MINUTE, 48 * HOUR]);
});

describe('an entry', () => {
  let opened: ReturnType<typeof open>;
  beforeEach(() => {
    opened = open(OPEN);
  });

  test('bears the tags of its instrument, its kind and its venue', async () => {
    await opened.cache.quote.set('VOD.XLON', opened.quote(80));
    expect((await opened.cache.quote.entry('VOD.XLON'))?.tags).toEqual(['kind:quote', 'sym:VOD.XLON', 'venue:XLON']);
  });

  test('is in order of event time', async () => {
    await opened.cache.quote.set('AAPL', opened.quote(200, OPEN));
    expect(await opened.cache.quote.set('AAPL', opened.quote(201, OPEN - SECOND))).toBe(false);
  });

  test('that cannot be true is refused, with the reason', async () => {
    await expect(opened.cache.quote.set('AAPL', opened.quote(-1))).rejects.toBeInstanceOf(RefusedError);
    expect(opened.kinds.quarantine.judgedCount).toBe(1);
  });

  test('of adjusted bars has a tag of its own', async () => {
    const chunk = { instants: new Float64Array(), columns: [], known: [] };
    await opened.cache.chunks.set('AAPL:1d:adjusted:0', chunk);
    await opened.cache.chunks.set('AAPL:1d:0', chunk);
    const tags = async (key: string) => (await opened.cache.chunks.entry(key))?.tags.includes('adjusted:AAPL');
    expect([await tags('AAPL:1d:adjusted:0'), await tags('AAPL:1d:0')]).toEqual([true, false]);
  });
});

test('texts are read once, and what means nothing is said so', () => {
  const { kinds } = open(OPEN);
  expect(kinds.instrument('brk-b')).toBe(kinds.instrument('brk-b'));
  expect(kinds.idOf('brk-b')).toBe('BRK.B');
  expect(() => kinds.idOf('??')).toThrow(KeyError);
});

test.each([
  [() => new MarketKinds({ preset: 'fine' as never }), '`preset` is "fine"; give market or coarse'],
  [() => new MarketKinds({ lagOf: 5 as never }), '`lagOf` is a number; give a function of an instrument'],
  [() => new MarketKinds({ lag: 5 } as never), 'knows no "lag"'],
  [() => new MarketKinds().kind('bars' as never), '"bars" is no kind of data of single instruments; there are quote, trade'],
])('%s is refused', (make, says) => {
  open(OPEN);
  expect(make).toThrow(ConfigError);
  expect(make).toThrow(says);
});
