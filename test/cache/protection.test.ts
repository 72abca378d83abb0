import { describe, expect, test } from 'vitest';
import { createCache, kind, type MemoryOptions, PatternError } from '../../src/index.ts';
import { POLICIES } from '../../src/policy/policies.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';

const KINDS = { quote: kind<string, number>({ lifetime: '1m' }), position: kind<string, number>({ lifetime: '1h', protect: true }) };

function setUp(memory: MemoryOptions = {}) {
  const clock = new FakeClock();
  return { clock, cache: createCache({ clock, memory: { maxEntries: 100, ...memory }, kinds: KINDS }) };
}

type Made = ReturnType<typeof setUp>['cache'];

/** Writes as many other keys as would throw out anything. */
async function flood(cache: Made): Promise<void> {
  for (let at = 0; at < 2_000; at += 1) await cache.quote.set(`other ${at}`, at);
}

describe.each(Object.keys(POLICIES) as (keyof typeof POLICIES)[])('a protected entry, under %s', (policy) => {
  test('never leaves for room: by key, by pattern, by kind, before it came or after', async () => {
    const { cache } = setUp({ policy, protect: ['quote:BRK*'] });
    await cache.quote.set('AAPL', 1);
    expect(cache.protect('quote:AAPL')).toBe(1);
    expect(cache.protect('quote:MS*')).toBe(0);
    await cache.quote.set('MSFT', 2);
    await cache.quote.set('BRK.B', 3);
    await cache.position.set('alice', 4);
    await flood(cache);
    expect([cache.quote.peek('AAPL'), cache.quote.peek('MSFT'), cache.quote.peek('BRK.B'), cache.position.peek('alice')]).toEqual([
      1, 2, 3, 4,
    ]);
    expect(cache.stats().memory).toMatchObject({ entries: 100, protectedEntries: 4, unprotectable: 0 });
  });

  test('ends when its life does, and can be removed and written anew', async () => {
    const { cache, clock } = setUp({ policy });
    cache.protect('quote:*');
    await cache.quote.set('AAPL', 1);
    await clock.advance(61_000);
    expect([cache.quote.peek('AAPL'), cache.stats().memory.protectedEntries]).toEqual([undefined, 0]);
    await cache.quote.set('AAPL', 2);
    await cache.quote.set('AAPL', 3);
    await cache.invalidate({ key: 'quote:AAPL' });
    expect(cache.stats().memory).toMatchObject({ entries: 0, protectedEntries: 0, protectedBytes: 0 });
  });

  test('leaves like any other once it is protected no more', async () => {
    const { cache } = setUp({ policy });
    cache.protect('quote:AAPL');
    cache.protect('quote:A*');
    await cache.quote.set('AAPL', 1);
    cache.unprotect('quote:A*');
    await flood(cache);
    expect(cache.quote.peek('AAPL')).toBe(1);
    cache.unprotect('quote:AAPL');
    await flood(cache);
    expect([cache.quote.peek('AAPL'), cache.stats().memory.protectedEntries]).toEqual([undefined, 0]);
  });

  test('is one of at most half of them: more are treated as any other, and counted', async () => {
    const { cache } = setUp({ policy });
    cache.protect('quote:kept*');
    for (let at = 0; at < 70; at += 1) await cache.quote.set(`kept ${at}`, at);
    expect(cache.stats().memory).toMatchObject({ entries: 70, protectedEntries: 50, unprotectable: 20 });
    await flood(cache);
    const kept = Array.from({ length: 50 }, (_, at) => cache.quote.peek(`kept ${at}`));
    expect(kept).toEqual(Array.from({ length: 50 }, (_, at) => at));
    expect(cache.stats().memory.entries).toBe(100);
  });
});

describe('protection', () => {
  test('is each namespace its own, but for what the cache says for all', async () => {
    const { cache } = setUp({ protect: ['quote:all'] });
    const inner = cache.namespace('bot');
    cache.protect('quote:AAPL');
    for (const one of [cache, inner]) {
      await one.quote.set('AAPL', 1);
      await one.quote.set('all', 2);
    }
    expect(cache.stats().memory.protectedEntries).toBe(3);
  });

  test('is bounded in bytes as in entries', async () => {
    const { cache } = setUp({ maxBytes: '20kb', maxEntryBytes: '20kb', maxProtectedShare: 0.25 });
    const text = createCache({ memory: { maxBytes: '20kb', maxEntryBytes: '20kb', maxProtectedShare: 0.25, protect: ['*'] } });
    for (let at = 0; at < 10; at += 1) await text.set(`k${at}`, 'x'.repeat(500));
    const { protectedBytes, protectedEntries, unprotectable } = text.stats().memory;
    expect(protectedBytes).toBeLessThanOrEqual(5 * 1_024);
    expect([protectedEntries, unprotectable]).toEqual([4, 6]);
    // What is protected and grows past the share is so no more.
    await text.set('k0', 'x'.repeat(2_000));
    expect(text.stats().memory).toMatchObject({ protectedEntries: 3, unprotectable: 7 });
    await cache.close();
    await text.close();
  });

  test('refuses what is no pattern, no share, and too much', () => {
    expect(() => setUp({ protect: [''] })).toThrow(PatternError);
    expect(() => setUp({ maxProtectedShare: 1.5 })).toThrow('`memory.maxProtectedShare` is 1.5; give a share from 0 to 1');
    const { cache } = setUp();
    for (let at = 0; at < 1_000; at += 1) cache.protect(`quote:${at}*`);
    expect(() => cache.protect('quote:one more*')).toThrow('unprotect some, or say it by fewer patterns');
    expect(() => cache.protect('')).toThrow(PatternError);
  });
});
