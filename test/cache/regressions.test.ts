import { describe, expect, test } from 'vitest';
import { createCache, kind, NotFreshError, type RemoteTier } from '../../src/index.ts';
import { FakeClock, settle } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { SECOND } from '../../src/time/duration.ts';
import { gate, type Quote, quoteCache } from './quotes.ts';

const NUMBERS = { k: kind<string, number>({ lifetime: { ttl: '1h', grace: '1h' }, tags: (key) => [`t:${key}`] }) };

function shared(): { clock: FakeClock; faulty: FaultyTier; open: (remote?: RemoteTier) => ReturnType<typeof make> } {
  const clock = new FakeClock();
  const faulty = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
  return { clock, faulty, open: (remote: RemoteTier = faulty) => make(clock, remote) };
}

function make(clock: FakeClock, remote: RemoteTier) {
  return createCache({ clock, remote, kinds: NUMBERS });
}

describe('what is still on its way to a tier', () => {
  test.each(['invalidate', 'expire'] as const)('is met by a pattern that comes after it (%s)', async (verb) => {
    const { clock, faulty, open } = shared();
    const cache = open();
    faulty.delay(20, { calls: ['setMany'] });
    await cache.k.getOrLoad('p', async () => 1);
    await clock.advance(1);
    const done = cache[verb]({ pattern: 'k:*' });
    await clock.advance(50);
    await done;
    await cache.flush();
    expect((await cache.k.entry('p'))?.outcome).not.toBe('hit');
    expect(await open().k.get('p')).toBeUndefined();
  });

  test('is no reason to disbelieve what else the tier has, however much it is', async () => {
    const { open } = shared();
    const cache = open();
    await cache.k.set('before', 1);
    await cache.k.setMany(Array.from({ length: 12_000 }, (_, at) => [`k${at}`, at] as const));
    const other = open();
    expect(await other.k.get('before')).toBe(1);
    await cache.k.delete('k0');
    expect(await cache.k.get('before')).toBe(1);
  });
});

describe('an expiry', () => {
  test('that a tier cannot take removes there instead', async () => {
    const { clock, faulty, open } = shared();
    const cache = open();
    await cache.k.set('a', 1);
    await clock.advance(1);
    faulty.fail({ calls: ['getMany'] });
    await cache.expire({ key: 'k:a' });
    expect(await cache.k.get('a')).toBeUndefined();
    expect(await open().k.get('a', { allowStale: true })).toBeUndefined();
  });

  test('outlasts a read that brings the old value meanwhile', async () => {
    const { clock, faulty, open } = shared();
    await open().k.set('a', 1);
    await clock.advance(1);
    const cache = open();
    faulty.delay(20, { calls: ['setMany'] });
    const done = cache.expire({ key: 'k:a' });
    await settle();
    await cache.k.get('a');
    await clock.advance(20);
    await done;
    expect(cache.k.peek('a')).toBeUndefined();
  });
});

test('clearing lets nothing back that is read while it goes on', async () => {
  const { clock, faulty, open } = shared();
  await open().k.set('a', 1);
  await clock.advance(1);
  const cache = open();
  faulty.delay(20, { calls: ['setMany'] });
  const done = cache.clear();
  expect(await cache.k.get('a')).toBeUndefined();
  await clock.advance(20);
  await done;
  expect(await cache.k.get('a')).toBeUndefined();
});

test('a reader who comes after a tag was invalidated is lent nothing that it removed', async () => {
  const { cache, clock } = quoteCache({
    kinds: { quote: kind<string, Quote>({ lifetime: { ttl: '5s', grace: '1m' }, tags: () => ['t'] }) },
  });
  await cache.quote.set('A', { price: 1, asOf: 0 });
  await clock.advance(6 * SECOND);
  const source = gate<Quote>();
  const before = cache.quote.getOrLoad('A', () => source.promise).catch(() => undefined);
  await settle();
  await cache.invalidate({ tag: 't' });
  const after = cache.quote.getOrLoad('A', () => source.promise);
  const refused = expect(after).rejects.toThrow('down');
  await clock.advance(300);
  source.fail(new Error('down'));
  await refused;
  await before;
});

