import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kind } from '../../../src/cache/kind/kind.ts';
import { type LoadedOptions, loaded } from '../../../src/cache/kind/loaded.ts';
import { createCache } from '../../../src/create-cache.ts';
import { ConfigError, LoadError, RefusedError } from '../../../src/errors.ts';
import { hinted } from '../../../src/lifetime/hinted.ts';
import { fixed, type LifetimeSubject } from '../../../src/lifetime/lifetime.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';

interface Quote {
  readonly price: number;
  readonly asOf: number;
}

const quote = (price: number, asOf = 1): Quote => ({ price, asOf });

/** What the kind's lifetime and its doubts were told. */
let subjects: LifetimeSubject<string, Quote>[];
let clock: FakeClock;

function opened() {
  return createCache({
    kinds: {
      quote: kind<string, Quote>({
        lifetime: hinted((subject) => {
          subjects.push(subject);
          return fixed('5s', '1m')(subject as LifetimeSubject);
        }),
        order: ({ asOf }) => asOf,
        tags: (symbol) => [`sym:${symbol}`],
        refuse: ({ price }, { previous }) => {
          if (!(price > 0)) return `a price of ${price}`;
          return previous && price > previous.value.price * 10 ? 'ten times the last price' : undefined;
        },
      }),
    },
    clock,
  });
}

let cache: ReturnType<typeof opened>;
beforeEach(() => {
  subjects = [];
  clock = new FakeClock();
  cache = opened();
});
afterEach(() => cache.close());

describe('what a source tells of a value comes with it', () => {
  const told: LoadedOptions = { maxAge: '30s', source: 'binance', eventAt: 7, tags: ['venue:X'] };
  const expected = { value: quote(5), source: 'binance', eventAt: 7, tags: ['venue:X'], why: 'its source holds it fresh for 30 s' };

  test('from a loader of one', async () => {
    await cache.quote.getOrLoad('AAPL', async () => loaded(quote(5), told));
    const entry = await cache.quote.entry('AAPL');
    expect(entry).toMatchObject(expected);
    expect((entry?.staleAt ?? 0) - (entry?.askedAt ?? 0)).toBe(30_000);
    expect(subjects[0]).toMatchObject({ hintMs: 30_000, source: 'binance', eventAt: 7, key: 'AAPL' });
  });

  test('from a loader of many, of each value by itself', async () => {
    const answers = await cache.quote.getOrLoadMany(['AAPL', 'MSFT', 'IBM', 'X'], () => {
      return new Map<string, Quote | Error | ReturnType<typeof loaded<Quote>>>([
        ['AAPL', loaded(quote(5), told)],
        ['MSFT', quote(6)],
        ['IBM', loaded(quote(7), { lifetime: { ttl: '1h', grace: '1d' }, keep: false })],
        ['X', new Error('unknown')],
      ]);
    });
    expect([...answers.values()].map(({ price }) => price)).toEqual([5, 6, 7]);
    expect(answers.errors.get('X')).toBeInstanceOf(LoadError);
    expect(await cache.quote.entry('AAPL')).toMatchObject(expected);
    expect(await cache.quote.entry('MSFT')).toMatchObject({ source: undefined, tags: ['sym:MSFT'] });
    expect(await cache.quote.entry('IBM')).toBeUndefined();
    expect(cache.stats().kinds['quote']?.fenced).toBe(1);
  });

  test('before what the verbs of the context say', async () => {
    await cache.quote.getOrLoad('AAPL', ({ setSource, setLifetime }) => {
      setSource('verb');
      setLifetime('2s');
      return loaded(quote(5), { source: 'told' });
    });
    expect(await cache.quote.entry('AAPL')).toMatchObject({ source: 'told', why: 'set by the loader' });
  });

  test('that a stale value is still true is told for each of many', async () => {
    await cache.quote.setMany([
      ['AAPL', quote(5)],
      ['MSFT', quote(6)],
    ]);
    await clock.advance(5_001);
    const answers = await cache.quote.getOrLoadMany(
      ['AAPL', 'MSFT', 'NEW'],
      (keys, { notModified }) => {
        expect(keys).toEqual(['AAPL', 'MSFT', 'NEW']);
        expect(() => notModified('NEW')).toThrow('There is no stale value that could be unmodified');
        return new Map([
          ['AAPL', notModified('AAPL', { source: 'etag' })],
          ['MSFT', loaded(quote(8, 2))],
        ]);
      },
      { allowStale: false },
    );
    expect(answers.get('AAPL')).toEqual(quote(5));
    expect(answers.get('MSFT')).toEqual(quote(8, 2));
    expect(await cache.quote.entry('AAPL')).toMatchObject({ ageMs: 0, source: 'etag', tags: ['sym:AAPL'] });
  });

  test.each<[LoadedOptions, string]>([
    [{ eventAt: Number.NaN }, '`eventAt` is NaN'],
    [{ tags: 'AAPL' as never }, '`tags` is no list'],
    [{ keep: 'no' as never }, '`keep` is no; give true or false'],
    [{ maxAge: 'soon' as never }, '`maxAge`'],
    [{ ttl: '5s' } as never, 'knows no "ttl"'],
  ])('%j is refused', (options, says) => {
    expect(() => loaded(1, options)).toThrow(ConfigError);
    expect(() => loaded(1, options)).toThrow(says);
  });
});

