import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CacheEventName, CacheEvents, CacheOf, RemoteTier, SealedEntry } from '../../src/index.ts';
import { type CacheOptions, createCache, type Kind, type KindOptions, keyRing, kind, type NoKinds } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { lmdb } from '../../src/tiers/lmdb/lmdb-tier.ts';
import { randomFrom } from '../entry/codec/random.ts';
import { scratch } from '../lmdb/scratch.ts';
import { json, startService } from '../service/running-service.ts';

const folder = scratch();
const secretOf = (id: number) => ({ id, key: Buffer.alloc(32, `the key ${id}, which nobody uses`) });
const [FIRST, SECOND, THIRD] = [secretOf(1), secretOf(2), secretOf(3)];
/** The first call opens the store, and the machine may be busy. */
const PATIENT = { deadline: '10s', writeDeadline: '10s' } as const;
/** What must be found nowhere. */
const CANARY = 'canary-4711-sings';

type Position = Readonly<Record<string, unknown>>;
type Positions = { readonly position: Kind<string, Position> };
const SENSITIVE: KindOptions<string, Position> = {
  sensitive: true,
  lifetime: { ttl: '1m', grace: '1h' },
  tags: () => ['account'],
  // So that it is seen in the bytes where it is not encrypted.
  compression: 'none',
};
/** A position that names the canary, and is long enough to be compressed. */
const held = (shares: number): Position => ({ name: CANARY, [CANARY]: shares, lots: Array.from({ length: 500 }, (_, at) => [at, shares]) });

/** A remote tier in memory that remembers all it was ever given. */
class RecordingTier extends MemoryRemoteTier {
  readonly given: Uint8Array[] = [];

  override setMany(entries: readonly SealedEntry[]): Promise<boolean[]> {
    for (const { bytes } of entries) this.given.push(new Uint8Array(bytes));
    return super.setMany(entries);
  }

  holds(text: string): boolean {
    return this.given.some((bytes) => Buffer.from(bytes).includes(text));
  }
}

function positions(
  clock: FakeClock,
  remote: RemoteTier | readonly RemoteTier[],
  options: Partial<CacheOptions<NoKinds>> = {},
  kinds = SENSITIVE,
) {
  const encryption = keyRing(FIRST);
  return createCache({ clock, remote, encryption, ...options, kinds: { position: kind<string, Position>(kinds) } }) as CacheOf<Positions>;
}

/** All that a cache does with a kind. */
async function exercise(cache: CacheOf<Positions>, clock: FakeClock): Promise<void> {
  await cache.position.set('alice', held(1));
  await cache.position.setMany([['bob', held(2)]]);
  await cache.position.getOrLoad('carol', async () => held(3));
  await cache.position.getOrLoad('nobody', async () => undefined);
  await cache.position.touch('alice');
  await cache.position.expire('bob');
  await clock.advance(61_000);
  await cache.position.getOrLoad('carol', async () => held(4));
  await cache.expire({ tag: 'account' });
  await cache.position.set('alice', held(5));
  await cache.position.delete('bob');
  await cache.flush();
}

describe('invariant 17: secrecy', () => {
  test('no word of a sensitive value reaches a tier, an event, a statistic or an error', async () => {
    const clock = new FakeClock();
    const tier = new RecordingTier({ clock });
    const cache = positions(clock, tier);
    const told: unknown[] = [];
    for (const name of ['remove', 'load', 'invalidate', 'tier'] satisfies CacheEventName[]) cache.on(name, (event) => told.push(event));
    await exercise(cache, clock);
    const unkept = { [CANARY]: () => CANARY };
    const refused = await cache.position.set('dave', unkept).catch((error: Error) => error);
    await cache.position.getOrLoad('dave', async () => unkept);
    // One that another key wrote, and one that is plain.
    await positions(clock, tier, { encryption: keyRing(SECOND) }).position.set('erin', held(6));
    await cache.position.get('erin');
    await cache.flush();
    told.push(cache.stats(), await cache.explain('position:alice'), await cache.keys('*'), refused, (refused as Error).stack);
    expect(tier.given.length).toBeGreaterThan(8);
    expect(tier.holds(CANARY)).toBe(false);
    const texts = told.map(
      (each) => `${JSON.stringify(each, (_, value) => (value instanceof Error ? `${value.stack} ${value.cause}` : value))} ${each}`,
    );
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.join('\n')).toContain('cipher-key');
    expect(texts.join('\n')).not.toContain(CANARY);
    expect(texts.join('\n')).not.toContain(FIRST.key.toString('base64'));
  });

  test('nor a file of the LMDB tier, where it would be found if the kind were not sensitive', async () => {
    for (const isSensitive of [true, false]) {
      const path = folder();
      const clock = new FakeClock();
      const cache = positions(clock, lmdb({ path, clock }), { guard: PATIENT }, { ...SENSITIVE, sensitive: isSensitive });
      await exercise(cache, clock);
      await cache.close();
      const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
      expect(files.length).toBeGreaterThan(0);
      expect(files.some((file) => readFileSync(join(file.parentPath, file.name)).includes(CANARY))).toBe(!isSensitive);
      await using again = positions(clock, lmdb({ path, clock }), { guard: PATIENT }, { ...SENSITIVE, sensitive: isSensitive });
      expect(await again.position.get('alice')).toEqual(held(5));
    }
  });

  test('nor a page, a metric or a statistic of the service', async () => {
    const store = folder();
    const { ask, service } = await startService({
      cache: { store },
      kinds: { portfolio: { sensitive: true } },
      encryption: { keys: `1:${FIRST.key.toString('base64')}` },
    });
    expect((await ask('/v1/entries/portfolio/alice', json('PUT', { value: held(1) }))).status).toBeLessThan(300);
    expect((await ask('/v1/entries/portfolio/alice')).body).toMatchObject({ value: { name: CANARY } });
    for (const path of ['/metrics', '/v1/stats', '/v1/explain/portfolio:alice', '/v1/keys?pattern=*', '/health']) {
      const text = JSON.stringify((await ask(path)).body);
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain(FIRST.key.toString('base64'));
    }
    await service.drain();
    const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    expect(files.some((file) => readFileSync(join(file.parentPath, file.name)).includes(CANARY))).toBe(false);
  });
});