test('a value that is dead as it arrives takes the place of an older one', async () => {
  const { clock, open } = shared();
  const cache = open();
  await cache.k.set('a', 1);
  await clock.advance(1);
  await cache.k.set('a', 2, { ttl: 0 });
  expect(cache.k.peek('a')).toBeUndefined();
  await cache.flush();
  expect(await open().k.get('a')).toBeUndefined();
});

describe('touch', () => {
  test('does not bring back what is deleted at the same time', async () => {
    const { clock, open } = shared();
    await open().k.set('a', 1);
    await clock.advance(1);
    const cache = open();
    await Promise.all([cache.k.touch('a'), cache.k.delete('a')]);
    expect(await cache.k.get('a')).toBeUndefined();
  });

  test('yields to a load under way, and leaves the age alone', async () => {
    const { clock, open } = shared();
    const cache = open();
    await cache.k.set('a', 1);
    await clock.advance(SECOND);
    const source = gate<number>();
    const read = cache.k.getOrLoad('a', () => source.promise, { maxAge: 0 });
    await clock.advance(1);
    await cache.k.touch('a');
    expect(await cache.k.entry('a')).toMatchObject({ value: 1, ageMs: SECOND + 1 });
    source.open(2);
    await read;
    expect(cache.k.peek('a')).toBe(2);
  });
});

test('a namespace is one, however it is reached', async () => {
  const cache = createCache();
  await cache.namespace('x/y').set('a', 1);
  expect(await cache.namespace('x').namespace('y').get('a')).toBe(1);
});

test('a mark learnt from a tier casts doubt on what is in memory', async () => {
  const { clock, open } = shared();
  const one = open();
  const two = open();
  await one.k.set('a', 1);
  await one.set('b', 1, { tags: ['t:a'] });
  expect(await two.k.get('a')).toBe(1);
  await clock.advance(1);
  await one.invalidate({ tag: 't:a' });
  expect(await two.get('b')).toBeUndefined();
  expect(two.k.peek('a')).toBeUndefined();
});

describe('isolation', () => {
  test('by clone hands loaders a copy of what is stale', async () => {
    const { clock } = shared();
    const cache = createCache({
      clock,
      kinds: { k: kind<string, { list: number[] }>({ isolation: 'clone', lifetime: { ttl: '1s', grace: '1m' } }) },
    });
    await cache.k.set('a', { list: [1] });
    await clock.advance(SECOND);
    await cache.k.getOrLoad('a', ({ stale }) => {
      stale?.list.push(2);
      throw new Error('down');
    });
    expect((await cache.k.get('a', { allowStale: true }))?.list).toEqual([1]);
  });

  test('by freeze freezes what is delivered and not stored', async () => {
    const cache = createCache({ kinds: { k: kind<string, { list: number[] }>({ isolation: 'freeze' }) } });
    const value = await cache.k.getOrLoad('a', ({ skip }) => {
      skip();
      return { list: [1] };
    });
    expect(() => value.list.push(2)).toThrow(TypeError);
  });
});

test('a source that is behind is asked once by a reader with a freshness contract', async () => {
  const { cache, clock } = quoteCache({
    kinds: { quote: kind<string, Quote>({ lifetime: { ttl: '5s', grace: '1m' }, order: (quote) => quote.asOf }) },
  });
  await cache.quote.set('A', { price: 2, asOf: 2 });
  await clock.advance(SECOND);
  let calls = 0;
  const lagging = async (): Promise<Quote> => {
    calls += 1;
    return { price: 1, asOf: 1 };
  };
  expect(await cache.quote.getOrLoad('A', lagging, { maxAge: '500ms' })).toEqual({ price: 2, asOf: 2 });
  expect(calls).toBe(1);
});

