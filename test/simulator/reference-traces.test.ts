import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PolicyName } from '../../src/policy/eviction-policy.ts';
import { beladyHitRatio } from '../../src/simulator/belady.ts';
import { simulate } from '../../src/simulator/simulation.ts';
import type { Trace } from '../../src/simulator/trace.ts';
import { readTrace } from '../../src/simulator/trace-reader.ts';

/** See the page beside the traces: what other implementations hit on them. */
const FOLDER = join(import.meta.dirname, '../fixtures/traces');

type Reference = Record<PolicyName | 'belady' | 'caffeine', number>;
const REFERENCES = JSON.parse(readFileSync(join(FOLDER, 'hit-ratios.json'), 'utf8')) as Record<string, Record<string, Reference>>;

describe.each(Object.entries(REFERENCES))('on the trace %s', (name, cells) => {
  let trace: Trace;
  beforeAll(async () => {
    trace = await readTrace(join(FOLDER, `${name}.txt.gz`));
  });

  test.each(Object.entries(cells).map(([size, reference]) => [Number(size), reference] as const))('with room for %d', (size, reference) => {
    const hit = (policy: PolicyName): number => simulate(trace, policy, { size }).hitRatio;
    const optimum = beladyHitRatio(trace, size);
    expect(optimum).toBeCloseTo(reference.belady, 4);
    expect(Math.abs(hit('lru') - reference.lru)).toBeLessThanOrEqual(0.0001);
    expect(Math.abs(hit('fifo') - reference.fifo)).toBeLessThanOrEqual(0.0001);
    expect(Math.abs(hit('sieve') - reference.sieve)).toBeLessThanOrEqual(0.003);
    expect(Math.abs(hit('s3-fifo') - reference['s3-fifo'])).toBeLessThanOrEqual(0.003);
    expect(hit('lfu')).toBeGreaterThanOrEqual(reference.lfu);
    expect(hit('hybrid')).toBeGreaterThan(reference.hybrid - 0.01);
    expect(hit('hybrid')).toBeGreaterThan(reference.lru - 0.012);
    for (const policy of ['lru', 'fifo', 'sieve', 's3-fifo', 'lfu', 'hybrid'] as const)
      expect(hit(policy)).toBeLessThanOrEqual(optimum + 1 / size + 0.001);
  });
});

test('hybrid is ahead of Caffeine and of LRU by the mean of all', async () => {
  const sums = { hybrid: 0, caffeine: 0, lru: 0 };
  for (const [name, cells] of Object.entries(REFERENCES)) {
    const trace = await readTrace(join(FOLDER, `${name}.txt.gz`));
    for (const [size, { caffeine, lru }] of Object.entries(cells)) {
      sums.hybrid += simulate(trace, 'hybrid', { size: Number(size) }).hitRatio;
      sums.caffeine += caffeine;
      sums.lru += lru;
    }
  }
  expect(sums.hybrid).toBeGreaterThan(sums.caffeine);
  expect(sums.hybrid).toBeGreaterThan(sums.lru);
});
