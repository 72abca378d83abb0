import { readdirSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClosedError } from '../../../src/errors.ts';
import { LmdbStore } from '../../../src/lmdb/store.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { assertSame, collect } from '../../../src/testing/tier-answers.ts';
import { TierModel } from '../../../src/testing/tier-model.ts';
import { TOMBSTONE_MS } from '../../../src/testing/tier-subject.ts';
import { describeRemoteTier } from '../../../src/testing/tier-suite.ts';
import { guarded } from '../../../src/tiers/guarded-tier.ts';
import { lmdb } from '../../../src/tiers/lmdb/lmdb-tier.ts';
import { scratch } from '../../lmdb/scratch.ts';

const folder = scratch();
const HOUR = 3_600_000;

for (const isGuarded of [false, true]) {
  describeRemoteTier(
    isGuarded ? 'LmdbTier, guarded' : 'LmdbTier',
    () => {
      const clock = new FakeClock();
      const tier = lmdb({ path: folder(), clock, tombstoneFor: TOMBSTONE_MS });
      return { tier: isGuarded ? guarded(tier, { clock }) : tier, now: () => clock.now(), pass: (ms) => clock.advance(ms) };
    },
    { describe, test },
  );
}

describe('LmdbTier', () => {
  test('answers a read at once', async () => {
    await using tier = lmdb({ path: folder() });
    expect(tier.getMany(['main:quote:A'])).toStrictEqual([undefined]);
    const entry = sealedSample('main:quote:A');
    await tier.setMany([entry]);
    const answer = tier.getMany([entry.key]);
    expect(answer).not.toBeInstanceOf(Promise);
    assertSame(await answer, [entry.bytes]);
  });

  test('has every entry again after a restart, marks of deletions too', async () => {
    const path = folder();
    const entries = Array.from({ length: 1_000 }, (_, n) => sealedSample(`main:quote:${n}`, { stamp: 1 + n }));
    {
      await using tier = lmdb({ path });
      await tier.setMany(entries);
      await tier.deleteMany(['main:quote:7'], { stamp: 5_000, origin: 1 });
    }
    await using tier = lmdb({ path });
    expect(tier.stats).toMatchObject({ isOpen: true, entries: 1_000, quarantined: 0 });
    assertSame(
      await tier.getMany(entries.map(({ key }) => key)),
      entries.map(({ bytes }, n) => (n === 7 ? undefined : bytes)),
    );
    expect(await tier.setMany([sealedSample('main:quote:7', { stamp: 4_999 })])).toStrictEqual([false]);
  });

  test('is one store to all tiers of a folder, in one process too', async () => {
    const path = folder();
    await using one = lmdb({ path });
    await using other = lmdb({ path });
    const entry = sealedSample('main:quote:A');
    await one.setMany([entry]);
    assertSame(await other.getMany([entry.key]), [entry.bytes]);
    await other.deleteMany([entry.key], { stamp: 2, origin: 1 });
    expect(one.getMany([entry.key])).toStrictEqual([undefined]);
  });

  test('does not take keys and values beyond its limits, and takes the rest of their batch', async () => {
    await using tier = lmdb({ path: folder() });
    const [good, long, big] = [sealedSample('main:quote:A'), sealedSample(`main:quote:${'日'.repeat(656)}`), sealedSample('main:model:B')];
    const foreign = { ...good, key: 'main:quote:F', bytes: new Uint8Array(500) };
    const oversized = { ...big, bytes: Buffer.concat([big.bytes, Buffer.alloc(16 * 1_024 * 1_024)]) };
    expect(await tier.setMany([long, good, foreign, oversized])).toStrictEqual([false, true, false, false]);
    assertSame(await tier.getMany([good.key, long.key, foreign.key, oversized.key]), [good.bytes, undefined, undefined, undefined]);
    await tier.deleteMany([long.key], { stamp: 9, origin: 1 });
    expect(tier.stats).toMatchObject({ refused: 3, entries: 1, writeErrors: 0 });
  });

  test('hands on what is no envelope of this version, for the cache to refuse and count', async () => {
    const path = folder();
    await using tier = lmdb({ path });
    const store = new LmdbStore(`${path}/entries-1.mdb`, 0, 'write');
    store.write(1, 1_000, () =>
      store.put('main:quote:A', Buffer.from('Tc\u0009 of a later version, with a header that is not known here, and more of it')),
    );
    await store.close();
    const [bytes] = await tier.getMany(['main:quote:A']);
    expect(bytes?.[2]).toBe(9);
    const entry = sealedSample('main:quote:A');
    expect(await tier.setMany([entry])).toStrictEqual([true]);
  });

  test('rejects what is asked for after close, and does what was asked for before', async () => {
    const tier = lmdb({ path: folder() });
    const write = tier.setMany([sealedSample('main:quote:A')]);
    const close = tier[Symbol.asyncDispose]();
    await expect(tier.setMany([])).rejects.toBeInstanceOf(ClosedError);
    await expect(write).resolves.toStrictEqual([true]);
    await close;
  });

  test('leaves no timer and no sign of itself when it is closed', async () => {
    const clock = new FakeClock();
    const path = folder();
    const tier = lmdb({ path, clock });
    await tier.setMany([sealedSample('main:quote:A')]);
    await tier[Symbol.asyncDispose]();
    expect(clock.timerCount).toBe(0);
    expect(readdirSync(path).sort()).toStrictEqual(['entries-1.closed', 'entries-1.mdb', 'entries-1.mdb-lock']);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(path)) expect(statSync(`${path}/${name}`).mode & 0o777).toBe(0o600);
  });

  test('does as the model does, whatever is asked of it', async () => {
    await using tier = lmdb({ path: folder() });
    let run = 0;
    const key = fc.constantFrom('a', 'b', 'c', 'ab', '🐂');
    const version = fc.record({ stamp: fc.nat(12), origin: fc.nat(2) });
    const step = fc.oneof(
      fc.record({
        keys: fc.array(key, { minLength: 1, size: 'max', maxLength: 30 }),
        version,
        eventAt: fc.option(fc.nat(5), { nil: undefined }),
      }),
      fc.record({ deleted: fc.array(key, { minLength: 1, maxLength: 5 }), version }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { size: 'max', maxLength: 40 }), async (steps) => {
        run += 1;
        const model = new TierModel();
        const full = (name: string): string => `run${run}:quote:${name}`;
        const results = steps.map((one) => {
          if ('deleted' in one) {
            const keys = one.deleted.map(full);
            for (const name of keys) model.delete(name, one.version);
            return [tier.deleteMany(keys, one.version), undefined] as const;
          }
          const entries = one.keys.map((name) => sealedSample(full(name), { ...one.version, eventAt: one.eventAt }));
          return [tier.setMany(entries), entries.map((entry) => model.set(entry))] as const;
        });
        for (const [call, expected] of results) expect(await call).toStrictEqual(expected);
        const keys = ['a', 'b', 'c', 'ab', '🐂'].map(full);
        assertSame(
          await tier.getMany(keys),
          keys.map((name) => model.get(name)),
        );
        expect((await collect(tier, `run${run}:*`)).sort()).toStrictEqual(model.keys().sort());
      }),
      { numRuns: 100 },
    );
  });
});

