import { describe, expect, test } from 'vitest';
import { ConfigError, createCache, kind, LoadError, LoadOverloadError, LoadTimeoutError, NotFreshError } from '../../../src/index.ts';
import { settle } from '../../../src/testing/fake-clock.ts';
import { SECOND } from '../../../src/time/duration.ts';
import { Feed, gate, type Quote, quoteCache } from '../quotes.ts';

describe('getOrLoad', () => {
  test('loads what is missing, and answers from memory until the TTL ends', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock);
    const quote = await cache.quote.getOrLoad('AAPL', feed.load);
    await clock.advance(5 * SECOND - 1);
    await expect(cache.quote.getOrLoad('AAPL', feed.load)).resolves.toBe(quote);
    expect(feed.calls).toBe(1);

    await clock.advance(1);
    await cache.quote.getOrLoad('AAPL', feed.load);
    expect(feed.calls).toBe(2);
  });

  test('asks the source once, however many ask at once', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock, 20);
    const answers = Promise.all(Array.from({ length: 1_000 }, () => cache.quote.getOrLoad('AAPL', feed.load)));
    await clock.advance(20);
    expect(new Set(await answers).size).toBe(1);
    expect(feed.calls).toBe(1);
    expect(cache.stats().kinds['quote']).toMatchObject({ misses: 1_000, joined: 999, loads: 1 });
  });

  test('serves a stale quote until its grace ends, when the feed is down', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock);
    const quote = await cache.quote.getOrLoad('AAPL', feed.load);
    feed.error = new Error('feed is down');

    await clock.advance(65 * SECOND - 1);
    await expect(cache.quote.getOrLoad('AAPL', feed.load)).resolves.toBe(quote);
    await clock.advance(1);
    await expect(cache.quote.getOrLoad('AAPL', feed.load)).rejects.toThrow(LoadError);
  });

  test('counts age from the asking, not from the answer', async () => {
    const { cache, clock } = quoteCache();
    const reading = cache.quote.entryOrLoad('AAPL', new Feed(clock, 3 * SECOND).load);
    await clock.advance(3 * SECOND);
    expect((await reading).ageMs).toBe(3 * SECOND);
    await clock.advance(2 * SECOND - 1);
    expect(cache.quote.peek('AAPL')).toBeDefined();
    await clock.advance(1);
    expect(cache.quote.peek('AAPL')).toBeUndefined();
  });

  test('keeps the error of the loader as the cause, and frees the key', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock);
    feed.error = new Error('403 Forbidden');
    const failure = await cache.quote.getOrLoad('AAPL', feed.load).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LoadError);
    expect(failure).toMatchObject({ code: 'ERR_LOAD', retryable: true, key: 'quote:AAPL', cause: feed.error });
    feed.error = undefined;
    await expect(cache.quote.getOrLoad('AAPL', feed.load)).resolves.toMatchObject({ price: 100 });
  });

  test('treats a loader that throws at once as one that rejects', async () => {
    const { cache } = quoteCache();
    const broken = (): Quote => {
      throw new TypeError('no such field');
    };
    await expect(cache.quote.getOrLoad('AAPL', broken)).rejects.toThrow('Loading "quote:AAPL" failed: no such field');
  });

  test('keeps `null` as a value', async () => {
    const { cache } = quoteCache();
    let calls = 0;
    const load = async (): Promise<null> => {
      calls += 1;
      return null;
    };
    expect(await cache.getOrLoad('halted', load)).toBeNull();
    expect(await cache.getOrLoad('halted', load)).toBeNull();
    expect(cache.peek('halted')).toBeNull();
    expect(calls).toBe(1);
  });

  test('remembers for a second that the source has nothing', async () => {
    const { cache, clock } = quoteCache();
    let calls = 0;
    const load = async (): Promise<Quote | undefined> => {
      calls += 1;
      return undefined;
    };
    expect(await cache.quote.getOrLoad('NOPE', load)).toBeUndefined();
    await clock.advance(SECOND - 1);
    expect(await cache.quote.getOrLoad('NOPE', load)).toBeUndefined();
    expect(await cache.quote.has('NOPE')).toBe(false);
    expect(calls).toBe(1);
    await clock.advance(1);
    await cache.quote.getOrLoad('NOPE', load);
    expect(calls).toBe(2);
  });

  test('says which option is missing when there is nothing to load with', async () => {
    const { cache } = quoteCache();
    await expect(cache.quote.getOrLoad('AAPL')).rejects.toThrow(
      new ConfigError('Kind "quote" has no `load`; give one to the kind or to this call'),
    );
  });

  test("uses the kind's own loader, or its many-loader for one key", async () => {
    const one = createCache({ kinds: { twice: kind<number, number>({ load: ({ key }) => key * 2 }) } });
    expect(await one.twice.getOrLoad(21)).toBe(42);
    const many = createCache({
      kinds: { twice: kind<number, number>({ loadMany: (keys) => new Map(keys.map((key) => [key, key * 2])) }) },
    });
    expect(await many.twice.getOrLoad(21)).toBe(42);
  });
});

