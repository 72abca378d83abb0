import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RefreshAhead } from '../../../src/cache/kind/refresh.ts';
import { type Entry, NO_TAGS } from '../../../src/entry/entry.ts';
import { OLDEST } from '../../../src/entry/version.ts';

const entryOf = (askedAt: number, staleAt: number, isFinal = false): Entry => ({
  key: 'AAPL',
  value: 1,
  isNegative: false,
  eventAt: undefined,
  askedAt,
  staleAt,
  deadAt: staleAt,
  version: OLDEST,
  tags: NO_TAGS,
  source: undefined,
  isFinal,
  why: '',
});

/** Numbers from 0 up to 1 that look random and are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const beta = fc.double({ min: 0, max: 10, noNaN: true });
const ms = fc.double({ min: 0, max: 1e6, noNaN: true });

describe('RefreshAhead', () => {
  test('leaves every entry alone when it is off', () => {
    fc.assert(
      fc.property(ms, ms, random, (ttlMs, loadMs, drawn) => {
        const refresh = new RefreshAhead({ refreshAhead: 0, earlyRefresh: 0 }, () => drawn);
        refresh.observe(loadMs);
        const entry = entryOf(100, 100 + ttlMs);
        expect(refresh.attentionAt(entry)).toBe(entry.staleAt);
        expect(refresh.isDue(entry, entry.staleAt - 0.001)).toBe(false);
      }),
    );
  });

  test('leaves a value alone that cannot change', () => {
    fc.assert(
      fc.property(share, beta, ms, random, (refreshAhead, earlyRefresh, loadMs, drawn) => {
        const refresh = new RefreshAhead({ refreshAhead, earlyRefresh }, () => drawn);
        refresh.observe(loadMs);
        const entry = entryOf(0, 1_000, true);
        expect(refresh.attentionAt(entry)).toBe(1_000);
        for (const now of [0, 999, 1_000, 5_000]) expect(refresh.isDue(entry, now)).toBe(false);
      }),
    );
  });

  test('wants attention between the asking and the end of freshness', () => {
    fc.assert(
      fc.property(share, beta, ms, ms, ms, random, (refreshAhead, earlyRefresh, loadMs, askedAt, ttlMs, drawn) => {
        const refresh = new RefreshAhead({ refreshAhead, earlyRefresh }, () => drawn);
        refresh.observe(loadMs);
        const entry = entryOf(askedAt, askedAt + ttlMs);
        const attentionAt = refresh.attentionAt(entry);
        expect(attentionAt).toBeLessThanOrEqual(entry.staleAt);
        expect(attentionAt).toBeGreaterThanOrEqual(entry.askedAt);
      }),
      { numRuns: 500 },
    );
  });

  test('is due in the last share of the TTL, up to a tenth of the share early at random', () => {
    const entry = entryOf(0, 10_000);
    for (const [drawn, dueAt] of [
      [0, 8_000],
      [0.5, 7_900],
      [0.999, 7_800],
    ] as const) {
      const refresh = new RefreshAhead({ refreshAhead: 0.2, earlyRefresh: 0 }, () => drawn);
      expect(refresh.isDue(entry, dueAt - 1)).toBe(false);
      expect(refresh.isDue(entry, dueAt + 1)).toBe(true);
      expect(Math.abs(refresh.attentionAt(entry) - dueAt)).toBeLessThanOrEqual(1);
    }
  });

  test('is never due before it wants attention', () => {
    fc.assert(
      fc.property(
        share,
        beta,
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (refreshAhead, earlyRefresh, loadMs, seed, at) => {
          const drawn = seeded(seed)();
          const refresh = new RefreshAhead({ refreshAhead, earlyRefresh }, () => drawn);
          refresh.observe(loadMs);
          const entry = entryOf(0, 10_000);
          const now = refresh.attentionAt(entry) * at;
          if (now < refresh.attentionAt(entry)) expect(refresh.isDue(entry, now)).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('is due by chance as XFetch says: with e to the power of what is left over β times the load', () => {
    const draws = 40_000;
    for (const [earlyRefresh, loadMs, leftMs] of [
      [1, 100, 50],
      [1, 100, 100],
      [1, 100, 300],
      [2, 100, 300],
      [0.5, 40, 30],
    ] as const) {
      const refresh = new RefreshAhead({ refreshAhead: 0, earlyRefresh }, seeded(42));
      refresh.observe(loadMs);
      const entry = entryOf(0, 10_000);
      let due = 0;
      for (let draw = 0; draw < draws; draw += 1) due += Number(refresh.isDue(entry, 10_000 - leftMs));
      expect(Math.abs(due / draws - Math.exp(-leftMs / (earlyRefresh * loadMs)))).toBeLessThan(0.01);
    }
  });

  test('is not due by chance while no load has been seen', () => {
    const refresh = new RefreshAhead({ refreshAhead: 0, earlyRefresh: 1 }, () => 0);
    expect(refresh.isDue(entryOf(0, 10_000), 9_999)).toBe(false);
    expect(refresh.attentionAt(entryOf(0, 10_000))).toBe(10_000);
  });

  test('takes the first load for the usual one, and lets each later one move it by an eighth', () => {
    const refresh = new RefreshAhead({ refreshAhead: 0, earlyRefresh: 1 }, () => Math.exp(-1));
    const usualMs = (): number => {
      let leftMs = 0;
      while (refresh.isDue(entryOf(0, 10_000), 10_000 - leftMs - 1)) leftMs += 1;
      return leftMs;
    };
    refresh.observe(100);
    expect(usualMs()).toBe(100);
    refresh.observe(900);
    expect(usualMs()).toBe(200);
    refresh.observe(200);
    expect(usualMs()).toBe(200);
  });
});
