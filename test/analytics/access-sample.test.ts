import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { simulate } from '../../src/simulator/simulation.ts';
import type { Trace } from '../../src/simulator/trace.ts';
import { readTrace } from '../../src/simulator/trace-reader.ts';
import { hashes, LiveCache } from './live-cache.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/traces');
const SIZES = JSON.parse(readFileSync(join(FOLDER, 'hit-ratios.json'), 'utf8')) as Record<string, Record<string, unknown>>;

/** A cache that was asked for all of a trace. */
function asked(trace: Trace, ...[policy, size]: ConstructorParameters<typeof LiveCache>): LiveCache {
  const cache = new LiveCache(policy, size);
  const { requests, hashes: of } = trace;
  for (const key of requests) cache.ask(of[key] ?? 0);
  return cache;
}

describe.each(Object.entries(SIZES))('on the trace %s', (name, cells) => {
  let trace: Trace;
  beforeAll(async () => {
    trace = await readTrace(join(FOLDER, `${name}.txt.gz`));
  });

  test.each(Object.keys(cells).map(Number))('a cache of %d tells what half to four times the room would hit, to two points', (size) => {
    const { sample } = asked(trace, 'lru', size);
    for (const entries of [0.5, 1, 2, 4].map((times) => Math.round(times * size))) {
      if (entries > trace.unique) continue;
      const exact = simulate(trace, 'lru', { size: entries }).hitRatio;
      expect(Math.abs((sample.hitRatioAt(entries)?.hitRatio ?? Number.NaN) - exact)).toBeLessThan(0.02);
    }
    expect(sample.bytes).toBeLessThan(1_048_576);
  });
});

describe('a sample', () => {
  const keys = hashes(2_000);
  let state = 1;
  /** Asks for low keys more often than for high ones, the same in every run. */
  const ask = (cache: LiveCache, requests: number, below = keys.length): void => {
    for (let at = 0; at < requests; at += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      cache.ask(keys[Math.floor((state / 2 ** 32) ** 2 * below)] ?? 0);
    }
  };

  test('is told of few uses once it knows a cache', () => {
    const cache = new LiveCache('lru', 500);
    ask(cache, 3_000_000);
    const before = { told: cache.told, hits: cache.traffic.hits };
    ask(cache, 1_000_000);
    expect(cache.told - before.told).toBeLessThan((cache.traffic.hits - before.hits) / 50);
  });

  test('tells nothing before it has seen enough', () => {
    const cache = new LiveCache('lru', 500);
    ask(cache, 500);
    expect(cache.sample.curve()).toBeUndefined();
    expect(cache.sample.compare('lru')).toBe(false);
    ask(cache, 50_000);
    expect(cache.sample.curve()?.points.map(({ entries }) => Math.round(entries))).toContain(1_002);
  });

  test('counts the return of what had expired as a miss, however large the cache were', () => {
    const cache = new LiveCache('lru', 500);
    for (let round = 0; round < 200; round += 1) {
      for (const hash of keys.slice(0, 100)) cache.ask(hash);
      for (const hash of keys.slice(0, 100)) cache.expire(hash);
    }
    expect(cache.hitRatio).toBe(0);
    expect(cache.sample.hitRatioAt(500)?.hitRatio).toBeLessThan(0.01);
  });

  test('tells parts apart that share a cache', () => {
    const cache = new LiveCache('lru', 600, {}, 2);
    for (let at = 0; at < 60_000; at += 1) {
      cache.ask(keys[at % 100] ?? 0, 0);
      cache.ask(keys[100 + (at % 1_900)] ?? 0, 1);
    }
    expect(cache.sample.hitRatioAt(600, 0)?.hitRatio).toBeGreaterThan(0.95);
    expect(cache.sample.hitRatioAt(600, 1)?.hitRatio).toBeLessThan(0.05);
  });

  test('has other policies run beside the one in use, and says which is better beyond doubt', () => {
    const cache = new LiveCache('lru', 500);
    let scan = 0;
    const scanned = (requests: number): void => {
      for (let at = 0; at < requests; at += 100, scan += 1) {
        ask(cache, 50, 400);
        for (const hash of hashes(50, `scan ${scan % 200}`)) cache.ask(hash);
      }
    };
    scanned(50_000);
    expect(cache.sample.compare('lru')).toBe(true);
    for (let round = 0; round < 40 && cache.sample.comparison?.isOver !== true; round += 1) scanned(50_000);
    const { isOver, better, contenders } = cache.sample.comparison ?? {};
    expect(isOver).toBe(true);
    expect(contenders?.[0]).toMatchObject({ policy: 'lru', room: 1, gain: 0 });
    expect(better).toMatch(/hybrid|s3-fifo|sieve|lfu/);
    const twice = contenders?.find(({ policy, room }) => policy === 'lru' && room === 2);
    expect(twice?.gain).toBeGreaterThan(0);
  });
});