describe('the soft deadline', () => {
  test('answers with the stale value, and lets the load finish behind', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock, SECOND);
    const first = cache.quote.getOrLoad('AAPL', feed.load);
    await clock.advance(SECOND);
    const old = await first;
    await clock.advance(5 * SECOND);

    feed.price = 101;
    const answer = cache.quote.entryOrLoad('AAPL', feed.load);
    await clock.advance(200);
    expect(await answer).toMatchObject({ value: old, outcome: 'stale' });
    await clock.advance(800);
    expect(cache.quote.peek('AAPL')).toMatchObject({ price: 101 });
    expect(clock.timerCount).toBe(2); // the sweep of memory, and its look at pressure
  });

  test('counts from the beginning of the load, so that later readers wait no longer', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock, SECOND);
    void cache.quote.getOrLoad('AAPL', feed.load);
    await clock.advance(6 * SECOND);
    const early = cache.quote.entryOrLoad('AAPL', feed.load);
    await clock.advance(250);
    expect((await early).outcome).toBe('stale');
    const late = cache.quote.entryOrLoad('AAPL', feed.load);
    await settle();
    expect((await late).outcome).toBe('stale');
  });
});

describe('the hard deadline', () => {
  test('aborts the load, rejects its readers, and frees the key', async () => {
    const { cache, clock } = quoteCache();
    let signal: AbortSignal | undefined;
    const hang = (context: { signal: AbortSignal }): Promise<Quote> => {
      signal = context.signal;
      return new Promise(() => {});
    };
    const read = cache.quote.getOrLoad('AAPL', hang);
    const refused = expect(read).rejects.toThrow(LoadTimeoutError);
    await clock.advance(30 * SECOND);
    await refused;
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toBeInstanceOf(LoadTimeoutError);
    await expect(cache.quote.getOrLoad('AAPL', new Feed(clock).load)).resolves.toMatchObject({ price: 100 });
    expect(cache.stats().kinds['quote']).toMatchObject({ loadTimeouts: 1, errors: 1, loadsRunning: 0 });
  });

  test('hides a loader that answers, or fails, too late', async () => {
    const { cache, clock } = quoteCache();
    const late = gate<Quote>();
    const read = cache.quote.getOrLoad('AAPL', () => late.promise).catch((error: unknown) => error);
    await clock.advance(30 * SECOND);
    expect(await read).toBeInstanceOf(LoadTimeoutError);
    late.open({ price: 1, asOf: 0 });
    await settle();
    expect(cache.quote.peek('AAPL')).toBeUndefined();

    const worse = gate<Quote>();
    const again = cache.quote.getOrLoad('AAPL', () => worse.promise).catch((error: unknown) => error);
    await clock.advance(30 * SECOND);
    await again;
    worse.fail(new Error('nobody listens'));
    await settle();
  });
});

describe('a reader that gives up', () => {
  test('ends its own wait alone', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock, SECOND);
    const impatient = new AbortController();
    const first = cache.quote.getOrLoad('AAPL', feed.load, { signal: impatient.signal }).catch((error: unknown) => error);
    const second = cache.quote.getOrLoad('AAPL', feed.load);
    impatient.abort(new Error('user left'));
    expect(await first).toMatchObject({ message: 'user left' });
    await clock.advance(SECOND);
    await expect(second).resolves.toMatchObject({ price: 100 });
    expect(feed.calls).toBe(1);
  });

  test('begins no load when it had given up before', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock);
    await expect(cache.quote.getOrLoad('AAPL', feed.load, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    expect(feed.calls).toBe(0);
  });
});

