import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCache, kind } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';

describe('invariant 10: bounded memory', () => {
  test('entries and bytes never pass their bounds, whatever is written', async () => {
    const values = fc.oneof(
      fc.string({ size: 'max', maxLength: 3_000 }),
      fc.array(fc.double(), { size: 'max', maxLength: 200 }),
      fc.constant(null),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), values), { size: 'max', maxLength: 300 }), async (writes) => {
        const cache = createCache({ memory: { maxEntries: 50, maxBytes: '20kb' }, clock: new FakeClock() });
        for (const [key, value] of writes) {
          await cache.set(`k${key}`, value);
          const { entries, bytes } = cache.stats().memory;
          expect(entries).toBeLessThanOrEqual(50);
          expect(bytes).toBeLessThanOrEqual(20 * 1_024);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('an entry too large for its share is refused, and empties nothing', async () => {
    const cache = createCache({ memory: { maxBytes: '64kb' }, clock: new FakeClock() });
    for (let key = 0; key < 20; key += 1) await cache.set(`small ${key}`, key);
    await cache.set('small 3', 'x'.repeat(20_000));
    expect(cache.peek('small 3')).toBeUndefined();
    expect(cache.stats().memory.entries).toBe(19);
    expect(cache.stats().total.oversized).toBe(1);
  });

  test('a tier that is away for long costs bounded memory, and loses no deletion', async () => {
    const clock = new FakeClock();
    const faulty = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
    const cache = createCache({
      clock,
      remote: faulty,
      memory: { maxEntries: 100 },
      kinds: { k: kind<number, number>({ lifetime: '1h' }) },
    });
    for (let key = 0; key < 30_000; key += 1) await cache.k.set(key, key);
    await clock.advance(1_000);
    faulty.fail({ times: Number.POSITIVE_INFINITY });
    for (let key = 0; key < 20_000; key += 1) await cache.k.set(key, -key);
    await cache.invalidate({ pattern: 'k:*' });
    for (let key = 0; key < 30_000; key += 1) await cache.k.delete(key);
    expect(cache.stats().tiers[0]?.givenUp).toBeGreaterThan(0);
    // Keys, and the sweep of both places where the pattern may match.
    expect(cache.stats().tiers[0]?.unwritten).toBeLessThanOrEqual(10_000 + 2);
    faulty.heal();
    await clock.advance(60_000);
    for (let key = 0; key < 30_000; key += 997) expect(await cache.k.get(key)).toBeUndefined();
  });
});
