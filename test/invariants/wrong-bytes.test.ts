import { describe, expect, test } from 'vitest';
import { createCache, kind, type RemoteTier } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';

const KINDS = { k: kind<string, { id: number }>({ lifetime: '1h' }) };

describe('invariant 1: no wrong bytes', () => {
  test('whatever a tier hands back damaged is a miss, and is counted', async () => {
    const clock = new FakeClock();
    const faulty = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
    const writer = createCache({ clock, remote: faulty, kinds: KINDS });
    await writer.k.setMany(Array.from({ length: 500 }, (_, id) => [`key ${id}`, { id }] as const));
    const reader = createCache({ clock, remote: faulty, kinds: KINDS });
    faulty.corrupt({ times: Number.POSITIVE_INFINITY });
    for (let id = 0; id < 500; id += 1) expect(await reader.k.get(`key ${id}`)).toBeUndefined();
    expect(new Map(await reader.k.getMany(['key 1', 'key 2']))).toEqual(new Map());
    expect(reader.stats().tiers[0]?.refused).toBe(502);
    faulty.heal();
    expect(await reader.k.get('key 7')).toEqual({ id: 7 });
  });

  test('bytes moved to another key, another kind or another namespace are a miss', async () => {
    const clock = new FakeClock();
    const store = new MemoryRemoteTier({ clock });
    /** A tier that answers every key with the bytes of one other. */
    const mixed = (other: string): RemoteTier => ({
      name: 'mixed',
      reach: 'fleet',
      isUp: true,
      leases: undefined,
      getMany: async (keys) => store.getMany(keys.map((key) => (key.includes('~') ? key : other))),
      setMany: (entries) => store.setMany(entries),
      deleteMany: (keys, version) => store.deleteMany(keys, version),
      scan: (pattern) => store.scan(pattern),
      flush: () => store.flush(),
      [Symbol.asyncDispose]: async () => {},
    });
    await createCache({ clock, remote: store, kinds: KINDS }).k.set('a', { id: 1 });
    for (const other of ['main:k:a']) {
      const cache = createCache({ clock, remote: mixed(other), kinds: { ...KINDS, j: kind<string, { id: number }>() } });
      expect(await cache.k.get('a')).toEqual({ id: 1 });
      expect(await cache.k.get('b')).toBeUndefined();
      expect(await cache.j.get('a')).toBeUndefined();
      expect(await cache.get('a')).toBeUndefined();
      expect(await cache.namespace('x').k.get('a')).toBeUndefined();
    }
  });

  test('a stored shape that is no longer the kind’s is migrated, or a miss', async () => {
    const clock = new FakeClock();
    const store = new MemoryRemoteTier({ clock });
    const before = createCache({ clock, remote: store, kinds: { k: kind<string, unknown>() } });
    await before.k.set('cents', { cents: 250 });
    await before.k.set('junk', 'what is this');
    await before.k.set('good', { price: 3 });
    const schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) =>
          typeof value === 'object' && value !== null && 'price' in value
            ? { value: value as { price: number } }
            : { issues: [{ message: 'no price' }] },
      },
    } as const;
    const migrate = (stored: unknown): { price: number } | undefined =>
      typeof stored === 'object' && stored !== null && 'cents' in stored ? { price: Number(stored.cents) / 100 } : undefined;
    const after = createCache({ clock, remote: store, kinds: { k: kind<string, { price: number }>({ schema, migrate }) } });
    expect(await after.k.get('good')).toEqual({ price: 3 });
    expect(await after.k.get('cents')).toEqual({ price: 2.5 });
    expect(await after.k.get('junk')).toBeUndefined();
    expect(after.stats().tiers[0]?.refused).toBe(1);
  });

  test('a value that tiers cannot keep is refused with its path, and nothing is written', async () => {
    const clock = new FakeClock();
    const store = new MemoryRemoteTier({ clock });
    const cache = createCache({ clock, remote: store });
    await expect(cache.set('a', { bars: [{ on: () => 1 }] })).rejects.toThrow('$.bars[0].on');
    expect(cache.peek('a')).toBeUndefined();
    // What was loaded is answered and kept in memory all the same.
    const loaded = await cache.getOrLoad('b', async () => ({ format: (price: number) => price.toFixed(2) }));
    expect(cache.peek('b')).toBe(loaded);
    await cache.flush();
    expect(cache.stats().tiers[0]?.writeErrors).toBe(1);
  });
});
