import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { simulate } from '../../src/simulator/simulation.ts';
import { readTrace } from '../../src/simulator/trace-reader.ts';
import { LiveCache } from './live-cache.ts';

/** See the page beside the traces. */
const FOLDER = join(import.meta.dirname, '../fixtures/traces');
const REFERENCES = JSON.parse(readFileSync(join(FOLDER, 'hit-ratios.json'), 'utf8')) as Record<string, Record<string, { lru: number }>>;

/** Hits that the curve may be off. */
const POINTS = 0.02;

describe.each(Object.entries(REFERENCES))('on the trace %s', (name, cells) => {
  test.each(Object.entries(cells).map(([size, { lru }]) => [Number(size), lru] as const))(
    'the curve of a cache with room for %d is within two points at that size, and at half and twice it where it does not doubt',
    async (size, lru) => {
      const trace = await readTrace(join(FOLDER, `${name}.txt.gz`));
      const cache = new LiveCache('hybrid', size);
      for (const key of trace.requests) cache.ask(trace.hashes[key]!);
      const { sample } = cache;
      expect(Math.abs(sample.hitRatioAt(size)!.hitRatio - lru)).toBeLessThan(POINTS);
      for (const other of [Math.round(size / 2), 2 * size]) {
        const { hitRatio, margin } = sample.hitRatioAt(other)!;
        if (margin < POINTS) expect(Math.abs(hitRatio - simulate(trace, 'lru', { size: other }).hitRatio)).toBeLessThan(POINTS);
      }
      expect(sample.bytes).toBeLessThan(256 * 1_024);
    },
  );
});

test('on traces, policies are found better only where they are', async () => {
  const found: Record<string, string | undefined> = {};
  for (const [name, size] of [
    ['lirs-loop', 512],
    ['lirs-sprite', 71],
    ['cache2k-web07', 205],
    ['cashtag-2014', 204],
  ] as const) {
    const trace = await readTrace(join(FOLDER, `${name}.txt.gz`));
    const cache = new LiveCache('lru', size);
    for (const [at, key] of trace.requests.entries()) {
      if (at === 10 * size) expect(cache.sample.compare('lru')).toBe(true);
      cache.ask(trace.hashes[key]!);
    }
    const { better, isOver } = cache.sample.comparison!;
    expect(isOver).toBe(true);
    found[name] = better;
    if (better === undefined) continue;
    const [present, other] = [simulate(trace, 'lru', { size }), simulate(trace, better, { size })];
    expect(other.hitRatio).toBeGreaterThan(present.hitRatio);
  }
  expect(Object.values(found).filter((better) => better !== undefined).length).toBeGreaterThanOrEqual(2);
});
