import { channel } from 'node:diagnostics_channel';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type CacheEvents, type CacheOf, createCache, kind } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { SECOND } from '../../src/time/duration.ts';
import { Feed, gate, QUOTES, quoteCache } from './quotes.ts';

const QUOTE = { price: 1, asOf: 0 };

describe('events', () => {
  test('tell why entries leave, how loads end, and what was invalidated', async () => {
    const { cache, clock } = quoteCache({ memory: { maxEntries: 2, policy: 'lru' } });
    const events: unknown[] = [];
    cache.on('remove', ({ key, cause }) => events.push([key, cause]));
    cache.on('load', ({ key, result, durationMs }) => events.push([key, result, durationMs]));
    const stop = cache.on('invalidate', ({ by, keep }) => events.push([by, keep]));
    await cache.quote.getOrLoad('A', new Feed(clock).load);
    await cache.quote.getOrLoad('B', async () => undefined);
    await cache.quote.getOrLoad('C', async () => Promise.reject(new Error('no'))).catch(() => {});
    await cache.quote.set('D', QUOTE);
    await cache.quote.set('D', { price: 2, asOf: 0 });
    await cache.invalidate({ key: 'quote:D' });
    await cache.clear();
    stop();
    await cache.invalidate({ tag: 'x' });
    await clock.advance(65 * SECOND);
    expect(events).toEqual([
      ['A', 'loaded', 0],
      ['B', 'negative', 0],
      ['C', 'failed', 0],
      ['A', 'evicted'],
      ['D', 'replaced'],
      ['keys', false],
      ['D', 'explicit'],
      ['all', false],
      ['B', 'explicit'],
    ]);
  });

  test('of two namespaces can be told apart, on the channels of the process, too', async () => {
    const { cache } = quoteCache({ name: 'prices', memory: { maxEntries: 2, policy: 'lru' } });
    const told: unknown[] = [];
    const heard: unknown[] = [];
    for (const name of ['load', 'remove', 'invalidate'] as const) {
      cache.on(name, (event) => told.push([name, event]));
      const listen = (event: unknown): unknown => heard.push([name, event]);
      channel(`tiercel:${name}`).subscribe(listen);
      onTestFinished(() => void channel(`tiercel:${name}`).unsubscribe(listen));
    }
    for (const space of [cache, cache.namespace('eu')]) {
      await space.quote.getOrLoad('AAPL', async () => QUOTE);
      await space.quote.delete('AAPL');
    }
    const of = (namespace: string): unknown[] => {
      const where = { cache: 'prices', namespace, kind: 'quote' };
      return [
        ['load', { ...where, key: 'AAPL', result: 'loaded', queuedMs: 0, durationMs: 0 }],
        ['invalidate', { ...where, by: 'keys', keys: ['AAPL'], keep: false }],
        ['remove', { ...where, key: 'AAPL', cause: 'explicit' }],
      ];
    };
    expect(told).toEqual([...of('main'), ...of('main/eu')]);
    expect(heard).toEqual(told);
  });

  test('reach the other listeners when one throws', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { cache } = quoteCache();
    let heard = 0;
    cache.on('load', () => {
      throw new Error('my bug');
    });
    cache.on('load', () => {
      heard += 1;
    });
    expect(await cache.getOrLoad('a', async () => 1)).toBe(1);
    expect(heard).toBe(1);
    expect(warn.mock.calls[0]?.[0]).toContain('my bug');
    warn.mockRestore();
  });
});

