import { describe, expect, test } from 'vitest';
import { type Kind, kind } from '../../src/cache/kind/kind.ts';
import { createCache } from '../../src/create-cache.ts';
import { ClosedError, ConfigError } from '../../src/errors.ts';
import type { PolicyName } from '../../src/policy/eviction-policy.ts';
import { POLICIES } from '../../src/policy/policies.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';

const NAMES = Object.keys(POLICIES) as PolicyName[];
/** Hashes are the same in every run: among many runs there is one in which a cold key shares its counters with hot ones. */
const random = (): number => 0;

/** Those that withstand a scan. */
const RESISTANT: readonly PolicyName[] = ['hybrid', 's3-fifo', 'lfu'];

const hot = Array.from({ length: 50 }, (_, at) => `hot${at}`);

/** How many of the hot keys are in memory. */
function present(cache: { peek(key: string): unknown }): number {
  return hot.filter((key) => cache.peek(key) !== undefined).length;
}

describe('a policy that takes over while memory is in use', () => {
  const pairs = NAMES.flatMap((from) => NAMES.filter((to) => to !== from).map((to): [PolicyName, PolicyName] => [from, to]));

  test.each(pairs)('from %s to %s keeps every entry, and what was used most the longest', async (from, to) => {
    const cache = createCache({ memory: { maxEntries: 1_000, policy: from }, clock: new FakeClock(), random });
    for (let at = 0; at < 950; at += 1) await cache.set(`cold${at}`, at);
    for (const key of hot) await cache.set(key, key);
    for (let round = 0; round < 20; round += 1) for (const key of hot) cache.peek(key);
    cache.memory.resize({ policy: to });
    expect(cache.memory.usage).toMatchObject({ entries: 1_000, policy: to });
    expect(cache.stats().total.evicted).toBe(0);
    for (let at = 0; at < 400; at += 1) await cache.set(`new${at}`, at);
    // The first in, first out knows no uses, neither as the old policy nor as the new one; what was hot came last.
    expect(present(cache)).toBe(50);
    await cache.close();
  });

  test.each(NAMES.filter((name) => name !== 'fifo' && name !== 'hybrid'))(
    'from %s to hybrid lets the rest go first when the room shrinks with it',
    async (from) => {
      const cache = createCache({ memory: { maxEntries: 1_000, policy: from }, clock: new FakeClock(), random });
      for (let at = 0; at < 500; at += 1) await cache.set(`cold${at}`, at);
      for (const key of hot) await cache.set(key, key);
      for (let at = 500; at < 950; at += 1) await cache.set(`cold${at}`, at);
      for (let round = 0; round < 20; round += 1) for (const key of hot) cache.peek(key);
      cache.memory.resize({ policy: 'hybrid', maxEntries: 200 });
      expect(present(cache)).toBeGreaterThanOrEqual(48);
      await cache.close();
    },
  );

  test.each(RESISTANT)('has %s withstand a scan soon after', async (to) => {
    const cache = createCache({ memory: { maxEntries: 1_000, policy: 'lru' }, clock: new FakeClock(), random });
    for (let at = 0; at < 950; at += 1) await cache.set(`cold${at}`, at);
    for (const key of hot) await cache.set(key, key);
    for (let round = 0; round < 20; round += 1) for (const key of hot) cache.peek(key);
    cache.memory.resize({ policy: to });
    for (let at = 0; at < 100_000; at += 1) {
      await cache.set(`scan${at}`, at);
      if (at % 500 === 0) for (const key of hot) cache.peek(key);
    }
    expect(present(cache)).toBeGreaterThanOrEqual(48);
    await cache.close();
  });
});

