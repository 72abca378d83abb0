import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Batch, createCache, kind, LoadError } from '../../../src/index.ts';
import { settle } from '../../../src/testing/fake-clock.ts';
import { SECOND } from '../../../src/time/duration.ts';
import { Feed, gate, type Quote, quoteCache } from '../quotes.ts';

/** A source of squares that says which keys it was asked, call by call. */
function squares(): { asked: number[][]; load: (keys: readonly number[]) => Promise<Map<number, number>> } {
  const asked: number[][] = [];
  return {
    asked,
    load: async (keys) => {
      asked.push([...keys]);
      return new Map(keys.map((key) => [key, key * key]));
    },
  };
}

const SQUARES = { square: kind<number, number>({ lifetime: '5s', batchSize: 3 }) };

describe('getMany', () => {
  test('answers with what is fresh, and loads nothing', async () => {
    const { cache, clock } = quoteCache();
    await cache.quote.set('AAPL', { price: 1, asOf: 0 });
    await clock.advance(3 * SECOND);
    await cache.quote.set('MSFT', { price: 2, asOf: 0 });
    expect([...(await cache.quote.getMany(['AAPL', 'MSFT', 'NOPE'])).keys()]).toEqual(['AAPL', 'MSFT']);
    await clock.advance(3 * SECOND);
    expect([...(await cache.quote.getMany(['AAPL', 'MSFT'])).keys()]).toEqual(['MSFT']);
    expect((await cache.quote.getMany(['AAPL', 'MSFT'], { allowStale: true })).size).toBe(2);
    expect(cache.stats().total.requests).toBe(7);
  });
});

