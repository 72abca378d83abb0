import { describe, expect, test } from 'vitest';
import {
  Cache,
  type CacheEventName,
  type CacheOf,
  CHANNELS,
  ClosedError,
  createCache,
  Namespace,
  type NamespaceOf,
} from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { QUOTES, quoteCache } from './quotes.ts';

const QUOTE = { price: 1, asOf: 0 };

describe('a namespace', () => {
  test('cannot close the cache it is of, by type or at run time, however deep it is', async () => {
    const { cache } = quoteCache();
    const eu = cache.namespace('eu');
    for (const inner of [eu, eu.namespace('desk'), cache.namespace('eu/desk')]) {
      expect(inner).toBeInstanceOf(Namespace);
      expect(inner).not.toBeInstanceOf(Cache);
      expect(['close' in inner, Symbol.asyncDispose in inner]).toEqual([false, false]);
      // @ts-expect-error There is none.
      expect(() => inner.close()).toThrow(TypeError);
      expect(() => Cache.prototype.close.call(inner as never)).toThrow(TypeError);
    }
    await cache.quote.set('AAPL', QUOTE);
    expect(cache.quote.peek('AAPL')).toEqual(QUOTE);
  });

  test('ends with the cache', async () => {
    const { cache } = quoteCache();
    const eu = cache.namespace('eu');
    await eu.quote.set('AAPL', QUOTE);
    await cache.close();
    expect(eu.quote.peek('AAPL')).toBeUndefined();
    await expect(eu.quote.get('AAPL')).rejects.toThrow(ClosedError);
    expect(() => eu.namespace('desk')).toThrow(ClosedError);
  });

  test('has every verb of a cache but those that concern the whole', async () => {
    const { cache } = quoteCache();
    const verbs = (of: object): string[] => Object.getOwnPropertyNames(of);
    expect(verbs(Cache.prototype).sort()).toEqual(['close', 'constructor', 'flush', 'memory', 'on']);
    const eu = cache.namespace('eu');
    await eu.quote.set('AAPL', QUOTE);
    expect(await eu.keys()).toEqual(['quote:AAPL']);
    expect(eu.stats()).toMatchObject({ namespace: 'main/eu', kinds: { quote: { entries: 1 } } });
    expect([eu.name, eu.health().status, [...eu.kinds.keys()]]).toEqual([cache.name, 'ok', ['quote']]);
    expect(cache.namespace('eu')).toBe(eu);
  });

  test('takes the place of a cache where it need not be closed', async () => {
    const { cache } = quoteCache();
    const note = (space: NamespaceOf<typeof QUOTES>): Promise<boolean> => space.quote.set('AAPL', QUOTE);
    expect([await note(cache), await note(cache.namespace('eu'))]).toEqual([true, true]);
    const whole = (_: CacheOf<typeof QUOTES>): void => {};
    // @ts-expect-error It could be closed there.
    whole(cache.namespace('eu'));
  });
});

describe('who listens to a namespace', () => {
  /** All that is told in a place, by name and namespace. */
  function heardIn(place: Namespace): string[] {
    const heard: string[] = [];
    const note = (name: CacheEventName) => (event: object) => {
      const of = 'namespace' in event ? event.namespace : 'all';
      heard.push(`${name} of ${of}`);
    };
    for (const name of Object.keys(CHANNELS) as CacheEventName[]) place.on(name, note(name));
    return heard;
  }

  test('hears what happens in it, and not in another, within it or around it', async () => {
    const { cache } = quoteCache();
    const eu = cache.namespace('eu');
    const desk = eu.namespace('desk');
    const heard = [cache, eu, desk].map(heardIn);
    for (const space of [cache, eu, desk]) {
      await space.quote.getOrLoad('AAPL', async () => QUOTE);
      await space.invalidate({ tag: 't' });
    }
    const told = ['main', 'main/eu', 'main/eu/desk'].map((of) => [`load of ${of}`, `invalidate of ${of}`]);
    expect(heard).toEqual([told.flat(), told[1], told[2]]);
  });

  test('hears what befalls the tiers that all share, and which entries of its own are refused there', async () => {
    const clock = new FakeClock();
    const tier = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
    const cache = createCache({ clock, remote: tier, kinds: QUOTES });
    const [eu, us] = [cache.namespace('eu'), cache.namespace('us')];
    const writer = createCache({ clock, remote: tier, kinds: QUOTES });
    await writer.namespace('eu').quote.set('AAPL', QUOTE);
    const heard = [eu, us].map(heardIn);
    tier.corrupt({ calls: ['getMany'] });
    await eu.quote.get('AAPL');
    tier.fail({ calls: ['getMany'] });
    await eu.quote.get('AAPL');
    expect(heard).toEqual([['tier of main/eu', 'tier of all'], ['tier of all']]);
  });

  test('hears no more once it stops', async () => {
    const { cache } = quoteCache();
    const heard: string[] = [];
    const stop = cache.namespace('eu').on('load', ({ key }) => heard.push(key));
    stop();
    await cache.namespace('eu').quote.getOrLoad('AAPL', async () => QUOTE);
    expect(heard).toEqual([]);
  });
});

test('a cache flushes what was written in any namespace', async () => {
  const clock = new FakeClock();
  const tier = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
  const cache = createCache({ clock, remote: tier, kinds: QUOTES });
  tier.delay(100, { calls: ['setMany'] });
  await cache.namespace('eu').quote.getOrLoad('AAPL', async () => QUOTE);
  let isFlushed = false;
  const flush = cache.flush().then(() => {
    isFlushed = true;
  });
  await clock.advance(99);
  expect(isFlushed).toBe(false);
  await clock.advance(1);
  await flush;
  expect(await createCache({ clock, remote: tier, kinds: QUOTES }).namespace('eu').quote.get('AAPL')).toEqual(QUOTE);
});
