import fc from 'fast-check';
import type { FastifyReply } from 'fastify';
import { describe, expect, test } from 'vitest';
import { setFreshness } from '../../src/service/freshness-headers.ts';
import { HotKeys } from '../../src/service/hot-keys.ts';
import { RecentReads } from '../../src/service/recent-reads.ts';
import type { WireFreshness, WireOutcome } from '../../src/service/wire.ts';

describe('HotKeys', () => {
  test('counts exactly while there are few keys', () => {
    const hot = new HotKeys(3);
    for (const key of ['b', 'a', 'b', 'c', 'b', 'c']) hot.count(key);
    expect(hot.top(2)).toEqual([
      { key: 'b', reads: 3 },
      { key: 'c', reads: 2 },
    ]);
  });

  test('never counts too few, and too many by the least count at most, however many keys there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { size: 'max', maxLength: 2_000 }),
        fc.integer({ min: 1, max: 20 }),
        (keys, length) => {
          const hot = new HotKeys(length);
          const exact = new Map<string, number>();
          for (const key of keys.map(String)) {
            hot.count(key);
            exact.set(key, (exact.get(key) ?? 0) + 1);
          }
          const told = hot.top(length);
          const least = told.length < length ? 0 : (told.at(-1)?.reads ?? 0);
          expect(told.length).toBe(Math.min(length, exact.size));
          for (const { key, reads } of told) {
            expect(reads).toBeGreaterThanOrEqual(exact.get(key) ?? 0);
            expect(reads - least).toBeLessThanOrEqual(exact.get(key) ?? 0);
          }
          for (const [key, reads] of exact) if (reads > keys.length / length) expect(told.map((one) => one.key)).toContain(key);
        },
      ),
    );
  });
});

describe('RecentReads', () => {
  test('tells rates over the seconds that were noted, and forgets those before', () => {
    const recent = new RecentReads();
    expect(recent.window()).toEqual({ seconds: 0, requestsPerSecond: 0, loadsPerSecond: 0, hitRatio: null, p50Ms: null, p99Ms: null });
    for (let second = 0; second <= 20; second += 1)
      recent.note(second * 1_000, {
        requests: second < 10 ? 0 : (second - 10) * 8,
        served: second < 10 ? 0 : (second - 10) * 6,
        loads: 2 * second,
      });
    expect(recent.window()).toMatchObject({ seconds: 10, requestsPerSecond: 8, loadsPerSecond: 2, hitRatio: 0.75 });
  });

  test('tells latencies within three digits, and forgets them after ten seconds', () => {
    const recent = new RecentReads();
    for (let at = 1; at <= 100; at += 1) recent.record(at);
    const { p50Ms, p99Ms } = recent.window();
    expect(p50Ms).toBeCloseTo(50, 0);
    expect(p99Ms).toBeCloseTo(99, 0);
    for (let second = 0; second <= 11; second += 1) recent.note(second * 1_000, { requests: 0, served: 0, loads: 0 });
    expect(recent.window().p50Ms).toBeNull();
  });

  test('takes any length of time', () => {
    const recent = new RecentReads();
    for (const durationMs of [0, 1e-9, 1e9]) recent.record(durationMs);
    expect(recent.window().p99Ms).toBeCloseTo(60_000, -2);
  });
});

describe('setFreshness', () => {
  const now = 1_000_000;
  const headersOf = (...values: [outcome: WireOutcome, age: number, leftMs: number][]): Record<string, string> => {
    const told: Record<string, string> = {};
    const reply = {
      header: (name: string, value: string) => {
        told[name] = value;
      },
    };
    const fresh: WireFreshness[] = values.map(([outcome, age, leftMs]) => ({ outcome, age, staleAt: now + leftMs }));
    setFreshness(reply as unknown as FastifyReply, fresh, now);
    return told;
  };

  test('is as old as the oldest value, and stops with the first', () => {
    expect(headersOf(['hit', 1_500, 3_500], ['hit', 4_200, 800])).toEqual({
      age: '4',
      'cache-control': 'private, max-age=4',
      'cache-status': 'tiercel; hit; ttl=0',
    });
  });

  test.each([
    [[['hit', 0, 5_000]], 'tiercel; hit; ttl=5'],
    [[['stale', 9_000, -4_000]], 'tiercel; hit; ttl=-4'],
    [[['miss', 0, 5_000]], 'tiercel; fwd=miss; stored; ttl=5'],
    [[['refreshed', 0, 5_000]], 'tiercel; fwd=stale; stored; ttl=5'],
    [[['bypass', 0, 0]], 'tiercel; fwd=bypass'],
    [
      [
        ['hit', 0, 5_000],
        ['miss', 0, 5_000],
        ['hit', 0, 5_000],
      ],
      'tiercel; fwd=partial; stored; ttl=5; detail="2 hit, 1 miss"',
    ],
  ] as [[WireOutcome, number, number][], string][])('tells %j as RFC 9211 has it', (values, status) => {
    expect(headersOf(...values)['cache-status']).toBe(status);
  });

  test('lets nothing be kept that has no freshness', () => {
    expect(headersOf()).toEqual({ 'cache-control': 'no-store' });
  });
});