describe('getOrLoadMany', () => {
  test('asks for all that is missing in one call, split to the size the source takes', async () => {
    const cache = createCache({ kinds: SQUARES });
    const source = squares();
    await cache.square.set(2, 4);
    const answer = await cache.square.getOrLoadMany([1, 2, 3, 4, 5, 1], source.load);
    expect(source.asked).toEqual([[1, 3, 4], [5]]);
    expect(answer).toEqual(expect.objectContaining({ size: 5 }));
    expect(answer.get(5)).toBe(25);
    expect(answer.errors.size).toBe(0);
  });

  test('fails the keys that failed, and those alone', async () => {
    const cache = createCache({ kinds: SQUARES });
    const answer = await cache.square.getOrLoadMany(
      [1, 2, 3],
      async () =>
        new Map<number, number | Error>([
          [1, 1],
          [2, new Error('delisted')],
        ]),
    );
    expect([...answer]).toEqual([[1, 1]]);
    expect([...answer.errors.keys()]).toEqual([2]);
    expect(answer.errors.get(2)).toBeInstanceOf(LoadError);
    expect(answer.errors.get(2)?.message).toBe('Loading "square:2" failed: delisted');
    expect(await cache.square.entry(3)).toMatchObject({ isNegative: true });
  });

  test('fails every key of a call that failed, and lets stale values stand in', async () => {
    const { cache, clock } = quoteCache();
    await cache.quote.set('AAPL', { price: 1, asOf: 0 });
    await clock.advance(6 * SECOND);
    const answer = await cache.quote.getOrLoadMany(['AAPL', 'MSFT'], async () => Promise.reject(new Error('feed is down')));
    expect([...answer.keys()]).toEqual(['AAPL']);
    expect([...answer.errors.keys()]).toEqual(['MSFT']);
  });

  test('tells the source what it has, past its freshness', async () => {
    const { cache, clock } = quoteCache();
    await cache.quote.set('AAPL', { price: 1, asOf: 0 });
    await clock.advance(6 * SECOND);
    let known: ReadonlyMap<string, Quote> | undefined;
    await cache.quote.getOrLoadMany(['AAPL', 'MSFT'], async (keys, { stale }) => {
      known = stale;
      return new Map(keys.map((key) => [key, { price: 2, asOf: 0 }]));
    });
    expect(known).toEqual(new Map([['AAPL', { price: 1, asOf: 0 }]]));
  });

  test('refuses an answer that is no map', async () => {
    const cache = createCache({ kinds: SQUARES });
    const answer = await cache.square.getOrLoadMany([1], (async () => [1]) as never);
    expect(answer.errors.get(1)?.message).toContain('A many-loader must answer with a Map');
  });

  test('shares loads with other batches and with single reads, key by key', async () => {
    const { cache, clock } = quoteCache();
    const source = gate<void>();
    const asked: string[][] = [];
    const loadMany = async (keys: readonly string[]): Promise<Map<string, Quote>> => {
      asked.push([...keys]);
      await source.promise;
      return new Map(keys.map((key) => [key, { price: 7, asOf: 0 }]));
    };
    const feed = new Feed(clock);
    const one = cache.quote.getOrLoadMany(['A', 'B'], loadMany);
    const two = cache.quote.getOrLoadMany(['B', 'C'], loadMany);
    await settle();
    const three = cache.quote.getOrLoad('C', feed.load);
    source.open();
    expect((await one).size).toBe(2);
    expect((await two).size).toBe(2);
    expect(await three).toMatchObject({ price: 7 });
    expect(asked).toEqual([['A', 'B'], ['C']]);
    expect(feed.calls).toBe(0);
  });

  test('has all that is known of each value, if that is asked', async () => {
    const { cache, clock } = quoteCache();
    await cache.quote.set('AAPL', { price: 1, asOf: 0 }, { source: 'alpaca' });
    await clock.advance(SECOND);
    const answer = await cache.quote.entriesOrLoad(
      ['AAPL', 'MSFT'],
      async (keys) => new Map(keys.map((key) => [key, { price: 2, asOf: 0 }])),
    );
    expect(answer.get('AAPL')).toMatchObject({ outcome: 'hit', tier: 'memory', ageMs: SECOND, source: 'alpaca' });
    expect(answer.get('MSFT')).toMatchObject({ outcome: 'miss', tier: 'source', ageMs: 0 });
  });

  test('loads each key once, over any overlapping batches at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { size: 'max', maxLength: 40 }), { size: 'max', maxLength: 12 }),
        async (scheduler, batches) => {
          const cache = createCache({ kinds: SQUARES });
          const loaded: number[] = [];
          const load = async (keys: readonly number[]): Promise<Map<number, number>> => {
            loaded.push(...keys);
            await scheduler.schedule(Promise.resolve());
            return new Map(keys.map((key) => [key, key * key]));
          };
          const answers: Promise<Batch<number, number>>[] = batches.map((keys) => cache.square.getOrLoadMany(keys, load));
          await scheduler.waitFor(Promise.all(answers));
          for (const [at, answer] of answers.entries()) {
            const keys = new Set(batches[at]);
            expect(await answer).toEqual(expect.objectContaining({ size: keys.size }));
            for (const [key, value] of await answer) expect(value).toBe(key * key);
          }
          expect(new Set(loaded).size).toBe(loaded.length);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('whole keys', () => {
  test('lead to their kinds, and plain keys stand beside them', async () => {
    const { cache } = quoteCache();
    const quote = { price: 1, asOf: 0 };
    await cache.setMany([
      ['quote:AAPL', quote],
      ['note', 'plain'],
    ]);
    expect(cache.quote.peek('AAPL')).toBe(quote);
    expect(await cache.getMany(['quote:AAPL', 'note', 'nothing'])).toEqual(
      new Map<string, unknown>([
        ['quote:AAPL', quote],
        ['note', 'plain'],
      ]),
    );
    const asked: string[][] = [];
    const loaded = await cache.getOrLoadMany(['quote:MSFT', 'quote:AAPL', 'other'], async (keys) => {
      asked.push([...keys]);
      return new Map(keys.map((key) => [key, `loaded ${key}`]));
    });
    expect(asked).toEqual([['quote:MSFT'], ['other']]);
    expect(loaded.get('other')).toBe('loaded other');
    await cache.deleteMany(['quote:AAPL', 'note']);
    expect(await cache.has('quote:AAPL')).toBe(false);
    expect(await cache.has('note')).toBe(false);
  });
});