describe('a value that its kind does not believe', () => {
  test('is kept nowhere when it is loaded: what was there stands in', async () => {
    await cache.quote.set('AAPL', quote(5));
    await clock.advance(5_001);
    expect(await cache.quote.getOrLoad('AAPL', () => quote(0, 2))).toEqual(quote(5));
    await clock.advance(60_000);
    const refused = cache.quote.getOrLoad('AAPL', () => quote(Number.NaN, 3));
    await expect(refused).rejects.toThrow('Loading "quote:AAPL" failed: The value of "quote:AAPL" was refused: a price of NaN');
    await expect(refused).rejects.toMatchObject({ code: 'ERR_LOAD', cause: expect.any(RefusedError) });
    expect(cache.stats().kinds['quote']).toMatchObject({ refused: 2, loadErrors: 2 });
  });

  test('fails alone among many', async () => {
    const answers = await cache.quote.getOrLoadMany(
      ['A', 'B'],
      () =>
        new Map([
          ['A', quote(-1)],
          ['B', quote(2)],
        ]),
    );
    expect([answers.get('B'), answers.errors.get('A')]).toEqual([quote(2), expect.any(LoadError)]);
  });

  test('is refused when it is written, and leaves what is there', async () => {
    await cache.quote.set('AAPL', quote(5));
    await expect(cache.quote.set('AAPL', quote(51, 2))).rejects.toMatchObject({
      code: 'ERR_REFUSED',
      key: 'quote:AAPL',
      reason: 'ten times the last price',
    });
    expect(cache.quote.peek('AAPL')).toEqual(quote(5));
    await expect(
      cache.quote.setMany([
        ['MSFT', quote(1)],
        ['AAPL', quote(0)],
      ]),
    ).rejects.toBeInstanceOf(RefusedError);
    expect(cache.quote.peek('MSFT')).toBeUndefined();
  });
});

test('a lifetime sees the value whose place is taken, and how long that lived', async () => {
  const seen: unknown[] = [];
  const watching = createCache({
    kinds: {
      quote: kind<string, Quote>({
        lifetime: ({ previous }) => {
          seen.push(previous);
          return { ttlMs: 5_000, graceMs: 0, why: '' };
        },
        order: ({ asOf }) => asOf,
      }),
    },
    clock,
  });
  await watching.quote.set('AAPL', quote(5, 10));
  await clock.advance(2_000);
  await watching.quote.set('AAPL', quote(6, 11));
  expect(seen).toEqual([undefined, { value: quote(5, 10), eventAt: 10, ageMs: 2_000, ttlMs: 5_000 }]);
  await watching.close();
});
