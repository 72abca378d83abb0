import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Outbox } from '../../../src/cache/store/outbox.ts';
import { WriteFences } from '../../../src/cache/store/write-fences.ts';
import { Pattern } from '../../../src/index.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import type { RemoteTier } from '../../../src/tiers/remote-tier.ts';

const ALWAYS = { times: Number.POSITIVE_INFINITY };

function setUp() {
  const clock = new FakeClock();
  const tier = new MemoryRemoteTier({ clock });
  const faulty = new FaultyTier(tier, { clock });
  const fences = new WriteFences();
  return { clock, tier, faulty, fences, outbox: new Outbox(faulty, fences, clock) };
}

const version = (stamp: number) => ({ stamp, origin: 1 });

/** What a tier has under each key, in words. */
async function contents(tier: RemoteTier, keys: readonly string[]): Promise<string[]> {
  return (await tier.getMany(keys)).map((bytes) => (bytes ? Buffer.from(bytes).toString('latin1') : 'nothing'));
}

/** A write of a process, whose versions only grow. Keys that begin with `d` have event times. */
const write = fc.record({
  key: fc.constantFrom('d1', 'd2', 'p1', 'p2'),
  eventAt: fc.integer({ min: 0, max: 9 }),
  what: fc.constantFrom('store', 'store', 'remove'),
});
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never;

const entryOf = ({ key, eventAt }: Write, stamp: number) =>
  sealedSample(key, { stamp, eventAt: key.startsWith('d') ? eventAt : undefined });

describe('an outbox', () => {
  test('leaves a tier as if it had taken every write when it was made', async () => {
    const writes = fc.array(write, { size: 'max', maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(writes, writes, async (before, missed) => {
        const { tier, outbox, clock } = setUp();
        const twin = new MemoryRemoteTier({ clock });
        for (const [at, each] of [...before, ...missed].entries()) {
          const isMissed = at >= before.length;
          for (const taker of isMissed ? [twin] : [tier, twin]) {
            if (each.what === 'store') await taker.setMany([entryOf(each, at + 1)]);
            else await taker.deleteMany([each.key], version(at + 1));
          }
          if (isMissed && each.what === 'store') outbox.addEntries([entryOf(each, at + 1)]);
          if (isMissed && each.what === 'remove') outbox.addRemoval([each.key], version(at + 1));
        }
        const keys = ['d1', 'd2', 'p1', 'p2'];
        expect(outbox.size).toBeLessThanOrEqual(keys.length);
        await outbox.tryAgain();
        expect(outbox.size).toBe(0);
        expect(await contents(tier, keys)).toEqual(await contents(twin, keys));
      }),
    );
  });

  test('holds one intent for a key that is written for hours', async () => {
    const { outbox } = setUp();
    for (let stamp = 1; stamp <= 50_000; stamp += 1) outbox.addEntries([sealedSample('hot', { stamp })]);
    for (let stamp = 1; stamp <= 5_000; stamp += 1) outbox.addSweep(new Pattern('hot*'), { matches: () => true, version: version(stamp) });
    expect([outbox.size, outbox.dropped]).toEqual([2, 0]);
  });

  test('keeps what fails again, and loses nothing that came meanwhile', async () => {
    const { tier, faulty, outbox, fences } = setUp();
    fences.raise('a', version(5));
    outbox.addRemoval(['a', 'b'], version(5));
    faulty.fail({ ...ALWAYS, calls: ['deleteMany'] });
    await outbox.tryAgain();
    expect([outbox.size, fences.has('a')]).toEqual([2, true]);
    faulty.heal();
    const trying = outbox.tryAgain();
    outbox.addEntries([sealedSample('a', { stamp: 9 })]);
    await Promise.all([trying, outbox.tryAgain()]);
    expect([outbox.size, fences.has('a')]).toEqual([0, false]);
    expect((await tier.getMany(['a', 'b'])).map((bytes) => bytes !== undefined)).toEqual([true, false]);
  });

  test('removes what an entry replaced, when that died before it could be stored', async () => {
    const { tier, outbox, clock } = setUp();
    await tier.setMany([sealedSample('a', { stamp: 1 })]);
    outbox.addEntries([sealedSample('a', { stamp: 2, deadAt: clock.now() + 100 })]);
    await clock.advance(100);
    await outbox.tryAgain();
    expect(await tier.getMany(['a'])).toEqual([undefined]);
  });

  test('gives up what was written longest ago when there is too much, and has all that is older doubted', () => {
    const { outbox, fences } = setUp();
    for (let key = 0; key < 10_000; key += 1) {
      fences.raise(`k${key}`, version(100 + key));
      outbox.addRemoval([`k${key}`], version(100 + key));
    }
    outbox.addRemoval(['k0'], version(20_000));
    expect([outbox.size, outbox.dropped]).toEqual([10_000, 0]);
    outbox.addRemoval(['one more'], version(20_001));
    expect([outbox.size, outbox.dropped, fences.has('k0'), fences.has('k1')]).toEqual([10_000, 1, true, false]);
    expect([fences.stop('k1', version(101)), fences.stop('other', version(102))]).toEqual([true, false]);
  });

  test('only removes what entries replaced, once their bytes are too many', async () => {
    const { tier, outbox } = setUp();
    const value = 'x'.repeat(1_024 * 1_024);
    const keys = Array.from({ length: 70 }, (_, at) => `k${at}`);
    await tier.setMany(keys.map((key) => sealedSample(key, { stamp: 1 })));
    for (const key of keys) outbox.addEntries([sealedSample(key, { stamp: 2, value })]);
    expect([outbox.size, outbox.dropped]).toEqual([70, 0]);
    await outbox.tryAgain();
    const lengths = (await tier.getMany(keys)).map((bytes) => bytes?.length ?? 0);
    expect(lengths.filter((length) => length > value.length).length).toBe(63);
    expect(lengths.filter((length) => length === 0).length).toBe(7);
  });
});
