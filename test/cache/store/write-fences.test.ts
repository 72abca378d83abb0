import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WriteFences, type Written } from '../../../src/cache/store/write-fences.ts';
import { isNewer, type Precedence } from '../../../src/entry/envelope-header.ts';
import { justBefore } from '../../../src/entry/version.ts';

const version = (stamp: number) => ({ stamp, origin: 1 });
const entry = (stamp: number, eventAt?: number): Precedence => ({ version: version(stamp), eventAt });

/** A write that a tier may not have taken, as its keeper tells the fences of it. */
function raise(fences: WriteFences, how: 'raise' | 'hear', { version: at, eventAt, isTombstone }: Precedence): void {
  const written: Written = isTombstone ? { goneUpTo: at } : { eventAt };
  fences[how]('key', isTombstone ? at : justBefore(at), written);
}

describe('fences before what a tier has', () => {
  const written = fc.record({
    version: fc.integer({ min: 1, max: 12 }).map(version),
    eventAt: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    isTombstone: fc.constantFrom(false, false, false, true),
  });

  test.each(['raise', 'hear'] as const)(
    'stop whatever one of the writes is newer than, where all of them have event times or none (%s)',
    (how) => {
      const both = fc.boolean().chain((isOrdered) =>
        fc.tuple(
          fc.array(
            written.map((each) => ({ ...each, eventAt: isOrdered ? (each.eventAt ?? 1) : undefined })),
            { maxLength: 5 },
          ),
          fc.record({
            version: fc.integer({ min: 1, max: 12 }).map(version),
            eventAt: isOrdered ? fc.integer({ min: 1, max: 5 }) : fc.constant(undefined),
          }),
        ),
      );
      fc.assert(
        fc.property(both, ([writes, there]) => {
          const fences = new WriteFences();
          for (const each of writes) raise(fences, how, each);
          const isOutdated = writes.some(
            (each) => isNewer(each, { ...there, isTombstone: false }) || (each.isTombstone && each.version.stamp === there.version.stamp),
          );
          // What was removed, and then written with a later event time, is told apart by version: to doubt more than that is no wrong.
          if (isOutdated) expect(fences.stop('key', there)).toBe(true);
          else if (writes.every(({ isTombstone }) => !isTombstone)) expect(fences.stop('key', there)).toBe(false);
        }),
        { numRuns: 2_000 },
      );
    },
  );

  test('believe in what is newer by its event time, though it was written before', () => {
    const fences = new WriteFences();
    raise(fences, 'hear', entry(20, 150));
    expect(fences.stop('key', entry(10, 140))).toBe(true);
    expect(fences.stop('key', entry(10, 200))).toBe(false);
    // The tier has shown something newer: the doubt is over.
    expect(fences.stop('key', entry(10, 140))).toBe(false);
  });

  test('do not believe in what is older by its event time, though it was written later', () => {
    const fences = new WriteFences();
    raise(fences, 'raise', entry(10, 193));
    expect(fences.stop('key', entry(20, 140))).toBe(true);
    fences.lift('key', version(10));
    expect(fences.stop('key', entry(20, 140))).toBe(false);
  });
});
