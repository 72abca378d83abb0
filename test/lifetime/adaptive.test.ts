import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kind } from '../../src/cache/kind/kind.ts';
import { createCache } from '../../src/create-cache.ts';
import { ConfigError } from '../../src/errors.ts';
import { type AdaptiveOptions, adaptive } from '../../src/lifetime/adaptive.ts';
import { hinted } from '../../src/lifetime/hinted.ts';
import { fixed, type LifetimeSubject } from '../../src/lifetime/lifetime.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';

type Subject = LifetimeSubject<string, unknown>;

const subject = (rest: Partial<Subject> = {}): Subject => ({
  key: 'AAPL',
  value: 1,
  askedAt: 0,
  eventAt: undefined,
  random: () => 0.5,
  ...rest,
});
const last = (value: unknown, ttlMs: number) => ({ value, eventAt: undefined, ageMs: ttlMs, ttlMs });

describe('an adaptive lifetime', () => {
  const policy = adaptive<string, unknown>({ ttl: '10s', grace: '1m' });

  test('begins with `ttl`, grows while the value stays the same, and shrinks when it changes', () => {
    expect(policy(subject())).toMatchObject({ ttlMs: 10_000, graceMs: 60_000 });
    expect(policy(subject({ previous: last(1, 10_000) }))).toMatchObject({ ttlMs: 15_000, why: 'unchanged since it was asked for last' });
    expect(policy(subject({ previous: last(2, 10_000) }))).toMatchObject({ ttlMs: 5_000, why: 'changed since it was asked for last' });
    expect(policy(subject({ value: { bid: 1, ask: [2] }, previous: last({ bid: 1, ask: [2] }, 10_000) })).ttlMs).toBe(15_000);
  });

  test('takes for the same what it is told is the same', () => {
    const byPrice = adaptive<string, { price: number }>({ ttl: 1_000, isSame: (one, other) => one.price === other.price });
    const told = { key: 'A', value: { price: 5, at: 2 }, askedAt: 0, eventAt: undefined, random: () => 0 };
    expect(byPrice({ ...told, previous: { ...last(0, 1_000), value: { price: 5 } } }).ttlMs).toBe(1_500);
  });

  test('stays within its bounds, whatever it was before', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.boolean(), (lastMs, isSame) => {
        const { ttlMs } = policy(subject({ previous: last(isSame ? 1 : 2, lastMs) }));
        expect(ttlMs).toBeGreaterThanOrEqual(1_250);
        expect(ttlMs).toBeLessThanOrEqual(80_000);
      }),
    );
  });

  test('settles where about every third refresh finds something new', () => {
    let random = 1;
    const draw = (): number => {
      random = (random * 16_807) % 2_147_483_647;
      return random / 2_147_483_647;
    };
    // Changes come at random, one in 8 seconds on average.
    let ttlMs = 10_000;
    let changed = 0;
    const refreshes = 20_000;
    for (let refresh = 0; refresh < refreshes; refresh += 1) {
      const hasChanged = draw() < 1 - Math.exp(-ttlMs / 8_000);
      if (hasChanged) changed += 1;
      ttlMs = policy(subject({ previous: last(hasChanged ? 2 : 1, ttlMs) })).ttlMs;
    }
    expect(changed / refreshes).toBeGreaterThan(0.3);
    expect(changed / refreshes).toBeLessThan(0.43);
  });

  test('follows a value through a cache', async () => {
    const clock = new FakeClock();
    let price = 1;
    const cache = createCache({
      kinds: { quote: kind<string, number>({ lifetime: adaptive({ ttl: 1_000, grace: 1_000 }), load: () => price }) },
      clock,
    });
    const ttl = async (): Promise<number> => {
      const { staleAt, askedAt } = await cache.quote.entryOrLoad('AAPL');
      return staleAt - askedAt;
    };
    expect(await ttl()).toBe(1_000);
    await clock.advance(1_001);
    await cache.quote.getOrLoad('AAPL', { allowStale: false });
    expect(await ttl()).toBe(1_500);
    price = 2;
    await clock.advance(1_501);
    await cache.quote.getOrLoad('AAPL', { allowStale: false });
    expect(await ttl()).toBe(750);
    await cache.close();
  });

  test.each<[Partial<AdaptiveOptions<unknown>>, string]>([
    [{ min: '20s' }, 'between `min`, above 0, and `max`'],
    [{ max: '1s' }, 'between `min`, above 0, and `max`'],
    [{ min: 0 }, 'above 0'],
    [{ growth: 0.9 }, '`growth` is 0.9; give a number from 1 up'],
    [{ decay: 0 }, '`decay` is 0; give a number above 0 and up to 1'],
    [{ decay: 2 }, '`decay` is 2'],
  ])('refuses %j', (options, says) => {
    const make = (): unknown => adaptive({ ttl: '10s', ...options });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(says);
  });
});

describe('a hinted lifetime', () => {
  const policy = hinted<string, unknown>(fixed('5s', '1m'));

  test('is no shorter than its source holds the value fresh', () => {
    expect(policy(subject())).toEqual({ ttlMs: 5_000, graceMs: 60_000, why: '' });
    expect(policy(subject({ hintMs: 1_000 }))).toEqual({ ttlMs: 5_000, graceMs: 60_000, why: '' });
    expect(policy(subject({ hintMs: 60_000 }))).toEqual({ ttlMs: 60_000, graceMs: 60_000, why: 'its source holds it fresh for 1 min' });
  });
});
