import { describe, expect, test } from 'vitest';
import { createCache, kind } from '../../../src/index.ts';
import { settle } from '../../../src/testing/fake-clock.ts';
import { SECOND } from '../../../src/time/duration.ts';
import { Feed, gate, QUOTES, type Quote, quoteCache } from '../quotes.ts';

const TAGGED = { quote: kind<string, Quote>({ lifetime: { ttl: '5s', grace: '1m' }, tags: (symbol) => [`sym:${symbol}`] }) };
const OLD: Quote = { price: 100, asOf: 0 };
const NEW: Quote = { price: 200, asOf: 0 };

describe('a load begun before an invalidation is delivered, and never stored', () => {
  const invalidations: Record<string, (cache: ReturnType<typeof quoteCache>['cache']) => Promise<unknown>> = {
    'by key': (cache) => cache.invalidate({ key: 'quote:AAPL' }),
    'by keys': (cache) => cache.invalidate({ keys: ['quote:MSFT', 'quote:AAPL'] }),
    'by delete': (cache) => cache.quote.delete('AAPL'),
    'by tag': (cache) => cache.invalidate({ tag: 'sym:AAPL' }),
    'by tags': (cache) => cache.invalidate({ tags: ['sym:MSFT', 'sym:AAPL'] }),
    'by pattern': (cache) => cache.invalidate({ pattern: 'quote:A*' }),
    'by clear': (cache) => cache.clear(),
    'by expire': (cache) => cache.expire({ key: 'quote:AAPL' }),
    'by expired tag': (cache) => cache.expire({ tag: 'sym:AAPL' }),
    'by a newer write': (cache) => cache.quote.set('AAPL', NEW),
  };
  test.each(Object.entries(invalidations))('%s', async (_, invalidate) => {
    const { cache } = quoteCache({ kinds: TAGGED });
    const source = gate<Quote>();
    const before = cache.quote.getOrLoad('AAPL', () => source.promise);
    await settle();
    await invalidate(cache);
    source.open(OLD);
    await expect(before).resolves.toBe(OLD);
    expect(cache.quote.peek('AAPL')).not.toBe(OLD);
    expect(cache.stats().kinds['quote']?.fenced).toBe(1);
  });
});

describe('a reader that comes after an invalidation', () => {
  test.each([
    ['key', { key: 'quote:AAPL' }],
    ['tag', { tag: 'sym:AAPL' }],
    ['pattern', { pattern: 'quote:*' }],
  ] as const)('does not take what a load begun before it brings (by %s)', async (_, selector) => {
    const { cache } = quoteCache({ kinds: TAGGED });
    const source = gate<Quote>();
    const before = cache.quote.getOrLoad('AAPL', () => source.promise);
    await settle();
    await cache.invalidate(selector);
    const after = cache.quote.getOrLoad('AAPL', async () => NEW);
    await settle();
    source.open(OLD);
    await expect(before).resolves.toBe(OLD);
    await expect(after).resolves.toBe(NEW);
    expect(cache.quote.peek('AAPL')).toBe(NEW);
  });

  test('of another tag waits for the load that is under way', async () => {
    const { cache } = quoteCache({ kinds: TAGGED });
    const source = gate<Quote>();
    let calls = 0;
    const load = (): Promise<Quote> => {
      calls += 1;
      return source.promise;
    };
    void cache.quote.getOrLoad('AAPL', load);
    await cache.invalidate({ tag: 'sym:MSFT' });
    const after = cache.quote.getOrLoad('AAPL', load);
    source.open(OLD);
    await after;
    expect(calls).toBe(1);
  });
});

describe('the order of events', () => {
  const ORDERED = { quote: kind<string, Quote>({ lifetime: { ttl: '5s', grace: '1m' }, order: (quote) => quote.asOf }) };

  test('an older event never replaces a newer one, written or loaded', async () => {
    const { cache, clock } = quoteCache({ kinds: ORDERED });
    expect(await cache.quote.set('AAPL', { price: 2, asOf: 2_000 })).toBe(true);
    expect(await cache.quote.set('AAPL', { price: 1, asOf: 1_000 })).toBe(false);
    expect(cache.quote.peek('AAPL')).toMatchObject({ price: 2 });

    await clock.advance(6 * SECOND);
    const answer = await cache.quote.getOrLoad('AAPL', async () => ({ price: 1, asOf: 1_000 }));
    expect(answer).toMatchObject({ price: 2 });
    expect(await cache.quote.set('AAPL', { price: 3, asOf: 3_000 })).toBe(true);
    expect(cache.stats().kinds['quote']?.outdated).toBe(2);
  });

  test('a source that is behind is left alone for a while', async () => {
    const { cache, clock } = quoteCache({ kinds: ORDERED });
    await cache.quote.set('AAPL', { price: 2, asOf: 2_000 });
    await clock.advance(6 * SECOND);
    let calls = 0;
    const lagging = async (): Promise<Quote> => {
      calls += 1;
      return { price: 1, asOf: 1_000 };
    };
    for (let read = 0; read < 10; read += 1) await cache.quote.getOrLoad('AAPL', lagging);
    expect(calls).toBe(1);
  });

  test('an event time that is no number orders nothing', async () => {
    const { cache } = quoteCache({ kinds: ORDERED });
    await cache.quote.set('AAPL', { price: 2, asOf: 2_000 });
    expect(await cache.quote.set('AAPL', { price: 1, asOf: Number.NaN })).toBe(true);
    expect(await cache.quote.entry('AAPL')).toMatchObject({ value: { price: 1 }, eventAt: undefined });
  });
});

