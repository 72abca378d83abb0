import { describe, expect, test } from 'vitest';
import { GhostRuns } from '../../src/analytics/ghost-runs.ts';
import { SampledKeys } from '../../src/analytics/sampled-keys.ts';
import type { PolicyName } from '../../src/policy/eviction-policy.ts';
import { seeded } from '../../src/testing/seeded.ts';
import { hashes, zipf } from './requests.ts';

const ROOM = 100;
const KEYS = hashes(10_000);

/** Runs of all policies on requests for the keys that `next` names, to their end. */
function ran(policy: PolicyName, next: () => number): GhostRuns {
  const runs = new GhostRuns(policy, ROOM, 1);
  while (!runs.isOver) runs.request(KEYS[next()]!);
  return runs;
}

function loopOf(count: number): () => number {
  let at = 0;
  return () => at++ % count;
}

describe('runs of policies', () => {
  test('name the one that is better, and what half and twice the room would do', () => {
    const { isOver, requests, contenders, better } = ran('lru', loopOf(150)).comparison;
    expect([isOver, requests, better]).toEqual([true, 80 * ROOM, 'hybrid']);
    const [present] = contenders;
    expect(present).toEqual({ policy: 'lru', room: 1, hitRatio: 0, gain: 0, margin: 0 });
    const gainOf = (policy: PolicyName, room: number): number => contenders.find((one) => one.policy === policy && one.room === room)!.gain;
    expect(gainOf('hybrid', 1)).toBeGreaterThan(0.5);
    expect([gainOf('fifo', 1), gainOf('lru', 1 / 2), gainOf('lru', 2)]).toEqual([0, 0, 1]);
    expect(contenders.map(({ policy, room }) => `${policy} ${room}`)).toEqual([
      'lru 1',
      'hybrid 1',
      's3-fifo 1',
      'sieve 1',
      'lfu 1',
      'fifo 1',
      'lru 0.5',
      'lru 2',
    ]);
  });

  test('name none where all do the same, or the one in use is best', () => {
    expect(ran('lru', loopOf(80)).comparison.better).toBeUndefined();
    expect(ran('hybrid', loopOf(150)).comparison.better).toBeUndefined();
  });

  test('name none by chance: of policies that are alike none is better beyond doubt', () => {
    // No key is asked for more often than another, so that nothing can be known of it.
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const random = seeded(seed);
      const { better, contenders } = ran('lru', () => Math.floor(random() * 400)).comparison;
      expect(better).toBeUndefined();
      for (const { room, gain, margin } of contenders) if (room === 1) expect(Math.abs(gain)).toBeLessThan(margin + 0.01);
    }
  });

  test('tell nothing before they have warmed up, and name none before they are over', () => {
    const runs = new GhostRuns('lru', ROOM, 1);
    const next = loopOf(150);
    for (let at = 0; at < 20 * ROOM; at += 1) runs.request(KEYS[next()]!);
    expect(runs.comparison).toMatchObject({ isOver: false, requests: 0, better: undefined });
    for (let at = 0; at < 79 * ROOM; at += 1) runs.request(KEYS[next()]!);
    expect(runs.comparison).toMatchObject({ isOver: false, requests: 79 * ROOM, better: undefined });
    expect(runs.comparison.contenders[1]?.gain).toBeGreaterThan(0.5);
  });

  test('are sure of much, and not of little', () => {
    const random = seeded(3);
    const { better, contenders } = ran('fifo', zipf(KEYS.length, 1, random)).comparison;
    expect(better).not.toBe('fifo');
    expect(better).toBeDefined();
    for (const { gain, margin } of contenders.slice(1)) {
      expect(margin).toBeGreaterThan(0);
      expect(Math.abs(gain)).toBeLessThan(1);
    }
  });

  test('are over few of the keys that are sampled, and have room for as many as are there', () => {
    const keys = new SampledKeys(1, 1_000);
    for (const [at, hash] of KEYS.subarray(0, 900).entries()) keys.enter(keys.ticketFor(hash), at + 1);
    const runs = GhostRuns.over('lru', keys);
    expect(runs.rate).toBe(1 / 4);
    const followed = [...KEYS.subarray(0, 900)].filter((hash) => runs.follows(hash)).length;
    for (let at = 0; !runs.isOver; at += 1) runs.request(KEYS[at % followed]!);
    expect(runs.comparison.requests).toBe(80 * followed);
    // A loop over as many keys as there is room for, and twice as many as half the room.
    expect(runs.comparison.contenders.map(({ hitRatio }) => Math.round(hitRatio)).filter((ratio) => ratio === 0)).toHaveLength(1);
  });

  test('follow the keys of their share, and forget what is gone', () => {
    const runs = new GhostRuns('lru', ROOM, 1 / 4);
    expect([...KEYS].filter((hash) => runs.follows(hash)).length / KEYS.length).toBeCloseTo(1 / 4, 1);
    // Each key is forgotten between its requests: nobody can hit.
    for (let at = 0; !runs.isOver; at += 1) {
      runs.request(KEYS[at % 10]!);
      runs.forget(KEYS[at % 10]!);
    }
    for (const { hitRatio } of runs.comparison.contenders) expect(hitRatio).toBe(0);
  });
});