describe('a sensitive kind', () => {
  test('is touched, expired, promoted and found absent as any other', async () => {
    const clock = new FakeClock();
    const near = new RecordingTier({ clock, name: 'near' });
    const far = new RecordingTier({ clock, name: 'far' });
    const cache = positions(clock, far);
    await cache.position.set('alice', held(1));
    await cache.position.set('bob', held(2));
    await cache.position.getOrLoad('nobody', async () => undefined);
    await clock.advance(50_000);
    expect(await cache.position.touch('alice')).toBe(true);
    await cache.position.expire('bob');
    await cache.flush();
    await clock.advance(50_000);

    const other = positions(clock, [near, far]);
    expect(await other.position.entry('alice')).toMatchObject({ value: held(1), outcome: 'hit', tier: 'far' });
    expect(await other.position.get('bob', { allowStale: true })).toEqual(held(2));
    await other.flush();
    expect(near.holds(CANARY)).toBe(false);
    expect(await positions(clock, near).position.get('alice')).toEqual(held(1));
    expect(other.stats().tiers.map(({ refused }) => refused)).toEqual([0, 0]);
  });

  test('takes nothing for "the source has nothing" that was not written with a key', async () => {
    const clock = new FakeClock();
    const tier = new MemoryRemoteTier({ clock });
    const options = { ...SENSITIVE, negativeTtl: '1m' as const };
    await positions(clock, tier, {}, { ...options, sensitive: false }).position.getOrLoad('alice', async () => undefined);
    const cache = positions(clock, tier, {}, options);
    expect(await cache.position.getOrLoad('alice', async () => held(1))).toEqual(held(1));
    expect(cache.stats().tiers[0]?.refused).toBe(1);
  });

  test('refuses what was stored before it was one, and is read after it ceases to be', async () => {
    const clock = new FakeClock();
    const tier = new MemoryRemoteTier({ clock });
    const plain = { ...SENSITIVE, sensitive: false };
    await positions(clock, tier, {}, plain).position.set('alice', held(1));
    await clock.advance(1);
    const cache = positions(clock, tier);
    expect(await cache.position.get('alice')).toBeUndefined();
    expect(await cache.position.getOrLoad('alice', async () => held(2))).toEqual(held(2));
    await cache.flush();
    expect(await positions(clock, tier, {}, plain).position.get('alice')).toEqual(held(2));
    expect(await positions(clock, tier, { encryption: undefined as never }, plain).position.get('alice')).toBeUndefined();
  });

  test('expired by a process without its key is gone, not fresh', async () => {
    const clock = new FakeClock();
    const tier = new MemoryRemoteTier({ clock });
    await positions(clock, tier).position.set('alice', held(1));
    await clock.advance(1);
    await positions(clock, tier, { encryption: keyRing(SECOND) }).position.expire('alice');
    expect(await positions(clock, tier).position.get('alice', { allowStale: true })).toBeUndefined();
  });

  test('moved in the store to another key, kind or namespace is a miss there', async () => {
    const clock = new FakeClock();
    const store = new MemoryRemoteTier({ clock });
    const encryption = keyRing(FIRST);
    const kinds = { position: kind<string, Position>(SENSITIVE), order: kind<string, Position>(SENSITIVE) };
    await createCache({ clock, remote: store, encryption, kinds }).position.set('alice', held(1));
    /** A tier that answers every key with the bytes of one. */
    class MixedTier extends MemoryRemoteTier {
      override getMany(keys: readonly string[]) {
        return store.getMany(keys.map((key) => (key.includes('~') ? key : 'main:position:alice')));
      }
    }
    const cache = createCache({ clock, remote: new MixedTier({ clock }), encryption, kinds });
    expect(await cache.position.get('alice')).toEqual(held(1));
    expect(await cache.position.get('bob')).toBeUndefined();
    expect(await cache.order.get('alice')).toBeUndefined();
    expect(await cache.get('alice')).toBeUndefined();
    expect(await cache.namespace('desk').position.get('alice')).toBeUndefined();
    expect(cache.stats().tiers[0]?.refused).toBe(4);
  });
});

