import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_KEY_BYTES } from '../../../src/lmdb/store.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { describeLeases } from '../../../src/testing/lease-suite.ts';
import { MemoryLeases } from '../../../src/testing/memory-leases.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { assertSame, collect } from '../../../src/testing/tier-answers.ts';
import { type LmdbTier, lmdb } from '../../../src/tiers/lmdb/lmdb-tier.ts';
import { startProcess } from '../../lmdb/processes.ts';
import { scratch } from '../../lmdb/scratch.ts';

const folder = scratch();
const PEER = new URL('./peer.ts', import.meta.url);
const KEY = 'main:quote:A';
const HOUR = 3_600_000;

describeLeases(
  'LmdbTier',
  () => {
    const clock = new FakeClock();
    const path = folder();
    const tiers: LmdbTier[] = [];
    const connect = () => {
      const tier = lmdb({ path, clock });
      tiers.push(tier);
      return tier.leases;
    };
    const close = async () => {
      for (const tier of tiers) await tier[Symbol.asyncDispose]();
    };
    return { connect, pass: (ms) => clock.advance(ms), close };
  },
  { describe, test },
);

describe('the leases of an LmdbTier', () => {
  test('stand apart from entries: under the same key, in scans, and in room', async () => {
    await using tier = lmdb({ path: folder() });
    const entry = sealedSample(KEY);
    await tier.setMany([entry]);
    expect(await tier.leases.acquire([KEY, 'main:quote:B'], 'one', HOUR)).toStrictEqual([0, 0]);
    assertSame(await tier.getMany([KEY, 'main:quote:B']), [entry.bytes, undefined]);
    expect(await collect(tier, '*')).toStrictEqual([KEY]);
    expect(await collect(tier, '\u0001*')).toStrictEqual([]);
    await tier.deleteMany([KEY], { stamp: 9, origin: 1 });
    expect(await tier.leases.acquire([KEY], 'other', HOUR)).toStrictEqual([expect.toSatisfy((leftMs) => leftMs > 0)]);
  });

  test('cannot be had by writing an entry under a key of theirs', async () => {
    await using tier = lmdb({ path: folder() });
    const forged = sealedSample('\u0001main:quote:A');
    expect(await tier.setMany([forged])).toStrictEqual([false]);
    expect(tier.stats.refused).toBe(1);
    assertSame(await tier.getMany([forged.key]), [undefined]);
    expect(await tier.leases.acquire([KEY], 'one', HOUR)).toStrictEqual([0]);
  });

  test('go when they have ended, and no sooner', async () => {
    const clock = new FakeClock();
    await using tier = lmdb({ path: folder(), clock });
    const keys = Array.from({ length: 6_000 }, (_, n) => `main:quote:${n}`);
    await tier.leases.acquire(keys, 'one', 1_000);
    await tier.leases.acquire(['main:bars:A'], 'one', HOUR);
    expect(tier.stats.entries).toBe(6_001);
    await expect.poll(() => clock.advance(2_000).then(() => tier.stats.entries)).toBe(1);
    expect(await tier.leases.acquire(['main:bars:A'], 'other', HOUR)).not.toStrictEqual([0]);
  });

  test('never stand for longer than their term, though the wall clock is set back', async () => {
    const clock = new FakeClock();
    await using tier = lmdb({ path: folder(), clock });
    await tier.leases.acquire([KEY], 'one', 1_000);
    clock.jump(clock.now() - HOUR);
    expect(await tier.leases.acquire([KEY], 'other', 5_000)).toStrictEqual([1_000]);
    await clock.advance(600);
    expect(await tier.leases.acquire([KEY], 'other', 5_000)).toStrictEqual([400]);
    await clock.advance(400);
    expect(await tier.leases.acquire([KEY], 'other', 5_000)).toStrictEqual([0]);
  });

  test('are nobody else’s where the key is too long to be kept', async () => {
    await using tier = lmdb({ path: folder() });
    const keys = [KEY, 'x'.repeat(MAX_KEY_BYTES), 'main:quote:B'];
    await tier.leases.acquire(['main:quote:B'], 'other', HOUR);
    expect(await tier.leases.acquire(keys, 'one', HOUR)).toStrictEqual([0, 0, expect.toSatisfy((leftMs) => leftMs > 0)]);
    await tier.leases.release(keys, 'one');
  });

  test('are had by another when their holder was killed and their term is over', async () => {
    const path = folder();
    await using tier = lmdb({ path });
    const holder = startProcess(PEER, 'lease', path, KEY);
    await once(holder, 'message');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const [leftMs = 0] = await tier.leases.acquire([KEY], 'heir', HOUR);
    expect(leftMs).toSatisfy((ms) => ms > 0 && ms <= 1_000);
    await expect.poll(() => tier.leases.acquire([KEY], 'heir', HOUR), { timeout: 3_000 }).toStrictEqual([0]);
  });

  test('refuse every call after the tier was closed', async () => {
    const tier = lmdb({ path: folder() });
    await tier[Symbol.asyncDispose]();
    await expect(tier.leases.acquire([KEY], 'one', HOUR)).rejects.toMatchObject({ code: 'ERR_CLOSED' });
    await expect(tier.leases.release([KEY], 'one')).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('do as those in memory do, whatever is asked of them', async () => {
    const clock = new FakeClock();
    await using tier = lmdb({ path: folder(), clock });
    const keys = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5, size: 'max' });
    const holder = fc.constantFrom('one', 'two', 'three');
    const step = fc.oneof(
      fc.record({ keys, holder, ttlMs: fc.integer({ min: 1, max: 100 }) }),
      fc.record({ keys, holder, released: fc.constant(true) }),
      fc.record({ passed: fc.nat(60) }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { size: 'max', maxLength: 60 }), async (steps) => {
        run += 1;
        const model = new MemoryLeases(clock);
        for (const one of steps) {
          if ('passed' in one) {
            await clock.advance(one.passed);
            continue;
          }
          const full = one.keys.map((key) => `${run}:quote:${key}`);
          if ('released' in one) await Promise.all([tier.leases.release(full, one.holder), model.release(full, one.holder)]);
          else
            expect(await tier.leases.acquire(full, one.holder, one.ttlMs)).toStrictEqual(await model.acquire(full, one.holder, one.ttlMs));
        }
      }),
      { numRuns: 40 },
    );
  });
});
