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

  test('knows keys that are lists or records by what they hold, not by which object they are', async () => {
    const bars = kind<readonly [string, string], string>({
      loadMany: async (keys) => new Map(keys.map(([symbol, interval]) => [[symbol, interval] as const, symbol + interval])),
    });
    const cache = createCache({ kinds: { bars } });
    const batch = await cache.bars.getOrLoadMany([
      ['AAPL', '1d'],
      ['MSFT', '1m'],
    ]);
    expect([...batch.values()]).toEqual(['AAPL1d', 'MSFT1m']);
    expect(await cache.bars.getOrLoad(['SPY', '1h'])).toBe('SPY1h');
    await expect(cache.bars.getOrLoad(['SPY', '1h'])).resolves.toBe('SPY1h');
  });

  test('fails one key alone when what its kind says of it throws', async () => {
    const tags = (key: string): string[] => {
      if (key === 'b') throw new RangeError('no such symbol');
      return [];
    };
    const cache = createCache({ kinds: { k: kind<string, number>({ tags }) } });
    const batch = await cache.k.getOrLoadMany(['a', 'b'], async (keys) => new Map(keys.map((key) => [key, 1])));
    expect([...batch.keys()]).toEqual(['a']);
    expect(batch.errors.get('b')?.message).toContain('no such symbol');
  });

  test('delivers and does not store what was invalidated meanwhile, and fails when the cache is closed', async () => {
    const { cache } = quoteCache();
    const source = gate();
    const load = async (keys: readonly string[]): Promise<Map<string, Quote>> => {
      await source.promise;
      return new Map(keys.map((key) => [key, { price: 1, asOf: 0 }]));
    };
    const reading = cache.quote.entriesOrLoad(['A', 'B'], load);
    await settle();
    await cache.quote.delete('A');
    source.open();
    expect((await reading).size).toBe(2);
    expect([cache.quote.peek('A'), cache.quote.peek('B')]).toEqual([undefined, { price: 1, asOf: 0 }]);

    let signal: AbortSignal | undefined;
    const hanging = cache.quote.entriesOrLoad(['C'], (_, context) => {
      signal = context.signal;
      return new Promise(() => {});
    });
    await settle();
    const begunTooLate = cache.quote.entriesOrLoad(['D'], async () => new Map());
    await cache.close();
    expect((await begunTooLate).errors.get('D')?.code).toBe('ERR_CLOSED');
    expect((await hanging).errors.get('C')?.code).toBe('ERR_CLOSED');
    expect(signal?.aborted).toBe(true);
  });

  test('tells a reader by many of what is older than it wants', async () => {
    const { cache, clock } = quoteCache();
    await cache.quote.set('AAPL', { price: 1, asOf: 0 });
    await clock.advance(SECOND);
    const answer = await cache.quote.getMany(['AAPL', 'MSFT'], { maxAge: '500ms' });
    expect([answer.size, answer.errors.get('AAPL')?.message]).toEqual([0, expect.stringContaining('1000 ms old')]);
    const whole = await cache.getMany(['quote:AAPL'], { maxAge: '500ms' });
    expect([...whole.errors.keys()]).toEqual(['quote:AAPL']);
  });

  test('passes what is stale by whole keys, and fails one key that its many-loader fails', async () => {
    const { cache, clock } = quoteCache();
    await cache.quote.set('AAPL', { price: 1, asOf: 0 });
    await clock.advance(6 * SECOND);
    let known: unknown;
    await cache.getOrLoadMany(['quote:AAPL'], async (keys, { stale }) => {
      known = [...stale.keys()];
      return new Map(keys.map((key) => [key, { price: 2, asOf: 0 }]));
    });
    expect(known).toEqual(['quote:AAPL']);
    const failing = createCache({
      kinds: { k: kind<string, number>({ loadMany: (keys) => new Map(keys.map((key) => [key, new Error('delisted')])) }) },
    });
    await expect(failing.k.getOrLoad('x')).rejects.toThrow('delisted');
  });

  test('lets go of what a many-loader brings after its deadline', async () => {
    const { cache, clock } = quoteCache();
    const source = gate();
    const reading = cache.quote.getOrLoadMany(['A'], async (keys) => {
      await source.promise;
      return new Map(keys.map((key) => [key, { price: 1, asOf: 0 }]));
    });
    await clock.advance(30 * SECOND);
    expect((await reading).errors.get('A')?.code).toBe('ERR_LOAD_TIMEOUT');
    source.open();
    await settle();
    expect(cache.quote.peek('A')).toBeUndefined();
  });

  test('needs a many-loader', async () => {
    const { cache } = quoteCache();
    await expect(cache.quote.getOrLoadMany(['A'])).rejects.toThrow('Kind "quote" has no `loadMany`');
  });

  test('refuses promises in the place of values', async () => {
    const cache = createCache({ kinds: SQUARES });
    const answer = await cache.square.getOrLoadMany([1], (async () => new Map([[1, Promise.resolve(1)]])) as never);
    expect(answer.errors.get(1)?.message).toContain('answered with a promise for a value');
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
    expect(new Map(await cache.getMany(['quote:AAPL', 'note', 'nothing']))).toEqual(
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
    await cache.set('note', 'again');
    expect(await cache.touch('note', '1h')).toBe(true);
    expect(await cache.get('note')).toBe('again');
    expect(await cache.entry('note')).toMatchObject({ value: 'again', why: 'fresh for 1 h' });
    await cache.delete('note');
    expect(await cache.get('note')).toBeUndefined();
    expect([...cache.kinds.keys()]).toEqual(['quote']);
    expect(cache.name).toBe('cache');
    const failing = await cache.getOrLoadMany(['quote:X'], async () => Promise.reject(new Error('down')));
    expect([...failing.errors.keys()]).toEqual(['quote:X']);
  });
});
