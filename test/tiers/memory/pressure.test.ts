import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type Entry, NO_TAGS } from '../../../src/entry/entry.ts';
import { OLDEST } from '../../../src/entry/version.ts';
import { ConfigError } from '../../../src/errors.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { type MemoryReading, processGauge } from '../../../src/tiers/memory/memory-gauge.ts';
import type { MemoryOptions } from '../../../src/tiers/memory/memory-options.ts';
import { MemoryTier } from '../../../src/tiers/memory/memory-tier.ts';

const MB = 1_024 ** 2;

function entryOf(at: number, bytes: number): Entry<number> {
  const life = { askedAt: 0, staleAt: 1e9, deadAt: 1e9 };
  const rest = { isNegative: false, eventAt: undefined, version: OLDEST, tags: NO_TAGS, source: undefined, isFinal: false, why: '' };
  return { key: `k${at}`, value: bytes, ...life, ...rest };
}

/** A memory of 160 MB, half full, in a process whose use of 1 000 MB the test tells. */
function memory(options: MemoryOptions = {}) {
  const clock = new FakeClock();
  const use = { usedBytes: 500 * MB, limitBytes: 1_000 * MB };
  const others: MemoryReading[] = [];
  const tier = new MemoryTier({ maxBytes: '160mb', policy: 'lru', ...options }, { clock, gauge: () => [use, ...others] });
  const partition = tier.partition<number>({ weigh: (bytes) => bytes }, { removed: () => {}, oversized: () => {} });
  const put = (from: number, count: number): void => {
    for (let at = from; at < from + count; at += 1) partition.put(entryOf(at, MB - 200), 1e9);
  };
  put(0, 80);
  return { clock, use, others, tier, partition, put };
}

const megabytes = (bytes: number): number => Math.round(bytes / MB);

describe('memory in a process that nears its bound', () => {
  test('lets go what is too much and a little more, those not used for longest first', async () => {
    const { clock, use, tier, partition } = memory();
    use.usedBytes = 870 * MB;
    await clock.advance(1_000);
    expect(megabytes(tier.usage.bytes)).toBe(10);
    expect(tier.usage.allowedBytes).toBeLessThan(11 * MB);
    expect(partition.read('k79')).toBeDefined();
    expect(partition.read('k0')).toBeUndefined();
    expect(partition.evictions.byNeed).toMatchObject({ pressure: 70, bytes: 0 });
    expect(tier.evictions(1)).toMatchObject([{ need: 'pressure' }]);
  });

  test('does not let go the same bytes again before they are collected', async () => {
    const { clock, use, tier, put } = memory();
    put(80, 80);
    use.usedBytes = 860 * MB;
    for (let second = 0; second < 10; second += 1) await clock.advance(1_000);
    expect(megabytes(tier.usage.bytes)).toBe(99);
    expect(tier.usage.reliefs).toBe(1);
  });

  test('lets more go when use has been collected and is still too much', async () => {
    const { clock, use, tier, put } = memory();
    put(80, 80);
    use.usedBytes = 900 * MB;
    await clock.advance(1_000);
    expect(megabytes(tier.usage.bytes)).toBe(59);
    use.usedBytes = 860 * MB;
    await clock.advance(1_000);
    expect(megabytes(tier.usage.bytes)).toBe(10);
    expect(tier.usage.reliefs).toBe(2);
  });

  test('gives way to a sixteenth of its bound and no further', async () => {
    const { clock, use, tier } = memory();
    use.usedBytes = 1_000 * MB;
    await clock.advance(1_000);
    expect(megabytes(tier.usage.allowedBytes)).toBe(10);
    expect(tier.usage.entries).toBe(10);
  });

  test('takes its room back by and by when that has passed, and holds it between', async () => {
    const { clock, use, tier, put } = memory();
    use.usedBytes = 870 * MB;
    await clock.advance(1_000);
    use.usedBytes = 750 * MB;
    await clock.advance(5_000);
    expect(megabytes(tier.usage.allowedBytes)).toBe(10);
    use.usedBytes = 600 * MB;
    await clock.advance(3_000);
    expect(megabytes(tier.usage.allowedBytes)).toBe(40);
    await clock.advance(60_000);
    expect(tier.usage.allowedBytes).toBe(160 * MB);
    put(100, 200);
    expect(tier.usage.entries).toBe(160);
  });

  test('reads it while much comes within a second, too', () => {
    const { use, tier, put } = memory();
    use.usedBytes = 870 * MB;
    put(80, 10);
    expect(tier.usage.bytes).toBeLessThan(30 * MB);
  });

  test('gives way to the bound that is nearest, be it of the heap or of the container', async () => {
    const { clock, others, tier } = memory();
    others.push({ usedBytes: 190 * MB, limitBytes: 200 * MB });
    await clock.advance(1_000);
    expect(megabytes(tier.usage.bytes)).toBe(49);
  });

  test('spares what is protected', async () => {
    const { clock, use, tier, partition } = memory();
    for (let at = 0; at < 20; at += 1) partition.protect(`k${at}`);
    use.usedBytes = 1_000 * MB;
    await clock.advance(1_000);
    expect(tier.usage).toMatchObject({ entries: 20, protectedEntries: 20 });
  });

  test('does none of it when told so, and has its own thresholds when told those', async () => {
    const off = memory({ pressure: false });
    off.use.usedBytes = 1_000 * MB;
    await off.clock.advance(10_000);
    expect(off.tier.usage.entries).toBe(80);
    const early = memory({ pressure: { from: 0.4, until: 0.2 } });
    await early.clock.advance(1_000);
    expect(early.tier.usage.entries).toBeLessThan(80);
  });

  test.each([{ from: 2 }, { from: 0.5, until: 0.5 }, { until: -1 }, { from: Number.NaN }])('refuses the thresholds %j', (pressure) => {
    expect(() => new MemoryTier({ pressure })).toThrow(ConfigError);
  });
});

test('the gauge of the process tells what V8 may use', () => {
  const [heap] = processGauge();
  expect(heap?.usedBytes).toBeGreaterThan(MB);
  expect(heap?.limitBytes).toBeGreaterThan(heap?.usedBytes ?? 0);
});

describe('a process with a heap of 96 MB and a cache that may take four gigabytes', () => {
  const fill = (pressure: boolean): { status: number | null; out: string } => {
    const script = `
      import { createCache } from './src/index.ts';
      const cache = createCache({ memory: { maxBytes: '4gb', maxEntries: 10_000_000, pressure: ${pressure} }, lifetime: '1h' });
      for (let at = 0; at < 300_000; at += 1) {
        await cache.set('k' + at, { bars: Array.from({ length: 40 }, (_, bar) => at + bar + 0.5) });
      }
      const { entries, reliefs } = cache.memory.usage;
      console.log(JSON.stringify({ entries, reliefs }));
      await cache.close();`;
    const args = ['--max-old-space-size=96', '--input-type=module-typescript', '--no-warnings', '--eval', script];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { status, out: stdout };
  };

  test('lives on, and keeps what fits', () => {
    const { status, out } = fill(true);
    expect(status).toBe(0);
    const { entries, reliefs } = JSON.parse(out) as { entries: number; reliefs: number };
    expect(reliefs).toBeGreaterThan(0);
    expect(entries).toBeGreaterThan(10_000);
  });

  test('would die without that', () => {
    expect(fill(false).status).not.toBe(0);
  });
});