describe('bounds that change while memory is in use', () => {
  test.each(NAMES.filter((name) => name !== 'fifo'))('let the rest go before what is hot when they shrink, under %s', async (policy) => {
    const cache = createCache({ memory: { maxEntries: 1_000, policy }, clock: new FakeClock(), random });
    for (const key of hot) await cache.set(key, key);
    for (let at = 0; at < 950; at += 1) {
      await cache.set(`cold${at}`, at);
      for (const key of hot) cache.peek(key);
    }
    cache.memory.resize({ maxEntries: 200 });
    expect(cache.memory.usage).toMatchObject({ entries: 200, maxEntries: 200 });
    expect(present(cache)).toBe(50);
    cache.memory.resize({ maxEntries: 2_000 });
    for (let at = 0; at < 1_800; at += 1) await cache.set(`new${at}`, at);
    expect(cache.memory.usage.entries).toBe(2_000);
    expect(present(cache)).toBe(50);
    await cache.close();
  });

  test('hold in bytes, and leave what was not named as it was', async () => {
    const cache = createCache({ memory: { maxEntries: 1_000, maxBytes: '1mb', policy: 'lru' } });
    for (let at = 0; at < 500; at += 1) await cache.set(`k${at}`, 'x'.repeat(500));
    cache.memory.resize({ maxBytes: '100kb' });
    expect(cache.memory.usage).toMatchObject({ maxEntries: 1_000, maxBytes: 102_400, policy: 'lru' });
    expect(cache.memory.usage.bytes).toBeLessThanOrEqual(102_400);
    expect(cache.peek('k499')).toBeDefined();
    await cache.close();
  });

  test('take back protection that is too much for them', async () => {
    const cache = createCache({ memory: { maxEntries: 100, protect: ['p*'] } });
    for (let at = 0; at < 50; at += 1) await cache.set(`p${at}`, at);
    expect(cache.memory.usage.protectedEntries).toBe(50);
    cache.memory.resize({ maxEntries: 20 });
    expect(cache.memory.usage).toMatchObject({ entries: 20, protectedEntries: 10 });
    await cache.close();
  });

  test.each([
    [{ maxEntries: 0 }, 'memory.maxEntries'],
    [{ maxBytes: 'lots' }, 'memory.maxBytes'],
    [{ policy: 'mru' }, 'there are hybrid'],
    [{ size: 5 }, 'size'],
  ])('are refused when they are %j, and nothing changes', async (change, told) => {
    const cache = createCache({ memory: { maxEntries: 10 } });
    const before = cache.memory.usage;
    expect(() => cache.memory.resize(change as object)).toThrow(ConfigError);
    expect(() => cache.memory.resize(change as object)).toThrow(told);
    expect(cache.memory.usage).toEqual(before);
    await cache.close();
    expect(() => cache.memory.resize({ maxEntries: 5 })).toThrow(ClosedError);
  });
});

test('kinds that are promised more of memory than there is are refused before anything is opened', () => {
  const kinds = { a: kind({ share: { min: 0.6 } }), b: kind({ share: { min: 0.5 } }) };
  expect(() => createCache({ kinds })).toThrow(ConfigError);
  expect(() => createCache({ kinds })).toThrow('add up to 1.1');
  const exact = [0.65, 0.2, 0.05, 0.05, 0.05].map((min, at): [string, Kind<string, unknown>] => [`k${at}`, kind({ share: { min } })]);
  expect(() => createCache({ kinds: Object.fromEntries(exact) })).not.toThrow();
});

