import assert from 'node:assert/strict';
import { sealedSample } from './sealed-sample.ts';
import { assertSame, collect } from './tier-answers.ts';
import { LONG_MS, type SuiteRunner, type TierFactory, type TierTest, TOMBSTONE_MS } from './tier-subject.ts';
import { testHistories } from './tier-suite-histories.ts';
import { testPrecedence } from './tier-suite-precedence.ts';
import { testScans } from './tier-suite-scans.ts';

/**
 * Describes what any remote tier must do, whatever it keeps entries in.
 *
 * @example
 * describeRemoteTier('my tier', () => {
 *   const clock = new FakeClock();
 *   const tier = new MyTier({ clock, tombstoneMs: TOMBSTONE_MS });
 *   return { tier, now: () => clock.now(), pass: (ms) => clock.advance(ms) };
 * }, { describe, test });
 */
export function describeRemoteTier(name: string, factory: TierFactory, { describe, test }: SuiteRunner): void {
  const testTier: TierTest = (fact, run) =>
    test(fact, async () => {
      const subject = await factory();
      try {
        await run(subject);
      } finally {
        await subject.tier[Symbol.asyncDispose]();
      }
    });
  describe(`${name}, as a remote tier`, () => {
    describe('keeping', () => testKeeping(testTier));
    describe('precedence', () => testPrecedence(testTier));
    describe('scans', () => testScans(testTier));
    describe('histories', () => testHistories(testTier));
    describe('closing', () => testClosing(testTier));
  });
}

function testKeeping(testTier: TierTest): void {
  testTier('answers in the order of the keys, and nothing where there is nothing', async ({ tier }) => {
    const [a, b] = [sealedSample('main:quote:A'), sealedSample('main:quote:B')];
    assert.deepEqual(await tier.setMany([a, b]), [true, true]);
    assertSame(await tier.getMany(['main:quote:B', 'main:quote:C', 'main:quote:A', 'main:quote:B']), [
      b.bytes,
      undefined,
      a.bytes,
      b.bytes,
    ]);
  });

  testTier('takes empty batches', async ({ tier }) => {
    assert.deepEqual(await tier.getMany([]), []);
    assert.deepEqual(await tier.setMany([]), []);
    await tier.deleteMany([], { stamp: 1, origin: 1 });
  });

  testTier('gives bytes back as they were, whatever their length', async ({ tier }) => {
    const entries = [0, 1, 4_000, 70_000, 1_500_000].map((length) => sealedSample(`main:bars:${length}`, { value: 'x'.repeat(length) }));
    await tier.setMany(entries);
    assertSame(
      await tier.getMany(entries.map(({ key }) => key)),
      entries.map(({ bytes }) => bytes),
    );
  });

  testTier('leaves the bytes it handed out alone', async ({ tier }) => {
    const [first, second] = [sealedSample('main:quote:A'), sealedSample('main:quote:B')];
    await tier.setMany([first, second]);
    const held = await tier.getMany([first.key]);
    await tier.getMany([second.key]);
    await tier.setMany([sealedSample('main:quote:A', { stamp: 2 })]);
    await tier.getMany([first.key]);
    assertSame(held, [first.bytes]);
  });

  testTier('owns what it has stored: the bytes it was given may change', async ({ tier }) => {
    const entry = sealedSample('main:quote:A');
    const kept = Uint8Array.from(entry.bytes);
    await tier.setMany([entry]);
    entry.bytes.fill(0);
    assertSame(await tier.getMany([entry.key]), [kept]);
  });

  testTier('takes batches of ten thousand', async ({ tier }) => {
    const keys = Array.from({ length: 10_000 }, (_, n) => `main:quote:S${n}`);
    const entries = keys.map((key) => sealedSample(key));
    assert.ok((await tier.setMany(entries)).every((isStored) => isStored));
    assertSame(
      await tier.getMany(keys),
      entries.map(({ bytes }) => bytes),
    );
    await tier.deleteMany(keys, { stamp: 2, origin: 1 });
    assert.ok((await tier.getMany(keys)).every((bytes) => bytes === undefined));
  });

  testTier('takes the longest keys, and keys in any script', async ({ tier }) => {
    const name = 'n'.repeat(64);
    const keys = [
      `${name}:${name}:${'a'.repeat(1_024)}`,
      `${name}:${name}:${'a'.repeat(1_023)}b`,
      `${name}:${name}:${'日'.repeat(341)}`,
      'main::日経平均',
      'main::🐂',
      'main::🐻',
      'main:: ',
      'main::a:b:c',
      'main::"quoted\\',
      'main::été',
      'main::e\u0301te\u0301',
      'main::*',
      'main::a',
      'main::aa',
    ];
    const entries = keys.map((key) => sealedSample(key));
    await tier.setMany(entries);
    assertSame(
      await tier.getMany(keys),
      entries.map(({ bytes }) => bytes),
    );
  });

  testTier('lets entries go at their end, and keeps those without one', async ({ tier, now, pass }) => {
    const [dying, lasting] = [sealedSample('main:quote:A', { deadAt: now() + TOMBSTONE_MS }), sealedSample('main:quote:B')];
    await tier.setMany([dying, lasting]);
    assertSame(await tier.getMany([dying.key, lasting.key]), [dying.bytes, lasting.bytes]);
    await pass(LONG_MS);
    assertSame(await tier.getMany([dying.key, lasting.key]), [undefined, lasting.bytes]);
  });
}

function testClosing(testTier: TierTest): void {
  testTier('has taken every write that was asked for, once flushed', async ({ tier }) => {
    const entries = Array.from({ length: 20 }, (_, n) => sealedSample(`main:quote:S${n}`));
    const writes = entries.map((entry) => tier.setMany([entry]));
    await tier.flush();
    assertSame(
      await tier.getMany(entries.map(({ key }) => key)),
      entries.map(({ bytes }) => bytes),
    );
    await Promise.all(writes);
  });

  testTier('closes once, however often it is asked', async ({ tier }) => {
    await Promise.all([tier[Symbol.asyncDispose](), tier[Symbol.asyncDispose]()]);
    await tier[Symbol.asyncDispose]();
  });

  testTier('refuses every call after it was closed', async ({ tier }) => {
    await tier[Symbol.asyncDispose]();
    const entry = sealedSample('main:quote:A');
    const calls: (() => Promise<unknown>)[] = [
      async () => tier.getMany([entry.key]),
      () => tier.setMany([entry]),
      () => tier.deleteMany([entry.key], entry.version),
      () => tier.flush(),
      () => collect(tier, '*'),
    ];
    for (const call of calls) await assert.rejects(call, { code: 'ERR_CLOSED' });
  });
}