describe('invalidation', () => {
  test('by tag touches the entries that carry it, and those written later not', async () => {
    const { cache } = quoteCache({ kinds: TAGGED });
    await cache.quote.set('AAPL', OLD);
    await cache.quote.set('MSFT', OLD);
    await cache.set('note', 'about AAPL', { tags: ['sym:AAPL'] });
    await cache.invalidate({ tag: 'sym:AAPL' });
    expect(cache.quote.peek('AAPL')).toBeUndefined();
    expect(cache.peek('note')).toBeUndefined();
    expect(cache.quote.peek('MSFT')).toBe(OLD);
    await cache.quote.set('AAPL', NEW);
    expect(cache.quote.peek('AAPL')).toBe(NEW);
  });

  test('by pattern matches keys as people write them', async () => {
    const { cache } = quoteCache();
    await cache.quote.set('AAPL', OLD);
    await cache.quote.set('AMZN', OLD);
    await cache.set('quotation', 1);
    await cache.invalidate({ pattern: 'quote:AA*' });
    expect(await cache.keys()).toEqual(['quotation', 'quote:AMZN']);
    await cache.invalidate({ pattern: 'quot*' });
    expect(await cache.keys()).toEqual([]);
  });

  test('expire keeps the value to stand in for its grace', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock);
    await cache.quote.getOrLoad('AAPL', feed.load);
    await cache.expire({ pattern: 'quote:*' });
    expect(cache.quote.peek('AAPL')).toBeUndefined();
    feed.error = new Error('feed is down');
    await clock.advance(60 * SECOND - 1);
    await expect(cache.quote.getOrLoad('AAPL', feed.load)).resolves.toMatchObject({ price: 100 });
    await clock.advance(1);
    await expect(cache.quote.getOrLoad('AAPL', feed.load)).rejects.toThrow('feed is down');
  });

  test('of one key by its kind makes it stale, or removes it', async () => {
    const { cache } = quoteCache();
    await cache.quote.set('AAPL', OLD);
    await cache.quote.expire('AAPL');
    expect(await cache.quote.entry('AAPL')).toMatchObject({ outcome: 'stale' });
    await cache.quote.delete('AAPL');
    expect(await cache.quote.entry('AAPL')).toBeUndefined();
  });

  test('fences a value that carries a tag invalidated while it was loaded', async () => {
    const { cache } = quoteCache();
    const source = gate<Quote>();
    const tagged = createCache({ kinds: { k: kind<string, Quote>({ lifetime: '1h', tags: (_, quote) => [`p${quote.price}`] }) } });
    const read = tagged.k.getOrLoad('x', () => source.promise);
    await settle();
    await tagged.invalidate({ tag: 'p100' });
    source.open(OLD);
    expect(await read).toBe(OLD);
    expect(tagged.k.peek('x')).toBeUndefined();
    await cache.close();
  });

  test('tells what to give when a selector is wrong', async () => {
    const { cache } = quoteCache();
    for (const wrong of [{}, { key: 1 }, { key: 'a', tag: 'b' }, undefined, { keys: 'a' }]) {
      await expect(cache.invalidate(wrong as never)).rejects.toThrow('A selector has one of key, keys, tag, tags, pattern');
    }
  });
});

describe('namespaces', () => {
  test('share nothing that can be seen', async () => {
    const { cache } = quoteCache();
    const eu = cache.namespace('eu');
    await cache.quote.set('SAP', OLD);
    await eu.quote.set('SAP', NEW, { tags: ['t'] });
    await cache.set('x', 1, { tags: ['t'] });
    await cache.invalidate({ tag: 't' });
    await cache.invalidate({ pattern: '*' });
    expect(cache.quote.peek('SAP')).toBeUndefined();
    expect(eu.quote.peek('SAP')).toBe(NEW);
    await cache.clear();
    expect(eu.quote.peek('SAP')).toBe(NEW);
    expect(cache.namespace('eu')).toBe(eu);
    expect(eu.stats().namespace).toBe('main/eu');
  });
});

describe('isolation', () => {
  const value = { prices: [1, 2, 3] };
  const cacheOf = (isolation: 'reference' | 'freeze' | 'clone') =>
    createCache({ kinds: { data: kind<string, { prices: number[] }>({ isolation }) } });

  test('by reference hands out the value itself', async () => {
    const cache = cacheOf('reference');
    await cache.data.set('a', value);
    expect(cache.data.peek('a')).toBe(value);
  });

  test('by freeze lets nobody change it', async () => {
    const cache = cacheOf('freeze');
    const loaded = await cache.data.getOrLoad('a', async () => ({ prices: [1, 2, 3] }));
    expect(() => loaded.prices.push(4)).toThrow(TypeError);
  });

  test('by clone keeps what one reader does from all others', async () => {
    const cache = cacheOf('clone');
    const mine = { prices: [1, 2, 3] };
    await cache.data.set('a', mine);
    mine.prices.push(4);
    (await cache.data.get('a'))?.prices.push(5);
    cache.data.peek('a')?.prices.push(6);
    const [one, two] = await Promise.all([
      cache.data.getOrLoad('b', async () => ({ prices: [1] })),
      cache.data.getOrLoad('b', async () => ({ prices: [1] })),
    ]);
    one.prices.push(7);
    expect(two).toEqual({ prices: [1] });
    expect(cache.data.peek('a')).toEqual({ prices: [1, 2, 3] });
  });
});

test('a cache refuses a kind that would hide one of its members', () => {
  expect(() => createCache({ kinds: { stats: kind() } })).toThrow('A kind cannot be named "stats"');
  expect(() => createCache({ kinds: { 'a:b': kind() } })).toThrow('cannot name a kind');
  expect(Object.keys(createCache({ kinds: QUOTES }))).toEqual(['quote']);
});
