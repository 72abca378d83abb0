import assert from 'node:assert/strict';
import { escapePattern, Pattern } from '../entry/pattern.ts';
import { sealedSample } from './sealed-sample.ts';
import { collect } from './tier-answers.ts';
import { LONG_MS, type TierTest, TOMBSTONE_MS } from './tier-subject.ts';

const KEYS = [
  'main:quote:AAPL',
  'main:quote:AAPL*',
  'main:quote:MSFT',
  'main:quotes:AAPL',
  'main:bars:AAPL:1d',
  'main:bars:MSFT:1d',
  'other:quote:AAPL',
  'main:quote:🐂AAPL',
  'main:quote:🐻AAPL',
  'main:quote:\u{fffe}',
  'main:quote:日経',
];

const PATTERNS = [
  '*',
  'main:quote:*',
  'main:*AAPL*',
  '*:AAPL',
  'main:quote:????',
  'main:quote:AAPL',
  'main:quote:?AAPL',
  'main:quote:🐂*',
  'm*:*:*d',
  'none:*',
];

/** What a scan tells, by its pattern. */
export function testScans(testTier: TierTest): void {
  testTier('tells the keys that match, and no others', async ({ tier }) => {
    await tier.setMany(KEYS.map((key) => sealedSample(key)));
    for (const pattern of PATTERNS) assert.deepEqual(unique(await collect(tier, pattern)), matching(pattern), pattern);
  });

  testTier('takes escaped stars as they are', async ({ tier }) => {
    await tier.setMany(KEYS.map((key) => sealedSample(key)));
    assert.deepEqual(unique(await collect(tier, escapePattern('main:quote:AAPL*'))), ['main:quote:AAPL*']);
  });

  testTier('tells neither what was deleted nor what is dead', async ({ tier, now, pass }) => {
    const [first = '', second = '', third = ''] = KEYS;
    await tier.setMany([sealedSample(first), sealedSample(second, { deadAt: now() + TOMBSTONE_MS }), sealedSample(third)]);
    await tier.deleteMany([first, 'main:quote:absent'], { stamp: 2, origin: 1 });
    assert.deepEqual(unique(await collect(tier, 'main:*')), [second, third].sort());
    await pass(LONG_MS);
    assert.deepEqual(unique(await collect(tier, 'main:*')), [third]);
  });

  testTier('tells thousands of keys, in batches', async ({ tier }) => {
    const keys = Array.from({ length: 3_000 }, (_, n) => `main:quote:${'x'.repeat(n % 90)}${n}`);
    await tier.setMany([...keys, 'main:z:last', 'a:a:first'].map((key) => sealedSample(key)));
    assert.deepEqual(unique(await collect(tier, 'main:quote:*')), keys.sort());
  });

  testTier('may be left before its end', async ({ tier }) => {
    await tier.setMany(Array.from({ length: 3_000 }, (_, n) => sealedSample(`main:quote:${n}`)));
    for await (const keys of tier.scan(new Pattern('main:*'))) {
      assert.ok(keys.length > 0);
      break;
    }
    assert.equal((await collect(tier, 'main:quote:*')).length >= 3_000, true);
  });

  testTier('tells every key that was there all the while, whatever is written meanwhile', async ({ tier }) => {
    const keys = Array.from({ length: 2_000 }, (_, n) => `main:quote:${n}`);
    await tier.setMany(keys.map((key) => sealedSample(key)));
    const told = new Set<string>();
    let round = 0;
    for await (const batch of tier.scan(new Pattern('main:quote:*'))) {
      for (const key of batch) told.add(key);
      round += 1;
      await tier.setMany([sealedSample(`main:quote:0-${round}`), sealedSample(`main:quote:9-${round}`)]);
      await tier.setMany(keys.slice(0, 50).map((key) => sealedSample(key, { stamp: 1 + round })));
    }
    assert.deepEqual(
      keys.filter((key) => !told.has(key)),
      [],
    );
  });
}

function matching(pattern: string): string[] {
  const glob = new Pattern(pattern);
  return KEYS.filter((key) => glob.matches(key)).sort();
}

function unique(keys: readonly string[]): string[] {
  return [...new Set(keys)].sort();
}