describe('the back-off', () => {
  test('leaves the source alone after a failed refresh, longer each time', async () => {
    const { cache, clock } = quoteCache({ random: () => 0 });
    const feed = new Feed(clock);
    await cache.quote.getOrLoad('AAPL', feed.load);
    feed.error = new Error('feed is down');
    await clock.advance(5 * SECOND);
    const read = (): Promise<Quote> => cache.quote.getOrLoad('AAPL', feed.load);

    await read();
    await read();
    expect(feed.calls).toBe(2);
    await clock.advance(SECOND);
    await read();
    expect(feed.calls).toBe(3);
    await clock.advance(2 * SECOND - 1);
    await read();
    expect(feed.calls).toBe(3);
    await clock.advance(1);
    await read();
    expect(feed.calls).toBe(4);
  });

  test('ends with the first load that succeeds', async () => {
    const { cache, clock } = quoteCache({ random: () => 0 });
    const feed = new Feed(clock);
    await cache.quote.getOrLoad('AAPL', feed.load);
    await clock.advance(5 * SECOND);
    feed.error = new Error('feed is down');
    await cache.quote.getOrLoad('AAPL', feed.load);
    feed.error = undefined;
    await clock.advance(SECOND);
    feed.price = 102;
    await expect(cache.quote.getOrLoad('AAPL', feed.load)).resolves.toMatchObject({ price: 102 });
  });
});

describe('a freshness contract', () => {
  test('loads anew what is fresh for others but too old for this reader', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock);
    await cache.quote.getOrLoad('AAPL', feed.load);
    await clock.advance(600);
    await cache.quote.getOrLoad('AAPL', feed.load, { maxAge: '1s' });
    expect(feed.calls).toBe(1);
    await cache.quote.getOrLoad('AAPL', feed.load, { maxAge: '500ms' });
    expect(feed.calls).toBe(2);
  });

  test('refuses, with the age in the error, rather than serve what is too old', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock);
    await cache.quote.getOrLoad('AAPL', feed.load);
    await clock.advance(2 * SECOND);
    feed.error = new Error('feed is down');
    const refusal = await cache.quote.getOrLoad('AAPL', feed.load, { maxAge: '500ms' }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NotFreshError);
    expect(refusal).toMatchObject({ code: 'ERR_NOT_FRESH', ageMs: 2 * SECOND, cause: feed.error });
    await expect(cache.quote.get('AAPL', { maxAge: '500ms' })).rejects.toThrow(NotFreshError);
  });

  test('never takes a stale value when that is forbidden', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock);
    await cache.quote.getOrLoad('AAPL', feed.load);
    await clock.advance(6 * SECOND);
    feed.error = new Error('feed is down');
    await expect(cache.quote.getOrLoad('AAPL', feed.load, { allowStale: false })).rejects.toThrow(NotFreshError);
    await expect(cache.quote.getOrLoad('AAPL', feed.load)).resolves.toMatchObject({ price: 100 });
  });

  test('waits for a load that began too early for it, then loads once more', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock, SECOND);
    const first = cache.quote.getOrLoad('AAPL', feed.load);
    await clock.advance(800);
    const second = cache.quote.entryOrLoad('AAPL', feed.load, { maxAge: '500ms' });
    await clock.advance(200);
    await first;
    await clock.advance(SECOND);
    expect((await second).ageMs).toBe(SECOND);
    expect(feed.calls).toBe(2);
  });
});

describe('plain reads', () => {
  test('never load, and tell stale values only to those who allow them', async () => {
    const { cache, clock } = quoteCache();
    expect(await cache.quote.get('AAPL')).toBeUndefined();
    const quote = await cache.quote.getOrLoad('AAPL', new Feed(clock).load);
    await clock.advance(6 * SECOND);
    expect(cache.quote.peek('AAPL')).toBeUndefined();
    expect(await cache.quote.get('AAPL')).toBeUndefined();
    expect(await cache.quote.get('AAPL', { allowStale: true })).toBe(quote);
    expect(await cache.quote.entry('AAPL')).toMatchObject({ value: quote, outcome: 'stale', tier: 'memory', ageMs: 6 * SECOND });
  });

  test('tell instants on the wall clock, and why the value lives as long as it does', async () => {
    const { cache, clock } = quoteCache();
    const askedAt = clock.now();
    await cache.quote.set('AAPL', { price: 1, asOf: askedAt });
    expect(await cache.quote.entry('AAPL')).toMatchObject({
      askedAt,
      staleAt: askedAt + 5 * SECOND,
      deadAt: askedAt + 65 * SECOND,
      why: 'fresh for 5 s, then 1 min of grace',
    });
  });
});

