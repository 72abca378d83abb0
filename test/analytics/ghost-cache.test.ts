import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GhostCache } from '../../src/analytics/ghost-cache.ts';
import type { PolicyName } from '../../src/policy/eviction-policy.ts';
import { POLICIES } from '../../src/policy/policies.ts';
import { simulate } from '../../src/simulator/simulation.ts';
import { readTrace } from '../../src/simulator/trace-reader.ts';
import { hashes } from './requests.ts';

describe('a cache without values', () => {
  test('hits what a simulation of its policy hits', async () => {
    const trace = await readTrace(join(import.meta.dirname, '../fixtures/traces/lirs-sprite.txt.gz'));
    for (const policy of Object.keys(POLICIES) as PolicyName[]) {
      const ghost = new GhostCache(policy, 354);
      let hits = 0;
      for (const key of trace.requests) if (ghost.request(trace.hashes[key]!)) hits += 1;
      const { hitRatio } = simulate(trace, policy, { size: 354 });
      // The simulation's room grows to its size while it fills, which policies that divide it notice.
      expect(Math.abs(hits / trace.length - hitRatio)).toBeLessThanOrEqual(policy === 'lru' || policy === 'fifo' ? 0 : 0.003);
    }
  });

  test('keeps no more than it has room for, and forgets what it is told to', () => {
    const [one, two, three] = hashes(3);
    const ghost = new GhostCache('lru', 2);
    expect([one!, two!, one!, three!, one!, two!].map((hash) => ghost.request(hash))).toEqual([false, false, true, false, true, false]);
    ghost.forget(one!);
    ghost.forget(three!);
    expect([two!, one!].map((hash) => ghost.request(hash))).toEqual([true, false]);
  });
});
