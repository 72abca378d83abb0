import assert from 'node:assert/strict';
import { sealedSample } from './sealed-sample.ts';
import { assertSame } from './tier-answers.ts';
import { LONG_MS, type TierTest, TOMBSTONE_MS } from './tier-subject.ts';

const KEY = 'main:quote:A';

/** Which of two entries under a key stays, in whatever order they come. */
export function testPrecedence(testTier: TierTest): void {
  testTier('keeps the newer version, whichever comes first', async ({ tier }) => {
    const [older, newer] = [sealedSample(KEY, { stamp: 10 }), sealedSample(KEY, { stamp: 11 })];
    assert.deepEqual(await tier.setMany([older]), [true]);
    assert.deepEqual(await tier.setMany([newer]), [true]);
    assert.deepEqual(await tier.setMany([older]), [false]);
    assertSame(await tier.getMany([KEY]), [newer.bytes]);
  });

  testTier('tells versions of one stamp apart by their origin', async ({ tier }) => {
    const [lower, higher] = [sealedSample(KEY, { origin: 2 }), sealedSample(KEY, { origin: 0xffff_ffff })];
    assert.deepEqual(await tier.setMany([higher]), [true]);
    assert.deepEqual(await tier.setMany([lower]), [false]);
    assertSame(await tier.getMany([KEY]), [higher.bytes]);
  });

  testTier('keeps the later event where both have one, whatever their versions', async ({ tier }) => {
    const [later, earlier] = [sealedSample(KEY, { stamp: 10, eventAt: 2_000 }), sealedSample(KEY, { stamp: 11, eventAt: 1_000 })];
    assert.deepEqual(await tier.setMany([later]), [true]);
    assert.deepEqual(await tier.setMany([earlier]), [false]);
    const corrected = sealedSample(KEY, { stamp: 12, eventAt: 2_000 });
    assert.deepEqual(await tier.setMany([corrected]), [true]);
    assertSame(await tier.getMany([KEY]), [corrected.bytes]);
  });

  testTier('compares versions where only one has an event', async ({ tier }) => {
    const timeless = sealedSample(KEY, { stamp: 11 });
    assert.deepEqual(await tier.setMany([sealedSample(KEY, { stamp: 10, eventAt: 2_000 })]), [true]);
    assert.deepEqual(await tier.setMany([timeless]), [true]);
    assert.deepEqual(await tier.setMany([sealedSample(KEY, { stamp: 10, eventAt: 3_000 })]), [false]);
    assertSame(await tier.getMany([KEY]), [timeless.bytes]);
  });

  testTier('is not changed by a write that comes again', async ({ tier }) => {
    const [first, second] = [sealedSample(KEY, { stamp: 1 }), sealedSample(KEY, { stamp: 2 })];
    for (const entry of [first, second, second, first]) await tier.setMany([entry]);
    assertSame(await tier.getMany([KEY]), [second.bytes]);
    for (let time = 0; time < 2; time += 1) await tier.deleteMany([KEY], { stamp: 3, origin: 1 });
    for (const entry of [first, second]) await tier.setMany([entry]);
    assertSame(await tier.getMany([KEY]), [undefined]);
  });

  testTier('keeps the newest of a batch, and says of each whether it was stored', async ({ tier }) => {
    const [a1, a3, a2] = [1, 3, 2].map((stamp) => sealedSample(KEY, { stamp }));
    const b = sealedSample('main:quote:B');
    assert.ok(a1 && a2 && a3);
    assert.deepEqual(await tier.setMany([a1, b, a3, a2]), [true, true, true, false]);
    assertSame(await tier.getMany([KEY, b.key]), [a3.bytes, b.bytes]);
  });

  testTier('removes what is no newer than a deletion, and nothing that is', async ({ tier }) => {
    const keys = ['main:quote:older', 'main:quote:same', 'main:quote:newer'];
    const [older, same, newer] = keys.map((key, at) => sealedSample(key, { stamp: 9 + at }));
    assert.ok(older && same && newer);
    await tier.setMany([older, same, newer]);
    await tier.deleteMany([...keys, 'main:quote:absent', 'main:quote:older'], same.version);
    assertSame(await tier.getMany(keys), [undefined, undefined, newer.bytes]);
  });

  testTier('keeps an older write out after a deletion, be its event ever so late', async ({ tier }) => {
    await tier.setMany([sealedSample(KEY, { stamp: 10 })]);
    await tier.deleteMany([KEY, 'main:quote:absent'], { stamp: 20, origin: 1 });
    const late = [KEY, 'main:quote:absent'].map((key) => sealedSample(key, { stamp: 19, eventAt: 9_999 }));
    assert.deepEqual(await tier.setMany(late), [false, false]);
    assertSame(await tier.getMany([KEY, 'main:quote:absent']), [undefined, undefined]);
    const newer = sealedSample(KEY, { stamp: 21, eventAt: 1 });
    assert.deepEqual(await tier.setMany([newer]), [true]);
    assertSame(await tier.getMany([KEY]), [newer.bytes]);
  });

  testTier('takes older writes again when the mark of a deletion has had its time', async ({ tier, pass }) => {
    const older = sealedSample(KEY, { stamp: 10 });
    await tier.deleteMany([KEY], { stamp: 20, origin: 1 });
    assert.deepEqual(await tier.setMany([older]), [false]);
    await pass(LONG_MS);
    assert.deepEqual(await tier.setMany([older]), [true]);
    assertSame(await tier.getMany([KEY]), [older.bytes]);
  });

  testTier('lets an older deletion that comes late change nothing', async ({ tier, pass }) => {
    const entry = sealedSample(KEY, { stamp: 10 });
    await tier.setMany([entry]);
    await tier.deleteMany([KEY], { stamp: 9, origin: 7 });
    await pass(TOMBSTONE_MS);
    assertSame(await tier.getMany([KEY]), [entry.bytes]);
  });
}