describe('loads of a kind', () => {
  test('run at most so many at once, in the order they came, and more than may wait are refused', async () => {
    const started: number[] = [];
    const doors = new Map<number, ReturnType<typeof gate<number>>>();
    const cache = createCache({ kinds: { slow: kind<number, number>({ maxConcurrentLoads: 2, maxQueuedLoads: 2 }) } });
    const load = ({ key }: { key: number }): Promise<number> => {
      started.push(key);
      const door = gate<number>();
      doors.set(key, door);
      return door.promise;
    };
    const reads = [1, 2, 3, 4].map((key) => cache.slow.getOrLoad(key, load));
    await settle();
    expect(started).toEqual([1, 2]);
    expect(cache.stats().kinds['slow']).toMatchObject({ loadsRunning: 2, loadsQueued: 2 });
    await expect(cache.slow.getOrLoad(5, load)).rejects.toThrow(LoadOverloadError);

    doors.get(2)?.open(2);
    await settle();
    expect(started).toEqual([1, 2, 3]);
    doors.get(1)?.open(1);
    await settle();
    for (const key of [3, 4]) doors.get(key)?.open(key);
    expect(await Promise.all(reads)).toEqual([1, 2, 3, 4]);
  });
});

describe('refresh ahead', () => {
  test('loads behind a reader in the last share of the TTL, and makes nobody wait', async () => {
    const kinds = { quote: kind<string, Quote>({ lifetime: '10s', refreshAhead: 0.2 }) };
    const { cache, clock } = quoteCache({ kinds, random: () => 0 });
    const feed = new Feed(clock, 500);
    const first = cache.quote.getOrLoad('AAPL', feed.load);
    await clock.advance(500);
    await first;
    await clock.advance(7_499);
    await cache.quote.getOrLoad('AAPL', feed.load);
    expect(feed.calls).toBe(1);

    await clock.advance(1);
    feed.price = 101;
    expect(await cache.quote.getOrLoad('AAPL', feed.load)).toMatchObject({ price: 100 });
    expect(await cache.quote.getOrLoad('AAPL', feed.load)).toMatchObject({ price: 100 });
    expect(feed.calls).toBe(2);
    await clock.advance(500);
    expect(cache.quote.peek('AAPL')).toMatchObject({ price: 101 });
    expect(cache.stats().kinds['quote']?.refreshesAhead).toBe(1);
  });

  test('comes by chance before the end, the likelier the nearer, with XFetch', async () => {
    const kinds = { quote: kind<string, Quote>({ lifetime: '10s', earlyRefresh: 1 }) };
    let drawn = 0.9;
    const { cache, clock } = quoteCache({ kinds, random: () => drawn });
    const feed = new Feed(clock, SECOND);
    const first = cache.quote.getOrLoad('AAPL', feed.load);
    await clock.advance(SECOND);
    await first;
    await clock.advance(8 * SECOND);
    await cache.quote.getOrLoad('AAPL', feed.load);
    expect(feed.calls).toBe(1);
    drawn = Math.exp(-1.01); // one second left: the draw reaches just past it
    await cache.quote.getOrLoad('AAPL', feed.load);
    expect(feed.calls).toBe(2);
  });
});

describe('what a loader may say', () => {
  test('the value is unmodified, and lives on', async () => {
    const { cache, clock } = quoteCache();
    const quote = await cache.quote.getOrLoad('AAPL', new Feed(clock).load);
    await clock.advance(6 * SECOND);
    const again = await cache.quote.entryOrLoad('AAPL', ({ stale, notModified }) => {
      expect(stale).toBe(quote);
      return notModified();
    });
    expect(again).toMatchObject({ value: quote, outcome: 'refreshed', ageMs: 0 });
    expect(cache.quote.peek('AAPL')).toBe(quote);
  });

  test('that nothing can be unmodified where nothing was', async () => {
    const { cache } = quoteCache();
    await expect(cache.quote.getOrLoad('AAPL', ({ notModified }) => notModified())).rejects.toThrow(
      'no stale value that could be unmodified',
    );
  });

  test('a lifetime and a source of its own', async () => {
    const { cache, clock } = quoteCache();
    await cache.quote.getOrLoad('AAPL', (context) => {
      context.setLifetime({ ttl: '1s', grace: '2s' });
      context.setSource('binance');
      return { price: 1, asOf: 0 };
    });
    expect(await cache.quote.entry('AAPL')).toMatchObject({
      source: 'binance',
      staleAt: clock.now() + SECOND,
      deadAt: clock.now() + 3 * SECOND,
    });
  });

  test('deliver this value, and keep it nowhere', async () => {
    const { cache } = quoteCache();
    const value = await cache.quote.getOrLoad('AAPL', (context) => {
      context.skip();
      return { price: 1, asOf: 0 };
    });
    expect(value).toEqual({ price: 1, asOf: 0 });
    expect(cache.quote.peek('AAPL')).toBeUndefined();
  });
});