test('a value that a nearer tier cannot keep is read all the same', async () => {
  const { clock, faulty, open } = shared();
  await createCache({ clock, remote: faulty }).set('a', 'x'.repeat(50_000));
  const near = new MemoryRemoteTier({ name: 'near', clock });
  const cache = createCache({ clock, remote: [near, faulty], maxValueBytes: '1kb' });
  expect(await cache.get('a')).toHaveLength(50_000);
  await cache.flush();
  await open().close();
});

test('a strict reader does not spoil a fresh entry for the others', async () => {
  const { clock, faulty, open } = shared();
  await open().k.set('a', 1);
  await clock.advance(60 * SECOND);
  const cache = open();
  faulty.delay(10, { calls: ['getMany'] });
  const down = async (): Promise<number> => Promise.reject(new Error('down'));
  const strict = expect(cache.k.getOrLoad('a', down, { maxAge: '1s' })).rejects.toThrow(NotFreshError);
  const other = cache.k.entryOrLoad('a', down, { allowStale: false });
  await clock.advance(10);
  await strict;
  expect(await other).toMatchObject({ value: 1, outcome: 'hit' });
});

describe('signals', () => {
  test('end the wait of every kind of read', async () => {
    const { faulty, open } = shared();
    const cache = open();
    const signal = AbortSignal.abort(new Error('left'));
    const load = async (): Promise<Map<string, number>> => new Map();
    await expect(cache.k.getOrLoadMany(['a'], load, { signal })).rejects.toThrow('left');
    faulty.hang({ times: Number.POSITIVE_INFINITY });
    await expect(cache.k.get('a', { signal })).rejects.toThrow('left');
    await expect(cache.k.getMany(['a'], { signal })).rejects.toThrow('left');
    await expect(cache.k.entry('a', { signal })).rejects.toThrow('left');
    faulty.heal();
  });
});

test('a load that answered while the event loop was blocked is not told late', async () => {
  const cache = createCache({ kinds: { k: kind<string, number>({ deadline: '100ms' }) } });
  const reads = Array.from({ length: 20 }, (_, at) =>
    cache.k.getOrLoad(`k${at}`, () => new Promise<number>((resolve) => setImmediate(() => resolve(at)))),
  );
  const until = performance.now() + 150;
  while (performance.now() < until);
  expect(await Promise.all(reads)).toHaveLength(20);
  await cache.close();
});

test('keys that are due for refresh are loaded in one call', async () => {
  const clock = new FakeClock();
  const cache = createCache({ clock, random: () => 0, kinds: { k: kind<number, number>({ lifetime: '10s', refreshAhead: 0.5 }) } });
  const keys = Array.from({ length: 50 }, (_, key) => key);
  let calls = 0;
  const load = async (asked: readonly number[]): Promise<Map<number, number>> => {
    calls += 1;
    return new Map(asked.map((key) => [key, key]));
  };
  await cache.k.getOrLoadMany(keys, load);
  await clock.advance(6 * SECOND);
  expect((await cache.k.getOrLoadMany(keys, load)).size).toBe(50);
  await settle();
  expect(calls).toBe(2);
  expect(cache.stats().total.refreshesAhead).toBe(50);
});

test('deleting many keys takes time in proportion to them', async () => {
  const cache = createCache();
  const keys = Array.from({ length: 60_000 }, (_, at) => `k${at}`);
  await cache.deleteMany(keys);
});

test('a refused load fails once', async () => {
  const cache = createCache({ kinds: { k: kind<string, number>({ maxConcurrentLoads: 1, maxQueuedLoads: 0 }) } });
  const first = cache.k.getOrLoad('a', () => new Promise<number>(() => {})).catch(() => {});
  await expect(cache.k.getOrLoad('b', async () => 1)).rejects.toThrow('waiting already');
  expect(cache.stats().total.loadErrors).toBe(1);
  await cache.close();
  await first;
});

