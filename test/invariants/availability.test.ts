import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCache, kind, LoadError, type RemoteTier } from '../../src/index.ts';
import { FakeClock, settle } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { SECOND } from '../../src/time/duration.ts';

const KINDS = { k: kind<string, number>({ lifetime: { ttl: '5s', grace: '1m' } }) };

function faultyCache(): { cache: ReturnType<typeof open>; clock: FakeClock; faulty: FaultyTier } {
  const clock = new FakeClock();
  const faulty = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
  return { cache: open(clock, faulty), clock, faulty };
}

function open(clock: FakeClock, remote: RemoteTier) {
  return createCache({ clock, remote, kinds: KINDS, random: () => 0.5 });
}

let rejections: unknown[] = [];
const note = (reason: unknown): unknown => rejections.push(reason);
beforeEach(() => {
  rejections = [];
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  await settle();
  process.off('unhandledRejection', note);
  expect(rejections).toEqual([]);
});

describe('invariant 6: availability', () => {
  test('with a tier that fails every call, reads load, writes stay in memory, and nothing throws', async () => {
    const { cache, faulty } = faultyCache();
    faulty.fail({ times: Number.POSITIVE_INFINITY });
    expect(await cache.k.getOrLoad('a', async () => 1)).toBe(1);
    expect(await cache.k.set('b', 2)).toBe(true);
    expect(new Map(await cache.k.getMany(['a', 'b', 'c']))).toEqual(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    );
    await cache.invalidate({ key: 'k:a' });
    await cache.invalidate({ tag: 't' });
    await cache.invalidate({ pattern: 'k:*' });
    await cache.expire({ pattern: '*' });
    await cache.clear();
    expect(await cache.keys()).toEqual([]);
    expect((await cache.explain('k:a')).verdict).toContain('no tier has it');
    expect(cache.stats().tiers[0]?.errors).toBeGreaterThan(0);
  });

  test('with a tier that hangs, a read takes its deadline longer, and once the breaker is open no longer at all', async () => {
    const { cache, clock, faulty } = faultyCache();
    faulty.hang({ times: Number.POSITIVE_INFINITY });
    const first = cache.k.entryOrLoad('a', async () => 1);
    await clock.advance(50);
    expect(await first).toMatchObject({ value: 1, tier: 'source' });
    for (let read = 0; read < 20; read += 1) {
      const reading = cache.k.getOrLoad(`a${read}`, async () => 1);
      await clock.advance(50);
      await reading;
    }
    const began = clock.now();
    expect(await cache.k.getOrLoad('z', async () => 26)).toBe(26);
    expect(clock.now()).toBe(began);
    faulty.heal();
  });

  test('reads of warm memory do not feel a tier that hangs', async () => {
    const { cache, faulty } = faultyCache();
    await cache.k.set('a', 1);
    faulty.hang({ times: Number.POSITIVE_INFINITY });
    expect(cache.k.peek('a')).toBe(1);
    expect(await cache.k.getOrLoad('a', async () => 2)).toBe(1);
    faulty.heal();
  });

  test('each single call of a tier may fail, and every answer is still right', async () => {
    for (let nth = 1; nth <= 12; nth += 1) {
      const { cache, clock, faulty } = faultyCache();
      faulty.fail({ nth });
      await cache.k.set('a', 1);
      expect(await cache.k.getOrLoad('a', async () => 9)).toBe(1);
      await cache.k.delete('a');
      expect(await cache.k.getOrLoad('a', async () => 2)).toBe(2);
      await clock.advance(6 * SECOND);
      expect(await cache.k.getOrLoad('a', async () => 3)).toBe(3);
      await cache.invalidate({ pattern: 'k:*' });
      expect((await cache.k.getOrLoadMany(['a', 'b'], async (keys) => new Map(keys.map((key) => [key, 4])))).get('a')).toBe(4);
      await cache.flush();
    }
  });
});

