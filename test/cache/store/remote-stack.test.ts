import { describe, expect, test } from 'vitest';
import { createCache, kind, type RemoteTier } from '../../../src/index.ts';
import { FakeClock, settle } from '../../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';
import { SECOND } from '../../../src/time/duration.ts';
import { gate } from '../quotes.ts';

const KINDS = { k: kind<string, number>({ lifetime: { ttl: '5s', grace: '10s' }, tags: () => ['t'] }) };

/** The tier, with every read a promise, as a tier across a network answers. */
function distant(tier: RemoteTier): RemoteTier {
  return {
    name: tier.name,
    reach: tier.reach,
    isUp: true,
    leases: tier.leases,
    getMany: async (keys) => tier.getMany(keys),
    setMany: (entries) => tier.setMany(entries),
    deleteMany: (keys, version) => tier.deleteMany(keys, version),
    scan: (pattern) => tier.scan(pattern),
    flush: () => tier.flush(),
    [Symbol.asyncDispose]: async () => {},
  };
}

describe.each([
  ['a tier that answers at once', (tier: RemoteTier) => tier],
  ['a tier that answers later', distant],
])('%s', (_, as) => {
  const open = (clock: FakeClock, ...tiers: RemoteTier[]) => createCache({ clock, remote: tiers.map(as), kinds: KINDS });

  test('answers a read without a load, with what is left of the life', async () => {
    const clock = new FakeClock();
    const store = new MemoryRemoteTier({ clock });
    await open(clock, store).k.set('a', 1);
    await clock.advance(3 * SECOND);
    const cache = open(clock, store);
    const load = async (): Promise<number> => 9;
    expect(await cache.k.entryOrLoad('a', load)).toMatchObject({ value: 1, outcome: 'hit', tier: 'remote', ageMs: 3 * SECOND });
    expect(cache.stats().kinds['k']).toMatchObject({ hits: 1, remoteHits: 1, loads: 0 });
    await clock.advance(2 * SECOND - 1);
    expect(cache.k.peek('a')).toBe(1);
    await clock.advance(1);
    expect(await cache.k.getOrLoad('a', load)).toBe(9);
  });

  test('lends a stale value when the load fails, or is slow', async () => {
    const clock = new FakeClock();
    const store = new MemoryRemoteTier({ clock });
    await open(clock, store).k.set('a', 1);
    await clock.advance(6 * SECOND);
    const failing = await open(clock, store).k.entryOrLoad('a', async () => Promise.reject(new Error('down')));
    expect(failing).toMatchObject({ value: 1, outcome: 'stale' });
    const slow = open(clock, store).k.entryOrLoad('a', () => new Promise<number>(() => {}));
    await clock.advance(200);
    expect(await slow).toMatchObject({ value: 1, outcome: 'stale' });
  });

  test('is promoted into the nearer tiers', async () => {
    const clock = new FakeClock();
    const near = new MemoryRemoteTier({ name: 'near', clock });
    const far = new MemoryRemoteTier({ name: 'far', clock });
    await open(clock, far).k.set('a', 1);
    const cache = open(clock, near, far);
    expect(await cache.k.get('a')).toBe(1);
    await cache.flush();
    expect(await open(clock, near).k.get('a')).toBe(1);
    expect(cache.stats().tiers).toMatchObject([
      { name: 'near', hits: 0, misses: 1 },
      { name: 'far', hits: 1 },
    ]);
  });

  test('answers many in one trip, and lists and explains what it has', async () => {
    const clock = new FakeClock();
    const store = new MemoryRemoteTier({ clock });
    await open(clock, store).k.setMany([
      ['a', 1],
      ['b', 2],
    ]);
    const cache = open(clock, store);
    expect(await cache.keys('k:*')).toEqual(['k:a', 'k:b']);
    expect(await cache.keys('k:*', 1)).toHaveLength(1);
    expect((await cache.explain('k:a')).tiers.map(({ tier, state }) => [tier, state])).toEqual([
      ['memory', 'absent'],
      ['remote', 'fresh'],
    ]);
    expect(new Map(await cache.k.getMany(['a', 'b', 'c']))).toEqual(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    );
    const batch = await cache.k.getOrLoadMany(['a', 'c'], async (keys) => new Map(keys.map((key) => [key, 3])));
    expect(new Map(batch)).toEqual(
      new Map([
        ['a', 1],
        ['c', 3],
      ]),
    );
  });

  test('a mark that cannot be read is taken for one of now', async () => {
    const clock = new FakeClock();
    const faulty = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
    const writer = open(clock, faulty);
    await writer.invalidate({ tag: 't' });
    await clock.advance(1);
    await writer.k.set('a', 1);
    await clock.advance(1);
    const reader = open(clock, faulty);
    faulty.corrupt({ nth: 2 });
    expect(await reader.k.get('a')).toBeUndefined();
    faulty.heal();
    await reader.flush();
    await clock.advance(1);
    await writer.k.set('a', 2);
    expect(await open(clock, faulty).k.get('a')).toBe(2);
  });

  test('a write that one tier missed is made good when it answers again', async () => {
    const clock = new FakeClock();
    const faulty = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
    const cache = open(clock, faulty);
    await cache.k.set('a', 1);
    await cache.set('b', 1, { tags: ['t'] });
    faulty.fail({ times: 2 });
    await clock.advance(1);
    await cache.k.delete('a');
    await cache.invalidate({ tag: 't' });
    expect(cache.stats().tiers[0]).toMatchObject({ unwritten: 2, writeErrors: 2 });
    expect(await cache.k.get('a')).toBeUndefined();
    await cache.flush();
    expect(cache.stats().tiers[0]?.unwritten).toBe(0);
    const other = open(clock, faulty);
    expect(await other.k.get('a')).toBeUndefined();
    expect(await other.get('b')).toBeUndefined();
  });
});