test('an interface can be a key, and what holds no text of its own cannot', async () => {
  interface BarKey {
    readonly symbol: string;
    readonly interval?: string;
  }
  const cache = createCache({ kinds: { bars: kind<BarKey, number>() } });
  await cache.bars.set({ symbol: 'AAPL', interval: '1d' }, 1);
  expect(cache.bars.peek({ interval: '1d', symbol: 'AAPL' })).toBe(1);
  await expect(createCache({ kinds: { at: kind<Date, number>() } }).at.set(new Date(), 1)).rejects.toThrow(
    'A Date cannot be part of a key',
  );
});

test('that a breaker opens, and closes again, is told', async () => {
  const { clock, faulty, open } = shared();
  const cache = open();
  const told: string[] = [];
  cache.on('tier', (event) => {
    if (event.what === 'breaker') told.push(`${event.from} → ${event.to}`);
  });
  faulty.fail({ times: Number.POSITIVE_INFINITY });
  for (let read = 0; read < 20; read += 1) await cache.k.get(`k${read}`);
  faulty.heal();
  await clock.advance(60 * SECOND);
  await cache.k.get('a');
  expect(told).toEqual(['closed → open', 'open → half-open', 'half-open → closed']);
});

test('nothing is handed out once the cache is closed', async () => {
  const cache = createCache({ kinds: NUMBERS });
  await cache.k.set('a', 1);
  await cache.close();
  expect(cache.k.peek('a')).toBeUndefined();
  await expect(cache.k.get('a')).rejects.toThrow('closed');
  await expect(cache.k.getMany(['a'])).rejects.toThrow('closed');
  await expect(cache.keys()).rejects.toThrow('closed');
});

describe('what would pass without a word is refused', () => {
  test('options that are misspelt or no options', async () => {
    const wrong: [() => unknown, string][] = [
      [() => createCache({ memory: { maxEntrys: 5 } as never }), '`memory` knows no "maxEntrys"'],
      [() => createCache({ kind: {} } as never), '`createCache` knows no "kind"'],
      [() => createCache('x' as never), '`createCache` is text; give an object'],
      [() => createCache({ kinds: { k: kind({ ttl: '5s' } as never) } }), '`kinds.k` knows no "ttl"'],
      [() => createCache({ kinds: { k: {} as never } }), '`kinds.k` is no kind'],
      [() => createCache({ remote: {} as never }), '`remote` is no tier'],
      [() => createCache({ bus: new MemoryRemoteTier() as never }), '`bus` is no bus'],
      [() => createCache().on('hit' as never, () => {}), 'There is no event "hit"'],
    ];
    for (const [make, message] of wrong) expect(make).toThrow(message);
    const { cache } = quoteCache();
    const quote = { price: 1, asOf: 0 };
    await expect(async () => cache.quote.set('A', quote, { ttl: '1s', grce: '1s' } as never)).rejects.toThrow('knows no "grce"');
    await expect(async () => cache.quote.set('A', quote, '5s' as never)).rejects.toThrow('`write options` is text');
    await expect(async () => cache.quote.set('A', quote, { tags: 'xyz' as never })).rejects.toThrow('give a list of texts');
    await expect(cache.quote.get('A', { maxage: 5 } as never)).rejects.toThrow('knows no "maxage"');
  });

  test('an order that is no time', async () => {
    const cache = createCache({ kinds: { k: kind<string, { asOf: unknown }>({ order: (value) => value.asOf as number }) } });
    await expect(async () => cache.k.set('a', { asOf: '2033-01-01' })).rejects.toThrow('`order` of kind "k" answered a string');
    await expect(cache.k.getOrLoad('a', () => ({ asOf: new Date() }))).rejects.toThrow('answered a Date');
    expect(await cache.k.set('a', { asOf: undefined })).toBe(true);
  });
});

