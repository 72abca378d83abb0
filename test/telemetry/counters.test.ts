import { expect, test } from 'vitest';
import { KindCounters, TierCounters } from '../../src/telemetry/counters.ts';

test('requests are hits, stale answers, misses and errors, and nothing else', () => {
  const counters = new KindCounters();
  const parts = new Set(['hits', 'stale', 'misses', 'errors']);
  for (const [at, name] of Object.keys(counters).entries()) {
    const before = counters.requests;
    Object.assign(counters, { [name]: 2 ** at });
    expect(counters.requests - before).toBe(parts.has(name) ? 2 ** at : 0);
  }
});

test('every counter begins at 0', () => {
  for (const counters of [new KindCounters(), new TierCounters()]) {
    expect(Object.values(counters).every((count) => count === 0)).toBe(true);
  }
});
