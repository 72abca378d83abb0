import { describe, expect, test } from 'vitest';
import { type Cache, ClosedError, cached, createCache, kind, type LoadContext, ValueError } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { SECOND } from '../../src/time/duration.ts';
import { Feed, gate, type Quote, quoteCache } from './quotes.ts';

describe('set', () => {
  test('takes a lifetime, tags and an event time of its own', async () => {
    const { cache, clock } = quoteCache();
    await cache.quote.set('AAPL', { price: 1, asOf: 0 }, { ttl: '1s', grace: '1s', tags: ['manual'], eventAt: 5 });
    expect(await cache.quote.entry('AAPL')).toMatchObject({ tags: ['manual'], eventAt: 5, deadAt: clock.now() + 2 * SECOND });
    await clock.advance(2 * SECOND);
    expect(await cache.quote.entry('AAPL')).toBeUndefined();
  });

  test('refuses `undefined`, bad keys and grace without a TTL, each with what to do', async () => {
    const { cache } = quoteCache();
    await expect(async () => cache.set('a', undefined)).rejects.toThrow(ValueError);
    await expect(async () => cache.set('', 1)).rejects.toThrow('The key is empty');
    await expect(async () => cache.set('a\u0000b', 1)).rejects.toThrow('control character');
    await expect(async () => cache.set('x'.repeat(1_025), 1)).rejects.toThrow('longer than 1024 bytes');
    await expect(async () => cache.set('a', 1, { grace: '1s' })).rejects.toThrow('`grace` without `ttl`');
    await expect(async () => cache.set('a', 1, { ttl: 'soon' as never })).rejects.toThrow("text such as '500ms'");
  });
});

test('a lifetime may depend on when the source was asked', async () => {
  const clock = new FakeClock('2026-01-05T20:59:58Z');
  const untilClose = kind<string, number>({
    lifetime: ({ askedAt }) => ({ ttlMs: Date.parse('2026-01-05T21:00:00Z') - askedAt, graceMs: 0, why: 'XNYS closes at 21:00Z' }),
  });
  const cache = createCache({ clock, kinds: { k: untilClose } });
  await cache.k.set('a', 1);
  expect(await cache.k.entry('a')).toMatchObject({ why: 'XNYS closes at 21:00Z', staleAt: Date.parse('2026-01-05T21:00:00Z') });
  await clock.advance(2_000);
  expect(cache.k.peek('a')).toBeUndefined();
});

describe('touch', () => {
  test('gives the value a new life from now', async () => {
    const { cache, clock } = quoteCache();
    await cache.quote.set('AAPL', { price: 1, asOf: 0 });
    await clock.advance(4 * SECOND);
    expect(await cache.quote.touch('AAPL')).toBe(true);
    await clock.advance(4 * SECOND);
    expect(cache.quote.peek('AAPL')).toEqual({ price: 1, asOf: 0 });
    expect(await cache.quote.touch('AAPL', '1m')).toBe(true);
    await clock.advance(59 * SECOND);
    expect(cache.quote.peek('AAPL')).toBeDefined();
    expect(await cache.quote.touch('NOPE')).toBe(false);
  });
});

describe('cached', () => {
  test('puts a kind before a function', async () => {
    const { cache, clock } = quoteCache();
    const feed = new Feed(clock);
    const quote = cached(cache.quote, feed.load);
    expect(await quote('AAPL')).toBe(await quote('AAPL'));
    expect(feed.calls).toBe(1);
  });

  test('decorates a method, which keeps its `this`', async () => {
    const cache = createCache({ kinds: { twice: kind<number, number>() } });
    class Api {
      calls = 0;
      async twice(key: number, context?: LoadContext<number, number>): Promise<number> {
        this.calls += 1;
        return (context?.key ?? key) * 2;
      }
    }
    const decorated = cached(cache.twice)(Api.prototype.twice, {} as ClassMethodDecoratorContext<Api, Api['twice']>);
    const api = new Api();
    expect([await decorated.call(api, 4), await decorated.call(api, 4)]).toEqual([8, 8]);
    expect(api.calls).toBe(1);
  });
});

describe('explain', () => {
  test('says what a read would meet', async () => {
    const { cache, clock } = quoteCache();
    const verdict = async (): Promise<string> => (await cache.explain('quote:AAPL')).verdict;
    expect(await verdict()).toBe('no tier has it: a read loads, or finds nothing');
    await cache.quote.set('AAPL', { price: 1, asOf: 0 });
    expect(await verdict()).toBe('memory has a fresh value: a read is a hit, for another 5 s');
    await clock.advance(6 * SECOND);
    expect(await verdict()).toBe('memory has a stale value: a read loads, and falls back on it');
    const source = gate<Quote>();
    const read = cache.quote.getOrLoad('AAPL', () => source.promise);
    expect(await verdict()).toBe('a load is under way, and a stale value can stand in');
    source.fail(new Error('down'));
    await read;
    expect(await verdict()).toBe('the last refresh failed: the stale value is served until the next try');
    expect(JSON.stringify(await cache.explain('quote:AAPL'))).not.toContain('price');
  });
});

describe('close', () => {
  test('ends loads under way, and refuses calls after it', async () => {
    const { cache, clock } = quoteCache();
    let signal: AbortSignal | undefined;
    const read = cache.quote.getOrLoad('AAPL', (context) => {
      signal = context.signal;
      return new Promise<Quote>(() => {});
    });
    const ended = expect(read).rejects.toThrow(ClosedError);
    await cache.close();
    await cache.close();
    await ended;
    expect(signal?.aborted).toBe(true);
    await expect(cache.quote.getOrLoad('AAPL', new Feed(clock).load)).rejects.toThrow(ClosedError);
    await expect(async () => cache.set('a', 1)).rejects.toThrow(ClosedError);
    await expect(cache.invalidate({ key: 'a' })).rejects.toThrow(ClosedError);
    expect(clock.timerCount).toBe(0);
  });

  test('comes by itself at the end of a block', async () => {
    const { clock } = quoteCache();
    let closed: Cache;
    {
      await using cache = createCache({ clock });
      await cache.set('a', 1);
      closed = cache;
    }
    await expect(async () => closed.set('a', 1)).rejects.toThrow(ClosedError);
  });
});
