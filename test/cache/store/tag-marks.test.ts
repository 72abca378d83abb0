import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TagMarks, type TagVerdict } from '../../../src/cache/store/tag-marks.ts';
import { NO_TAGS } from '../../../src/entry/entry.ts';

const at = (stamp: number) => ({ stamp, origin: 1 });

const SEVERITY: Record<TagVerdict, number> = { clear: 0, stale: 1, gone: 2 };

const mark = fc.record({ tag: fc.constantFrom('a', 'b', 'c', 'd', 'e'), stamp: fc.integer({ min: 0, max: 20 }), keep: fc.boolean() });
const marks = fc.array(mark, { size: 'max', maxLength: 60 });
/** Entries with tags are versioned, so their stamps are above 0. */
const entryStamp = fc.integer({ min: 1, max: 21 });
const tags = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { size: 'max', maxLength: 4 });

/** What every mark there ever was says of an entry. */
function slowVerdict(made: readonly { tag: string; stamp: number; keep: boolean }[], of: readonly string[], stamp: number): TagVerdict {
  const concerning = made.filter((one) => one.stamp > 0 && of.includes(one.tag) && stamp <= one.stamp);
  if (concerning.some(({ keep }) => !keep)) return 'gone';
  return concerning.length > 0 ? 'stale' : 'clear';
}

describe('TagMarks', () => {
  test('judges an entry by every mark that was made of its tags since', () => {
    fc.assert(
      fc.property(marks, tags, entryStamp, (made, of, stamp) => {
        const known = new TagMarks();
        for (const { tag, stamp: markedAt, keep } of made) known.mark(tag, markedAt, keep);
        expect(known.verdict(of, at(stamp))).toBe(slowVerdict(made, of, stamp));
      }),
      { numRuns: 3_000 },
    );
  });

  test('never judges milder for what it forgot, and holds no more than it may', () => {
    fc.assert(
      fc.property(marks, tags, entryStamp, fc.integer({ min: 1, max: 4 }), (made, of, stamp, maxTags) => {
        const known = new TagMarks(maxTags);
        for (const { tag, stamp: markedAt, keep } of made) known.mark(tag, markedAt, keep);
        expect(known.size).toBeLessThanOrEqual(maxTags);
        expect(SEVERITY[known.verdict(of, at(stamp))]).toBeGreaterThanOrEqual(SEVERITY[slowVerdict(made, of, stamp)]);
        if (of.length === 0) expect(known.verdict(of, at(stamp))).toBe('clear');
      }),
      { numRuns: 3_000 },
    );
  });

  test('judges an entry that is newer than all it forgot by what it knows', () => {
    fc.assert(
      fc.property(marks, tags, fc.integer({ min: 1, max: 4 }), (made, of, maxTags) => {
        const known = new TagMarks(maxTags);
        for (const { tag, stamp, keep } of made) known.mark(tag, stamp, keep);
        expect(known.verdict(of, at(21))).toBe('clear');
      }),
    );
  });

  test('affects an entry of the same stamp, for it is no newer', () => {
    const known = new TagMarks();
    known.mark('a', 5, false);
    known.mark('b', 5, true);
    expect([known.verdict(['a'], at(5)), known.verdict(['a'], at(6))]).toEqual(['gone', 'clear']);
    expect([known.verdict(['b'], at(5)), known.verdict(['b'], at(6))]).toEqual(['stale', 'clear']);
    expect(known.verdict(['b', 'a'], at(5))).toBe('gone');
  });

  test('leaves an entry without tags alone, whatever its version', () => {
    const known = new TagMarks(1);
    known.mark('a', 5, false);
    known.mark('b', 6, false);
    expect(known.verdict(NO_TAGS, at(0))).toBe('clear');
  });

  test('counts the marks that are news, and tells of each whether it is', () => {
    const known = new TagMarks();
    expect([known.mark('a', 5, false), known.mark('a', 5, false), known.mark('a', 4, false)]).toEqual([true, false, false]);
    expect([known.mark('a', 3, true), known.mark('a', 6, false), known.mark('b', 0, false)]).toEqual([true, true, false]);
    expect(known.count).toBe(3);
    expect(known.size).toBe(1);
  });

  test('tells since when an entry is stale: from the first expiry of one of its tags that it is no newer than', () => {
    fc.assert(
      fc.property(marks, tags, fc.nat({ max: 20 }), (made, of, stamp) => {
        const known = new TagMarks();
        const expiries = new Map<string, number[]>();
        for (const { tag, stamp: markedAt, keep } of made) {
          known.mark(tag, markedAt, keep);
          const before = expiries.get(tag) ?? [];
          const all = [...new Set([...before, markedAt])].sort((a, b) => a - b);
          if (keep && markedAt > 0) expiries.set(tag, all.slice(-8));
        }
        const first = of.flatMap((tag) => expiries.get(tag)?.find((expiry) => stamp <= expiry) ?? []);
        expect(known.staleSince(of, at(stamp))).toBe(first.length === 0 ? 0 : Math.min(...first));
      }),
      { numRuns: 1_000 },
    );
    const forgetful = new TagMarks(1);
    forgetful.mark('a', 5, true);
    forgetful.mark('b', 3, true);
    expect([forgetful.staleSince(['a'], at(1)), forgetful.staleSince(['never marked'], at(6))]).toEqual([5, 0]);
    const learning = new TagMarks();
    learning.mark('a', 9, true);
    expect(learning.mark('a', 4, true)).toBe(false);
    expect([learning.expiries('a', 9), learning.expiries('b', 9)]).toEqual([[4], []]);
  });

  test('forgets first the tag that was marked longest ago', () => {
    const known = new TagMarks(2);
    known.mark('a', 1, false);
    known.mark('b', 2, false);
    known.mark('a', 10, false);
    known.mark('c', 11, false);
    expect(known.verdict(['a'], at(5))).toBe('gone');
    expect(known.verdict(['b'], at(2))).toBe('gone');
    expect(known.verdict(['b'], at(3))).toBe('clear');
    expect(known.verdict(['never marked'], at(2))).toBe('gone');
  });
});