test('whatever a loader throws ends its flight', async () => {
  const hostile = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error('no prototype');
      },
      get: () => {
        throw new Error('no field');
      },
    },
  );
  const cache = createCache();
  for (const thrown of [hostile, null, undefined, Object.create(null), Symbol('x'), 0]) {
    await expect(cache.getOrLoad('a', () => Promise.reject(thrown))).rejects.toThrow('Loading "a" failed');
  }
});

describe('a key with a write under way', () => {
  test('is removed from the tier when it is expired, for the tier cannot tell yet what it has', async () => {
    const { clock, faulty, open } = shared();
    const cache = open();
    faulty.delay(20, { calls: ['setMany'] });
    const written = cache.k.set('a', 1);
    await clock.advance(1);
    const expired = cache.expire({ key: 'k:a' });
    await clock.advance(50);
    await Promise.all([written, expired]);
    expect(await open().k.get('a')).toBeUndefined();
  });
});

test('a value that is dead as it arrives, and older than what is there, changes nothing', async () => {
  const { cache } = quoteCache({ kinds: { quote: kind<string, Quote>({ lifetime: '1m', order: (quote) => quote.asOf }) } });
  await cache.quote.set('A', { price: 2, asOf: 2 });
  await cache.quote.set('A', { price: 1, asOf: 1 }, { ttl: 0 });
  expect(cache.quote.peek('A')).toMatchObject({ price: 2 });
});

test('what a codec of a user makes, and isolation cannot keep, is a miss', async () => {
  const { clock, faulty } = shared();
  const codec = { id: 16, name: 'odd', encode: () => new Uint8Array([1]), decode: () => () => 1 };
  const open = () => createCache({ clock, remote: faulty, kinds: { k: kind<string, unknown>({ codec, isolation: 'clone' }) } });
  await open().k.set('a', 1);
  expect(await open().k.getOrLoad('a', async () => 2)).toBe(2);
  faulty.delay(1, { calls: ['getMany'] });
  const later = open().k.getOrLoad('a', async () => 3);
  await clock.advance(1);
  expect(await later).toBe(3);
});

test('a load whose deadline passes while the tiers are asked is never begun', async () => {
  const { clock, faulty } = shared();
  const cache = createCache({ clock, remote: faulty, kinds: { k: kind<string, number>({ deadline: '10ms' }) } });
  faulty.delay(30, { calls: ['getMany'] });
  let calls = 0;
  const read = cache.k.getOrLoad('a', async () => {
    calls += 1;
    return 1;
  });
  await clock.advance(30);
  expect(await read).toBe(1);
  await cache.close();
  const late = createCache({ clock, remote: faulty, kinds: { k: kind<string, number>() } });
  faulty.delay(30, { calls: ['getMany'] });
  const refused = expect(late.k.getOrLoad('b', async () => 1)).rejects.toThrow('closed');
  const closed = late.close();
  await clock.advance(60);
  await Promise.all([refused, closed]);
  expect(calls).toBe(1);
});

describe('a load that has yet to begin', () => {
  test.each(['pattern', 'clear'])('has nothing to stand in for it that was removed since (%s)', async (how) => {
    const clock = new FakeClock();
    const plans = { k: kind<string, string>({ lifetime: { ttl: '1h', grace: '1h' }, maxConcurrentLoads: 1 }) };
    const cache = createCache({ clock, kinds: plans });
    await cache.k.set('a', 'old');
    const turn = gate();
    void cache.k.getOrLoad('other', () => turn.promise.then(() => 'other'));
    await clock.advance(20);
    const early = cache.k.getOrLoad('a', async () => 'new', { maxAge: 0 });
    await settle();
    await (how === 'clear' ? cache.clear() : cache.invalidate({ pattern: 'k:*' }));
    const later = cache.k.getOrLoad('a', async () => 'new');
    await clock.advance(1_000);
    turn.open();
    expect(await later).toBe('new');
    await early.catch(() => {});
    await cache.close();
  });
});