describe('what leaves memory for want of room', () => {
  test('is counted by reason, need, policy and age, and told with its key', async () => {
    const clock = new FakeClock();
    const cache = createCache({ kinds: { quote: kind<string, number>() }, memory: { maxEntries: 2, policy: 'lru' }, clock });
    await cache.quote.set('AAPL', 1);
    await clock.advance(30_000);
    await cache.quote.set('MSFT', 2);
    await cache.quote.set('NVDA', 3);
    expect(cache.memory.evictions()).toEqual([
      {
        at: clock.now(),
        namespace: 'main',
        kind: 'quote',
        key: 'AAPL',
        policy: 'lru',
        reason: 'idle',
        need: 'entries',
        ageMs: 30_000,
        bytes: expect.any(Number),
      },
    ]);
    const { evictions } = cache.stats().kinds['quote'] ?? {};
    expect(evictions).toMatchObject({ byReason: { idle: 1 }, byNeed: { entries: 1 }, byPolicy: { lru: 1 }, ageMs: 30_000 });
    expect(evictions?.byAge).toEqual([0, 0, 1, 0, 0, 0, 0]);
    expect(cache.stats().total.evictions.byReason.idle).toBe(1);
    await cache.close();
  });

  test('is explained by its key, and by no other', async () => {
    const cache = createCache({ kinds: { quote: kind<string, number>() }, memory: { maxEntries: 1, policy: 'fifo' } });
    await cache.quote.set('AAPL', 1);
    await cache.quote.set('MSFT', 2);
    const { evictions } = await cache.explain('quote:AAPL');
    expect(evictions).toMatchObject([{ key: 'AAPL', policy: 'fifo', reason: 'oldest' }]);
    expect((await cache.explain('quote:MSFT')).evictions).toEqual([]);
    expect((await cache.namespace('desk').explain('quote:AAPL')).evictions).toEqual([]);
    await cache.close();
  });

  test('is remembered for the last 256, newest first', async () => {
    const cache = createCache({ memory: { maxEntries: 1, policy: 'lru' } });
    for (let at = 0; at < 1_000; at += 1) await cache.set(`k${at}`, at);
    const all = cache.memory.evictions(10_000);
    expect(all).toHaveLength(256);
    expect(all.slice(0, 2).map(({ key }) => key)).toEqual(['k998', 'k997']);
    expect(cache.memory.evictions()).toHaveLength(50);
    for (const none of [0, -1, Number.NaN]) expect(cache.memory.evictions(none)).toEqual([]);
    await cache.close();
  });

  test('was turned away, under hybrid, when it was asked for less often than what would have had to leave', async () => {
    const cache = createCache({ memory: { maxEntries: 100 } });
    for (let round = 0; round < 30; round += 1) for (let at = 0; at < 90; at += 1) if (!cache.peek(`k${at}`)) await cache.set(`k${at}`, 1);
    for (let at = 0; at < 1_000; at += 1) await cache.set(`scan${at}`, 1);
    const { byReason } = cache.stats().total.evictions;
    expect(byReason['not-admitted']).toBeGreaterThan(900);
    await cache.close();
  });
});

describe('who follows memory', () => {
  test('hears of every use and every coming, protected or not, and of nothing once it has stopped', async () => {
    const cache = createCache({ kinds: { quote: kind<string, number>() }, memory: { protect: ['quote:AAPL'] } });
    const heard: string[] = [];
    const stop = cache.memory.follow(({ namespace, kind, key, bytes, isHit }) => {
      heard.push(`${namespace} ${kind}:${key} ${isHit ? 'hit' : 'came'}`);
      expect(bytes).toBeGreaterThan(90);
    });
    await cache.quote.set('AAPL', 1);
    cache.quote.peek('AAPL');
    cache.quote.peek('MSFT');
    await cache.quote.getOrLoad('MSFT', () => 2);
    await cache.quote.get('MSFT');
    await cache.namespace('desk').set('note', 3);
    await cache.namespace('desk').set('note', 4);
    expect(heard).toEqual([
      'main quote:AAPL came',
      'main quote:AAPL hit',
      'main quote:MSFT came',
      'main quote:MSFT hit',
      'main/desk :note came',
      'main/desk :note came',
    ]);
    stop();
    cache.quote.peek('AAPL');
    expect(heard).toHaveLength(6);
    await cache.close();
  });

  test('hurts no read when it throws', async () => {
    const warned: string[] = [];
    const onWarning = ({ message }: Error): number => warned.push(message);
    process.on('warning', onWarning);
    const cache = createCache();
    cache.memory.follow(() => {
      throw new Error('no room on disk');
    });
    await cache.set('a', 1);
    expect(cache.peek('a')).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warned).toContain('A follower of memory threw and is told no more: no room on disk');
    await cache.close();
  });
});

test('a listener that brings something for whatever leaves neither ends the process nor breaks the books', async () => {
  const cache = createCache({ memory: { maxEntries: 10 } });
  let count = 0;
  const brought: Promise<unknown>[] = [];
  const stop = cache.on('remove', () => {
    count += 1;
    brought.push(cache.set(`again${count}`, count));
  });
  for (let at = 0; at < 20; at += 1) await cache.set(`k${at}`, at);
  stop();
  await Promise.all(brought);
  expect(cache.memory.usage.entries).toBe(10);
  for (let at = 0; at < 200; at += 1) await cache.set(`z${at}`, at);
  expect(cache.memory.usage.entries).toBe(10);
  await cache.clear();
  expect(cache.memory.usage).toMatchObject({ entries: 0, bytes: 0 });
  await cache.close();
});