describe('a reader of a distant tier', () => {
  test('gives up its wait alone', async () => {
    const clock = new FakeClock();
    const faulty = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
    const cache = createCache({ clock, remote: faulty, kinds: KINDS });
    faulty.delay(20, { calls: ['getMany'] });
    const leaving = new AbortController();
    const first = cache.k.getOrLoad('a', async () => 1, { signal: leaving.signal }).catch((error: Error) => error.message);
    const second = cache.k.getOrLoad('a', async () => 2);
    leaving.abort(new Error('left'));
    expect(await first).toBe('left');
    await clock.advance(20);
    // Nobody waits for what the first would have loaded: it is not asked for.
    expect(await second).toBe(2);
  });

  test('takes nothing into memory that was invalidated while the tier was asked', async () => {
    const clock = new FakeClock();
    const store = new MemoryRemoteTier({ clock });
    const door = gate();
    const held: RemoteTier = {
      ...distant(store),
      getMany: async (keys) => {
        const answer = await store.getMany(keys);
        await door.promise;
        return answer;
      },
    };
    await createCache({ clock, remote: store, kinds: KINDS }).k.set('a', 1);
    await clock.advance(1);
    const cache = createCache({ clock, remote: held, kinds: KINDS });
    const one = cache.k.get('a');
    const many = cache.k.getMany(['a']);
    await settle();
    const gone = cache.invalidate({ key: 'k:a' });
    door.open();
    await gone;
    expect([await one, (await many).size]).toEqual([undefined, 0]);
    expect(cache.k.peek('a')).toBeUndefined();
  });
});

test('a cache refuses tiers that are named alike, or as its own', () => {
  const named = (name: string): MemoryRemoteTier => new MemoryRemoteTier({ name });
  expect(() => createCache({ remote: [named('a'), named('a')] })).toThrow('Two remote tiers are named alike');
  expect(() => createCache({ remote: named('memory') })).toThrow('A remote tier cannot be named "memory"');
});