describe('what was invalidated is told', () => {
  const keys = (kindName: string, ...names: string[]) => ({ by: 'keys', kind: kindName, keys: names });

  test.each<[string, (cache: CacheOf<typeof QUOTES>) => Promise<unknown>, object[]]>([
    ['delete', (cache) => cache.delete('quote:A'), [{ ...keys('quote', 'A'), keep: false }]],
    ['deleteMany', (cache) => cache.deleteMany(['quote:A', 'quote:B']), [{ ...keys('quote', 'A', 'B'), keep: false }]],
    ['delete of a kind', (cache) => cache.quote.delete('A'), [{ ...keys('quote', 'A'), keep: false }]],
    ['deleteMany of a kind', (cache) => cache.quote.deleteMany(['A', 'B']), [{ ...keys('quote', 'A', 'B'), keep: false }]],
    ['expire of a kind', (cache) => cache.quote.expire('A'), [{ ...keys('quote', 'A'), keep: true }]],
    ['invalidate, by key', (cache) => cache.invalidate({ key: 'a' }), [{ ...keys('', 'a'), keep: false }]],
    [
      'expire, by keys of several kinds',
      (cache) => cache.expire({ keys: ['quote:A', 'a', 'quote:B'] }),
      [
        { ...keys('quote', 'A', 'B'), keep: true },
        { ...keys('', 'a'), keep: true },
      ],
    ],
    ['invalidate, by tag', (cache) => cache.invalidate({ tag: 't' }), [{ by: 'tags', tags: ['t'], keep: false }]],
    ['expire, by pattern', (cache) => cache.expire({ pattern: 'quote:*' }), [{ by: 'pattern', pattern: 'quote:*', keep: true }]],
    ['clear', (cache) => cache.clear(), [{ by: 'all', keep: false }]],
    ['deleteMany of nothing', (cache) => cache.deleteMany([]), []],
    ['deleteMany of nothing, of a kind', (cache) => cache.quote.deleteMany([]), []],
  ])('by %s, once, whatever the tiers have', async (_, invalidate, events) => {
    const clock = new FakeClock();
    const cache = createCache({ clock, remote: new MemoryRemoteTier({ clock }), kinds: QUOTES });
    await cache.quote.setMany([
      ['A', QUOTE],
      ['B', QUOTE],
    ]);
    const told: CacheEvents['invalidate'][] = [];
    cache.on('invalidate', (event) => told.push(event));
    await invalidate(cache);
    // Of tags, of a pattern and of all there is no kind, not even an empty one.
    expect(told).toStrictEqual(events.map((event) => ({ cache: 'cache', namespace: 'main', ...event })));
  });

  test('not when it is refused', async () => {
    const { cache } = quoteCache();
    const told: unknown[] = [];
    cache.on('invalidate', (event) => told.push(event));
    for (const selector of [{ keys: ['quote:A', ''] }, { tag: '' }]) await expect(cache.invalidate(selector)).rejects.toThrow('is empty');
    expect(told).toEqual([]);
  });
});

describe('how long a load took is told apart from how long it waited', () => {
  function narrow() {
    const clock = new FakeClock();
    const cache = createCache({
      clock,
      kinds: { k: kind<string, number>({ maxConcurrentLoads: 1, maxQueuedLoads: 1, deadline: '10s' }) },
    });
    const told: unknown[] = [];
    cache.on('load', ({ key, result, queuedMs, durationMs }) => told.push([key, result, queuedMs, durationMs]));
    const taking = (ms: number) => (): Promise<number> => new Promise((resolve) => clock.after(ms, () => resolve(1)));
    return { clock, cache, told, taking };
  }

  test('for its turn at its source', async () => {
    const { clock, cache, told, taking } = narrow();
    const reads = [cache.k.getOrLoad('a', taking(300)), cache.k.getOrLoad('b', taking(200))];
    await clock.advance(500);
    await Promise.all(reads);
    expect(told).toEqual([
      ['a', 'loaded', 0, 300],
      ['b', 'loaded', 300, 200],
    ]);
  });

  test('among many keys, which wait together', async () => {
    const { clock, cache, told, taking } = narrow();
    const reads = [
      cache.k.getOrLoad('a', taking(300)),
      cache.k.getOrLoadMany(['b', 'c'], async (keys) => new Map(keys.map((key) => [key, 1]))),
    ];
    await clock.advance(300);
    await Promise.all(reads);
    expect(told).toEqual([
      ['a', 'loaded', 0, 300],
      ['b', 'loaded', 300, 0],
      ['c', 'loaded', 300, 0],
    ]);
  });

  test('when it fails, and when its turn came too late or not at all', async () => {
    const { clock, cache, told, taking } = narrow();
    const failing = async (): Promise<number> => {
      await taking(300)();
      throw new Error('no');
    };
    const never = (): Promise<number> => gate<number>().promise;
    const first = [cache.k.getOrLoad('a', failing), cache.k.getOrLoad('b', never), cache.k.getOrLoad('full', taking(1))];
    const ends = Promise.allSettled(first);
    await clock.advance(300);
    const late = cache.k.getOrLoad('late', taking(200)).catch(() => {});
    await clock.advance(20 * SECOND);
    await ends;
    await late;
    expect(told).toEqual([
      ['full', 'failed', 0, 0],
      ['a', 'failed', 0, 300],
      ['b', 'timeout', 300, 9_700],
      ['late', 'loaded', 9_700, 200],
    ]);
    const waiting = [cache.k.getOrLoad('c', never), cache.k.getOrLoad('d', never)].map((read) => read.catch(() => {}));
    await clock.advance(10 * SECOND);
    await Promise.all(waiting);
    expect(told.slice(4)).toEqual([
      ['c', 'timeout', 0, 10_000],
      ['d', 'timeout', 10_000, 0],
    ]);
  });
});

