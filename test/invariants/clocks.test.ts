import { describe, expect, test } from 'vitest';
import { createCache, kind, type RemoteTier } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { DAY, HOUR, SECOND } from '../../src/time/duration.ts';

const open = (clock: FakeClock, remote?: RemoteTier) =>
  createCache({ clock, ...(remote ? { remote } : {}), kinds: { k: kind<string, number>({ lifetime: { ttl: '5s', grace: '10s' } }) } });

describe('invariant 15: clocks', () => {
  test.each([-HOUR, 2 * DAY])('a jump of the wall clock by %d ms changes nothing for what is in memory', async (jumpMs) => {
    const clock = new FakeClock();
    const cache = open(clock);
    await cache.k.set('a', 1);
    await clock.advance(4 * SECOND);
    clock.jump(clock.now() + jumpMs);
    expect(cache.k.peek('a')).toBe(1);
    await clock.advance(SECOND);
    expect(cache.k.peek('a')).toBeUndefined();
    expect(await cache.k.get('a', { allowStale: true })).toBe(1);
    await clock.advance(10 * SECOND);
    expect(await cache.k.get('a', { allowStale: true })).toBeUndefined();
  });

  test('a jump during a load gives its value neither more life nor less', async () => {
    const clock = new FakeClock();
    const cache = open(clock);
    const read = cache.k.getOrLoad('a', async () => {
      clock.jump(clock.now() - HOUR);
      return 1;
    });
    await read;
    await clock.advance(5 * SECOND - 1);
    expect(cache.k.peek('a')).toBe(1);
    await clock.advance(1);
    expect(cache.k.peek('a')).toBeUndefined();
  });

  test('a clock set back makes nothing in a remote tier immortal; what seems to come from the future is not used', async () => {
    const clock = new FakeClock();
    const remote = new MemoryRemoteTier({ clock });
    await open(clock, remote).k.set('a', 1);
    clock.jump(clock.now() - 2 * SECOND);
    const skewed = open(clock, remote);
    expect(await skewed.k.entry('a')).toMatchObject({ value: 1, ageMs: 0 });
    await clock.advance(5 * SECOND);
    expect(skewed.k.peek('a')).toBeUndefined();

    clock.jump(clock.now() - HOUR);
    const lost = open(clock, remote);
    expect(await lost.k.get('a')).toBeUndefined();
    expect(lost.stats().tiers[0]?.refused).toBe(1);
    await lost.k.getOrLoad('a', async () => 2);
    await lost.flush();
    expect(await open(clock, remote).k.get('a')).toBe(2);
  });

  test('a clock set forward resurrects nothing', async () => {
    const clock = new FakeClock();
    const remote = new MemoryRemoteTier({ clock });
    await open(clock, remote).k.set('a', 1);
    clock.jump(clock.now() + 2 * DAY);
    expect(await open(clock, remote).k.get('a', { allowStale: true })).toBeUndefined();
  });
});