describe('the sweeping of an LmdbTier', () => {
  test('removes what is dead, and nothing else', async () => {
    const clock = new FakeClock();
    await using tier = lmdb({ path: folder(), clock, tombstoneFor: 1_000 });
    const dying = Array.from({ length: 5_000 }, (_, n) => sealedSample(`main:quote:${n}`, { deadAt: clock.now() + 1_000 }));
    const living = Array.from({ length: 500 }, (_, n) => sealedSample(`main:quote:${n}x`, { deadAt: clock.now() + 1_000 * HOUR }));
    await tier.setMany([...dying, ...living]);
    await tier.deleteMany(['main:quote:gone'], { stamp: 9, origin: 1 });
    expect(tier.stats.entries).toBe(5_501);
    await expect.poll(() => clock.advance(2_000).then(() => tier.stats.entries), { timeout: 10_000 }).toBe(500);
    assertSame(
      await tier.getMany(living.map(({ key }) => key)),
      living.map(({ bytes }) => bytes),
    );
    expect(tier.stats).toMatchObject({ dropped: 0 });
  });

  test('drops what dies soonest when there is no room, and keeps the store within its bytes', async () => {
    const clock = new FakeClock();
    const maxBytes = 4 * 1_024 * 1_024;
    await using tier = lmdb({ path: folder(), clock, maxBytes });
    const value = 'x'.repeat(1_000);
    for (let batch = 0; batch < 60; batch += 1) {
      const entries = Array.from({ length: 200 }, (_, n) => {
        const isSoon = n % 2 === 0;
        return sealedSample(`main:${isSoon ? 'quote' : 'bars'}:${batch}-${n}`, {
          value,
          deadAt: clock.now() + (isSoon ? HOUR : 900 * HOUR),
        });
      });
      await tier.setMany(entries);
      expect(tier.stats.bytes).toBeLessThanOrEqual(maxBytes);
    }
    await expect.poll(() => tier.stats.bytes).toBeLessThanOrEqual(maxBytes * 0.9);
    const [quotes, bars] = [await collect(tier, 'main:quote:*'), await collect(tier, 'main:bars:*')];
    expect(bars.length).toBeGreaterThan(3 * quotes.length);
    expect(tier.stats.fileBytes).toBeLessThan(2 * maxBytes);
    expect(tier.stats.writeErrors).toBe(0);
  });

  test('makes room in a store that was full before it was opened', async () => {
    const path = folder();
    const value = 'x'.repeat(1_000);
    const entries = Array.from({ length: 4_000 }, (_, n) => sealedSample(`main:quote:${n}`, { value }));
    {
      await using tier = lmdb({ path });
      await tier.setMany(entries);
    }
    await using tier = lmdb({ path, maxBytes: '2mb' });
    const more = sealedSample('main:quote:more', { value });
    await expect.poll(async () => (await tier.setMany([more]).catch(() => [false]))[0] || tier.getMany([more.key])).toBeTruthy();
    await expect.poll(() => tier.stats.bytes).toBeLessThanOrEqual(2 * 1_024 * 1_024);
  });

  test('spares the marks of deletions, however crowded it is', async () => {
    const clock = new FakeClock();
    await using tier = lmdb({ path: folder(), clock, maxBytes: '1mb' });
    const keys = Array.from({ length: 300 }, (_, n) => `main:quote:${n}`);
    await tier.deleteMany(keys, { stamp: 100, origin: 1 });
    for (let batch = 0; batch < 30; batch += 1) {
      await tier.setMany(Array.from({ length: 100 }, (_, n) => sealedSample(`main:bars:${batch}-${n}`, { value: 'x'.repeat(1_000) })));
    }
    expect(tier.stats.writeErrors).toBe(0);
    const late = await tier.setMany(keys.map((key) => sealedSample(key, { stamp: 99 })));
    expect(late.some((isStored) => isStored)).toBe(false);
  });

  test('removes nothing that only a jump of the wall clock makes dead', async () => {
    const clock = new FakeClock();
    const began = clock.now();
    await using tier = lmdb({ path: folder(), clock });
    const entries = Array.from({ length: 200 }, (_, n) => sealedSample(`main:quote:${n}`, { deadAt: began + HOUR }));
    const keys = entries.map(({ key }) => key);
    await tier.setMany(entries);
    clock.jump(began + 48 * HOUR);
    expect((await tier.getMany(keys)).every((bytes) => bytes === undefined)).toBe(true);
    for (let round = 0; round < 20; round += 1) await clock.advance(2_000);
    await tier.flush();
    clock.jump(began + 40_000);
    assertSame(
      await tier.getMany(keys),
      entries.map(({ bytes }) => bytes),
    );
    clock.jump(began - HOUR);
    assertSame(
      await tier.getMany(keys),
      entries.map(({ bytes }) => bytes),
    );
    clock.jump(began + HOUR);
    expect((await tier.getMany(keys)).every((bytes) => bytes === undefined)).toBe(true);
  });
});