describe('what goes wrong with a tier is told', () => {
  function twoNamespaces() {
    const clock = new FakeClock();
    const store = new MemoryRemoteTier({ clock });
    const tier = new FaultyTier(store, { clock });
    const cache = createCache({ clock, remote: tier, kinds: QUOTES, namespace: 'main' });
    const told: CacheEvents['tier'][] = [];
    cache.on('tier', (event) => told.push(event));
    return { clock, tier, cache, eu: cache.namespace('eu'), told };
  }

  test('with the entry whose bytes are refused, and its namespace', async () => {
    const { cache, eu, tier, told, clock } = twoNamespaces();
    await eu.quote.set('AAPL', QUOTE);
    await cache.set('a under b', 1);
    await clock.advance(120 * SECOND);
    const writer = createCache({ clock, remote: tier, kinds: QUOTES, namespace: 'main' });
    await writer.namespace('eu').quote.set('AAPL', QUOTE);
    await writer.set('a under b', 1);
    tier.corrupt({ calls: ['getMany'], times: Number.POSITIVE_INFINITY });
    expect([await eu.quote.get('AAPL'), await cache.get('a under b')]).toEqual([undefined, undefined]);
    const refused = { cache: 'cache', tier: 'remote', what: 'refused', reason: expect.stringMatching(/^[a-z]+$/) };
    expect(told).toEqual([
      { ...refused, namespace: 'main/eu', kind: 'quote', key: 'AAPL' },
      { ...refused, namespace: 'main', kind: '', key: 'a under b' },
    ]);
  });

  test('with the namespace whose mark is refused, which is of no entry', async () => {
    const { eu, tier, told, clock } = twoNamespaces();
    await eu.clear();
    await clock.advance(SECOND);
    tier.corrupt({ calls: ['getMany'], times: Number.POSITIVE_INFINITY });
    await eu.quote.get('AAPL');
    expect(told).toMatchObject([{ namespace: 'main/eu', what: 'refused', kind: undefined, key: undefined }]);
  });

  test('with the call that failed, which is of no namespace', async () => {
    const { eu, tier, told } = twoNamespaces();
    const error = new Error('down');
    tier.fail({ calls: ['setMany', 'deleteMany'], times: 2 }, error);
    await eu.quote.set('AAPL', QUOTE);
    await eu.quote.delete('AAPL');
    const failed = { cache: 'cache', tier: 'remote', what: 'failed' };
    expect(told).toEqual([
      { ...failed, call: 'setMany', error: expect.objectContaining({ cause: error }) },
      { ...failed, call: 'deleteMany', error: expect.objectContaining({ cause: error }) },
    ]);
  });
});
