import { describe, expect, test } from 'vitest';
import { kind } from '../../../src/cache/kind/kind.ts';
import { EventFloors } from '../../../src/cache/store/event-floors.ts';
import { createCache } from '../../../src/create-cache.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';

describe('floors of event times', () => {
  test('keep the latest that was heard of, for a minute, and until a tag has removed something or the key is removed', () => {
    const floors = new EventFloors();
    floors.raise('a', 10, 0, 0);
    floors.raise('a', 5, 1_000, 0);
    expect([9, 10, 11, undefined].map((eventAt) => floors.isAbove('a', eventAt, 60_000, 0))).toEqual([true, false, false, false]);
    expect(floors.isAbove('b', 1, 0, 0)).toBe(false);
    expect(floors.isAbove('a', 9, 61_000, 0)).toBe(false);
    floors.raise('a', 10, 0, 0);
    expect(floors.isAbove('a', 9, 1, 1)).toBe(false);
    floors.raise('a', 10, 0, 1);
    floors.raise('a', 5, 1, 2);
    expect([floors.isAbove('a', 4, 2, 2), floors.isAbove('a', 6, 2, 2)]).toEqual([true, false]);
    floors.lift('a');
    expect(floors.isAbove('a', 4, 2, 2)).toBe(false);
    floors.raise('a', undefined, 0, 0);
    expect(floors.isAbove('a', 4, 0, 0)).toBe(false);
  });

  test('are of ten thousand keys at most', () => {
    const floors = new EventFloors();
    for (let key = 0; key <= 10_000; key += 1) floors.raise(`k${key}`, 10, 0, 0);
    expect([floors.isAbove('k0', 1, 0, 0), floors.isAbove('k1', 1, 0, 0)]).toEqual([false, true]);
  });
});

describe('a write of what is older than the tiers have', () => {
  const clock = new FakeClock();
  const remote = new MemoryRemoteTier({ clock });
  const opened = (tier = remote) =>
    createCache({ kinds: { quote: kind<string, { asOf: number }>({ lifetime: '1m', order: ({ asOf }) => asOf }) }, remote: tier, clock });

  test('is never seen, not even before the tiers have refused it', async () => {
    const [one, other] = [opened(), opened()];
    await one.quote.set('AAPL', { asOf: 20 });
    const written = other.quote.set('AAPL', { asOf: 10 });
    expect(other.quote.peek('AAPL')).toBeUndefined();
    expect(await written).toBe(false);
    expect(other.quote.peek('AAPL')).toEqual({ asOf: 20 });
  });

  test('of what is newer is in memory once the tiers have it', async () => {
    const cache = opened(new MemoryRemoteTier({ clock }));
    const written = cache.quote.set('MSFT', { asOf: 10 });
    expect(cache.quote.peek('MSFT')).toBeUndefined();
    expect(await written).toBe(true);
    expect(cache.quote.peek('MSFT')).toEqual({ asOf: 10 });
    void cache.quote.set('MSFT', { asOf: 11 });
    expect(cache.quote.peek('MSFT')).toEqual({ asOf: 11 });
  });
});
