import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Outbox } from '../../../src/cache/store/outbox.ts';
import { SafeTier } from '../../../src/cache/store/safe-tier.ts';
import { WriteFences } from '../../../src/cache/store/write-fences.ts';
import { justBefore } from '../../../src/entry/version.ts';
import { Pattern } from '../../../src/index.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { guarded } from '../../../src/tiers/guarded-tier.ts';
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
/** What a tier has, of a version and without an event time. */
const at = (stamp: number) => ({ version: version(stamp), eventAt: undefined });

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
        const { tier, outbox, clock, fences } = setUp();
        const twin = new MemoryRemoteTier({ clock });
        for (const [at, each] of [...before, ...missed].entries()) {
          const isMissed = at >= before.length;
          for (const taker of isMissed ? [twin] : [tier, twin]) {
            if (each.what === 'store') await taker.setMany([entryOf(each, at + 1)]);
            else await taker.deleteMany([each.key], version(at + 1));
          }
          if (!isMissed) continue;
          // As the tier's keeper does before each write.
          const written = each.what === 'store' ? {} : { goneUpTo: version(at + 1) };
          fences.raise(each.key, each.what === 'store' ? justBefore(version(at + 1)) : version(at + 1), written);
          if (each.what === 'store') outbox.addEntries([entryOf(each, at + 1)]);
          else outbox.addRemoval([each.key], version(at + 1));
        }
        const keys = ['d1', 'd2', 'p1', 'p2'];
        expect(outbox.size).toBeLessThanOrEqual(keys.length);
        await outbox.tryAgain();
        expect(outbox.size).toBe(0);
        expect(await contents(tier, keys)).toEqual(await contents(twin, keys));
        expect(keys.filter((key) => fences.has(key))).toEqual([]);
      }),
    );
  });

  test('holds one intent for a key that is written for hours', async () => {
    const { outbox } = setUp();
    for (let stamp = 1; stamp <= 50_000; stamp += 1) outbox.addEntries([sealedSample('hot', { stamp })]);
    for (let stamp = 1; stamp <= 5_000; stamp += 1) outbox.addSweep(new Pattern('hot*'), { matches: () => true, version: version(stamp) });
    expect([outbox.size, outbox.givenUp]).toEqual([2, 0]);
  });

  test('keeps what fails again, and loses nothing that came meanwhile', async () => {
    const { tier, faulty, outbox, fences } = setUp();
    fences.raise('a', version(5), { goneUpTo: version(5) });
    outbox.addRemoval(['a', 'b'], version(5));
    faulty.fail({ ...ALWAYS, calls: ['deleteMany'] });
    await outbox.tryAgain();
    expect([outbox.size, fences.has('a')]).toEqual([2, true]);
    faulty.heal();
    const trying = outbox.tryAgain();
    outbox.addEntries([sealedSample('a', { stamp: 9 })]);
    await Promise.all([trying, outbox.tryAgain()]);
    await outbox.tryAgain();
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
      fences.raise(`k${key}`, version(100 + key), { goneUpTo: version(100 + key) });
      outbox.addRemoval([`k${key}`], version(100 + key));
    }
    outbox.addRemoval(['k0'], version(20_000));
    expect([outbox.size, outbox.givenUp]).toEqual([10_000, 0]);
    outbox.addRemoval(['one more'], version(20_001));
    expect([outbox.size, outbox.givenUp, fences.has('k0'), fences.has('k1')]).toEqual([10_000, 1, true, false]);
    expect([fences.stop('k1', at(101)), fences.stop('other', at(102))]).toEqual([true, false]);
  });

  test('only removes what entries replaced, once their bytes are too many', async () => {
    const { tier, outbox } = setUp();
    const value = 'x'.repeat(1_024 * 1_024);
    const keys = Array.from({ length: 70 }, (_, at) => `k${at}`);
    await tier.setMany(keys.map((key) => sealedSample(key, { stamp: 1 })));
    for (const key of keys) outbox.addEntries([sealedSample(key, { stamp: 2, value })]);
    expect([outbox.size, outbox.givenUp]).toEqual([70, 0]);
    await outbox.tryAgain();
    const lengths = (await tier.getMany(keys)).map((bytes) => bytes?.length ?? 0);
    expect(lengths.filter((length) => length > value.length).length).toBe(63);
    expect(lengths.filter((length) => length === 0).length).toBe(7);
  });

  test('keeps every mark, however many bytes wait, and what they removed stays removed', async () => {
    const { tier, outbox } = setUp();
    const value = 'x'.repeat(1_024 * 1_024);
    const marks = Array.from({ length: 200 }, (_, at) => sealedSample(`mark ${at}`, { stamp: 5 }));
    await tier.setMany(marks.map(({ key }) => sealedSample(key, { stamp: 1 })));
    for (let at = 0; at < 70; at += 1) outbox.addEntries([sealedSample(`k${at}`, { stamp: 2, value })]);
    outbox.addMarks(marks);
    await outbox.tryAgain();
    const there = await contents(
      tier,
      marks.map(({ key }) => key),
    );
    expect(there.every((text) => text.includes('5-1'))).toBe(true);
  });

  test('lets no sweep that fails late take the place of a newer one', async () => {
    const { tier, outbox, fences } = setUp();
    await tier.setMany([sealedSample('a', { stamp: 15 })]);
    const sweeps = [20, 10].map((stamp) => ({ matches: () => true, version: version(stamp) }));
    for (const sweep of sweeps) {
      fences.raiseSweep(sweep);
      outbox.addSweep(new Pattern('*'), sweep);
    }
    expect(fences.stop('a', at(15))).toBe(true);
    await outbox.tryAgain();
    expect([await tier.getMany(['a']), fences.stop('a', at(15))]).toEqual([[undefined], false]);
  });

  test('lets no call that fails for itself stop the others', async () => {
    const { tier, faulty, outbox } = setUp();
    await tier.setMany([sealedSample('old', { stamp: 1 }), sealedSample('swept', { stamp: 1 })]);
    outbox.addEntries([sealedSample('new', { stamp: 2 })]);
    outbox.addRemoval(['old'], version(2));
    outbox.addSweep(new Pattern('sw*'), { matches: (key) => key === 'swept', version: version(2) });
    const there = async (): Promise<boolean[]> => (await tier.getMany(['new', 'old', 'swept'])).map((bytes) => bytes !== undefined);
    faulty.fail({ ...ALWAYS, calls: ['setMany', 'scan'] });
    await outbox.tryAgain();
    expect([await there(), outbox.size]).toEqual([[false, false, true], 2]);
    faulty.heal();
    faulty.fail({ ...ALWAYS, calls: ['scan'] });
    await outbox.tryAgain();
    expect([await there(), outbox.size]).toEqual([[true, false, true], 1]);
  });
});