describe('keys exchanged under load', () => {
  test('lose nothing: neither what was written, nor a read', async () => {
    const clock = new FakeClock();
    const tier = new MemoryRemoteTier({ clock });
    const rings = [keyRing(FIRST), keyRing(FIRST)] as const;
    const [writer, reader] = rings.map((encryption) => positions(clock, tier, { encryption, memory: { maxEntries: 10 } })) as [
      CacheOf<Positions>,
      CacheOf<Positions>,
    ];
    const random = randomFrom(20_261_120);
    const written = new Map<string, number>();
    let isOver = false;
    const writes = async (): Promise<void> => {
      for (let shares = 1; !isOver; shares += 1) {
        const key = `key ${random(300)}`;
        expect(await writer.position.set(key, { shares })).toBe(true);
        written.set(key, shares);
      }
    };
    const reads = async (): Promise<void> => {
      while (!isOver) {
        const [key, least] = [...written][random(Math.max(1, written.size))] ?? ['key none', 0];
        const found = await reader.position.get(key);
        if (least > 0) expect(found?.['shares']).toBeGreaterThan(0);
      }
    };
    const passes = async (): Promise<void> => {
      for (let turn = 0; turn < 300; turn += 1) await Promise.resolve();
    };
    const exchanges = async (): Promise<void> => {
      await passes();
      for (const [fresh, old] of [
        [SECOND, FIRST],
        [THIRD, SECOND],
      ] as const) {
        // First all know the new key, then all write with it; the oldest goes on reading until what it wrote is gone.
        for (const ring of rings) ring.use([old, fresh, FIRST].filter((key, at, all) => all.indexOf(key) === at));
        await passes();
        for (const ring of rings) {
          ring.use([fresh, old, FIRST].filter((key, at, all) => all.indexOf(key) === at));
          await passes();
        }
      }
      isOver = true;
    };
    await Promise.all([writes(), reads(), reads(), exchanges()]);
    expect(rings[0].usage().map(({ id, encrypted }) => [id, encrypted > 0])).toEqual([
      [3, true],
      [2, true],
      [1, true],
    ]);
    const after = positions(clock, tier, { encryption: rings[1] });
    for (const [key, shares] of written) expect(await after.position.get(key)).toEqual({ shares });
    for (const cache of [writer, reader, after]) expect(cache.stats().tiers[0]).toMatchObject({ refused: 0, writeErrors: 0, errors: 0 });
  });

  test('that nobody has told of yet cost a miss, and no more', async () => {
    const clock = new FakeClock();
    const tier = new MemoryRemoteTier({ clock });
    const encryption = keyRing(FIRST);
    await positions(clock, tier, { encryption: keyRing([SECOND, FIRST]) }).position.set('alice', held(1));
    const told: CacheEvents['tier'][] = [];
    const cache = positions(clock, tier, { encryption });
    cache.on('tier', (event) => told.push(event));
    expect(await cache.position.get('alice')).toBeUndefined();
    expect(told).toMatchObject([{ what: 'refused', reason: 'cipher-key', kind: 'position', key: 'alice' }]);
    encryption.use([FIRST, SECOND]);
    expect(await cache.position.get('alice')).toEqual(held(1));
    expect(cache.stats().encryption).toMatchObject([
      { id: 1, isWriting: true, decrypted: 0 },
      { id: 2, isWriting: false, decrypted: 1 },
    ]);
  });
});

describe('a cache with sensitive kinds is refused', () => {
  const remote = new MemoryRemoteTier();
  const kinds = { position: kind<string, Position>({ sensitive: true }) };

  test('when remote tiers keep them and there is no key', () => {
    expect(() => createCache({ remote, kinds })).toThrow(
      '`kinds.position` is sensitive and there is no key; give `encryption: keyRing(…)`',
    );
    expect(() => createCache({ remote, plain: { sensitive: true } })).toThrow('`plain` is sensitive');
    expect(() => createCache({ remote, kinds: { position: kind({ sensitive: true, remote: false }) } })).not.toThrow();
    expect(() => createCache({ kinds })).not.toThrow();
  });

  test('when its keys are no ring', () => {
    expect(() => createCache({ kinds, encryption: 'a key' as never })).toThrow('`encryption` is no ring of keys; make one with keyRing(…)');
  });
});