describe('invariant 7: everything settles', () => {
  test('no promise outlives its deadline, whatever hangs', async () => {
    const { cache, clock, faulty } = faultyCache();
    faulty.hang({ times: Number.POSITIVE_INFINITY });
    const never = (): Promise<number> => new Promise(() => {});
    let unsettled = 0;
    const track = (promise: Promise<unknown>): void => {
      unsettled += 1;
      promise
        .catch(() => {})
        .finally(() => {
          unsettled -= 1;
        });
    };
    track(cache.k.getOrLoad('a', never));
    track(cache.k.getOrLoad('a', never, { maxAge: '1s' }));
    track(cache.k.getOrLoadMany(['b', 'c'], () => new Promise(() => {})));
    track(cache.k.get('d'));
    track(cache.k.set('e', 1));
    track(cache.k.delete('f'));
    track(cache.invalidate({ pattern: '*' }));
    track(cache.invalidate({ tag: 't' }));
    track(cache.clear());
    await clock.advance(30 * SECOND + 100);
    expect(unsettled).toBe(0);
    track(cache.close());
    await clock.advance(11 * SECOND);
    expect(unsettled).toBe(0);
    faulty.heal();
    await settle();
    expect(clock.timerCount).toBe(0);
  });
});

describe('invariant 8: single flight', () => {
  test('one load for a key at a time; an error frees it; a cancelled reader takes nobody along', async () => {
    const { cache, clock } = faultyCache();
    let running = 0;
    let most = 0;
    let loads = 0;
    const load = async (): Promise<number> => {
      loads += 1;
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => clock.after(100, resolve));
      running -= 1;
      if (loads === 1) throw new Error('the first fails');
      return loads;
    };
    const leaving = new AbortController();
    const first = [cache.k.getOrLoad('a', load), cache.k.getOrLoad('a', load, { signal: leaving.signal }), cache.k.getOrLoad('a', load)];
    leaving.abort(new Error('left'));
    const firstSettled = Promise.allSettled(first);
    await clock.advance(100);
    expect((await firstSettled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(first[0]).rejects.toThrow(LoadError);
    await expect(first[1]).rejects.toThrow('left');
    const second = Promise.all([cache.k.getOrLoad('a', load), cache.k.getOrLoad('a', load)]);
    await clock.advance(100);
    expect(await second).toEqual([2, 2]);
    expect(most).toBe(1);
  });
});

describe('invariant 9: stale is bounded and visible', () => {
  test('a stale answer says so, is never older than its grace, and can be forbidden', async () => {
    const { cache, clock } = faultyCache();
    await cache.k.set('a', 1);
    const down = async (): Promise<number> => Promise.reject(new Error('down'));
    for (let age = 1; age <= 70; age += 1) {
      await clock.advance(SECOND);
      const reading = await cache.k.entryOrLoad('a', down).catch(() => undefined);
      if (age < 5) expect(reading?.outcome).toBe('hit');
      else if (age < 65) expect(reading).toMatchObject({ outcome: 'stale', ageMs: age * SECOND });
      else expect(reading).toBeUndefined();
      if (age >= 5) await expect(cache.k.getOrLoad('a', down, { allowStale: false })).rejects.toThrow();
    }
  });
});

describe('invariant 20: honest numbers', () => {
  test('hits, stale answers, misses and errors are the requests, whatever happens', async () => {
    const { cache, clock, faulty } = faultyCache();
    let asked = 0;
    const keys = ['a', 'b', 'c', 'd'];
    for (let round = 0; round < 60; round += 1) {
      if (round % 7 === 0) faulty.fail({ times: 3, share: 0.5 });
      const load = async (): Promise<number> => {
        if (round % 3 === 0) throw new Error('down');
        return round;
      };
      cache.k.peek('a');
      const reads: Promise<unknown>[] = [
        cache.k.get('b').catch(() => {}),
        cache.k.get('b', { maxAge: 0 }).catch(() => {}),
        cache.k.getOrLoad('c', load).catch(() => {}),
        cache.k.getOrLoad('c', load, { allowStale: false }).catch(() => {}),
        cache.k.getOrLoad('d', load, { signal: AbortSignal.abort() }).catch(() => {}),
        cache.k.getMany(keys),
        cache.k.getOrLoadMany(keys, async (missing) => new Map(missing.map((key) => [key, round]))),
        cache.k.entry('a'),
      ];
      asked += 1 + 1 + 1 + 1 + 1 + 1 + keys.length + keys.length + 1;
      await Promise.all(reads);
      await clock.advance(1_700);
    }
    const { hits, stale, misses, errors, requests } = cache.stats().total;
    expect(hits + stale + misses + errors).toBe(requests);
    expect(requests).toBe(asked);
    for (const count of [hits, stale, misses, errors]) expect(count).toBeGreaterThan(0);
  });
});