describe('a tier that took some of what it was told', () => {
  function setUpSafe() {
    const { clock, tier, faulty } = setUp();
    return { clock, tier, faulty, safe: new SafeTier(faulty, new Telemetry('test'), clock) };
  }

  test('does not get back what it was told to delete, once nobody remembers that', async () => {
    const { clock, tier, faulty, safe } = setUpSafe();
    faulty.fail({ ...ALWAYS, calls: ['setMany'] });
    await safe.setMany([sealedSample('a', { stamp: 3 })]);
    await safe.deleteMany(['a'], version(5));
    await clock.advance(600_000);
    faulty.heal();
    await safe.flush();
    expect([await tier.getMany(['a']), safe.unwritten]).toEqual([[undefined], 0]);
  });

  test('does not get back what a sweep has removed', async () => {
    const { clock, tier, faulty, safe } = setUpSafe();
    faulty.fail(ALWAYS);
    await safe.setMany([sealedSample('a1', { stamp: 3 })]);
    await safe.removeMatching(new Pattern('a*'), { matches: (key) => key.startsWith('a'), version: version(5) });
    faulty.heal();
    faulty.fail({ ...ALWAYS, calls: ['setMany'] });
    await safe.flush();
    await clock.advance(600_000);
    faulty.heal();
    await safe.flush();
    expect([await tier.getMany(['a1']), safe.unwritten]).toEqual([[undefined], 0]);
  });

  test('does not get an older entry back when the newer one has died', async () => {
    const { clock, tier, faulty, safe } = setUpSafe();
    faulty.fail({ calls: ['setMany'] });
    await safe.setMany([sealedSample('a', { stamp: 3 })]);
    await safe.setMany([sealedSample('a', { stamp: 4, deadAt: clock.now() + 10 })]);
    expect(safe.unwritten).toBe(0);
    await clock.advance(600_000);
    expect(await tier.getMany(['a'])).toEqual([undefined]);
  });

  test('is not believed in what a deletion waits for, though it refused a write since', async () => {
    const { tier, faulty, safe } = setUpSafe();
    await tier.setMany([sealedSample('a', { stamp: 1, eventAt: 20 })]);
    faulty.fail({ ...ALWAYS, calls: ['deleteMany'] });
    await safe.deleteMany(['a'], version(5));
    expect(await safe.setMany([sealedSample('a', { stamp: 6, eventAt: 9 })])).toEqual([false]);
    expect(safe.isOutdated('a', at(1))).toBe(true);
  });

  test('gets what waits in parts that it can take within its deadline', async () => {
    const { clock, tier, faulty } = setUp();
    const setMany = tier.setMany.bind(tier);
    // A line of 20 MB a second.
    vi.spyOn(tier, 'setMany').mockImplementation(async (entries) => {
      await new Promise<void>((resolve) => clock.after(entries.reduce((sum, { bytes }) => sum + bytes.length, 0) / 20_000, resolve));
      return setMany(entries);
    });
    const safe = new SafeTier(guarded(faulty, { clock, random: () => 0 }), new Telemetry('test'), clock);
    faulty.fail(ALWAYS);
    const value = 'x'.repeat(500_000);
    for (let at = 0; at < 80; at += 1) await safe.setMany([sealedSample(`k${at}`, { stamp: 3, value })]);
    faulty.heal();
    for (let turn = 0; turn < 300; turn += 1) await clock.advance(50);
    expect([safe.unwritten, safe.state]).toEqual([0, 'closed']);
  });

  test('has had all that waited when a flush is over, though a try was under way', async () => {
    const { clock, tier, faulty, safe } = setUpSafe();
    faulty.fail({ calls: ['setMany'] });
    await safe.setMany([sealedSample('a', { stamp: 3 })]);
    faulty.delay(100, { calls: ['setMany'] });
    await clock.advance(1_000);
    const flushed = safe.flush();
    await clock.advance(200);
    await flushed;
    expect([(await tier.getMany(['a']))[0] !== undefined, safe.unwritten]).toEqual([true, 0]);
  });
});
