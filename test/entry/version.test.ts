import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions, OLDEST, stampTime, type Version, VersionClock } from '../../src/entry/version.ts';

const NOW = Date.UTC(2026, 10, 20, 14, 30);

describe('compareVersions', () => {
  const version: fc.Arbitrary<Version> = fc.record({ stamp: fc.nat(3), origin: fc.constantFrom(0, 1, 0x7fff_ffff, 0xffff_ffff) });

  test('is a total order: by stamp, then by origin', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        expect(compareVersions(a, b) === 0).toBe(a.stamp === b.stamp && a.origin === b.origin);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        if (a.stamp !== b.stamp) expect(compareVersions(a, b) < 0).toBe(a.stamp < b.stamp);
      }),
      { numRuns: 1_000 },
    );
  });

  test('has nothing before the oldest', () => {
    fc.assert(fc.property(version, (other) => compareVersions(OLDEST, other) <= 0));
  });
});

describe('VersionClock', () => {
  test('hands out rising stamps, whichever way the wall clock jumps and whatever is observed', () => {
    const step = fc.oneof(
      fc.record({ does: fc.constant('jump' as const), ms: fc.integer({ min: -1e10, max: 1e10 }) }),
      fc.record({ does: fc.constant('pass' as const), ms: fc.nat(3) }),
      fc.record({ does: fc.constant('observe' as const), ms: fc.integer({ min: -1e10, max: 1e10 }) }),
      fc.record({ does: fc.constant('next' as const), ms: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 500 }), (steps) => {
        let wall = NOW;
        let newest = 0;
        const clock = new VersionClock(() => wall, 7);
        for (const { does, ms } of [...steps, { does: 'next', ms: 0 }]) {
          if (does === 'jump') wall = NOW + ms;
          else if (does === 'pass') wall += ms;
          else if (does === 'observe') {
            const seen = new VersionClock(() => NOW + ms, 8).next();
            clock.observe(seen);
            newest = Math.max(newest, seen);
          } else {
            const stamp = clock.next();
            expect(stamp).toBeGreaterThan(newest);
            expect(Number.isSafeInteger(stamp)).toBe(true);
            newest = stamp;
          }
        }
      }),
    );
  });

  test('hands out rising stamps when the wall clock tells fractions of a millisecond', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.01, noNaN: true }), { size: 'max', maxLength: 1_000 }), (passing) => {
        let wall = NOW + 0.123;
        const clock = new VersionClock(() => wall, 7);
        let newest = clock.next();
        for (const ms of passing) {
          wall += ms;
          const stamp = clock.next();
          expect(stamp).toBeGreaterThan(newest);
          newest = stamp;
        }
      }),
    );
  });

  test('tells the time of a stamp, to the millisecond, while fewer than 8 192 are taken in it', () => {
    const clock = new VersionClock(() => NOW, 7);
    const stamps = Array.from({ length: 8_192 }, () => clock.next());
    expect(new Set(stamps).size).toBe(8_192);
    expect(stamps.every((stamp) => stampTime(stamp) === NOW)).toBe(true);
    expect(stampTime(clock.next())).toBe(NOW + 1);
  });

  test('hands out safe integers until 2054', () => {
    const stamp = new VersionClock(() => Date.UTC(2054, 0, 1), 7).next();
    expect(Number.isSafeInteger(stamp)).toBe(true);
    expect(stampTime(stamp)).toBe(Date.UTC(2054, 0, 1));
  });

  test('hands out rising stamps before 2020, too', () => {
    const clock = new VersionClock(() => 0, 7);
    expect(clock.next()).toBeGreaterThan(OLDEST.stamp);
    expect(clock.next()).toBe(2);
  });

  test('is ahead of what it has seen, and unmoved by what is older', () => {
    const clock = new VersionClock(() => NOW, 7);
    const ahead = new VersionClock(() => NOW + 60_000, 8).next();
    clock.observe(ahead);
    clock.observe(ahead - 10);
    expect(clock.next()).toBe(ahead + 1);
  });

  // One stamp beyond the safe integers, from a process that is ill, and every later version is the same.
  test.each([2 ** 53, Number.POSITIVE_INFINITY])('still hands out rising stamps after it was shown %s', (stamp) => {
    const clock = new VersionClock(() => NOW, 7);
    clock.observe(stamp);
    expect(clock.next()).toBeLessThan(clock.next());
  });

  test('takes its origin for 32 bits without a sign', () => {
    expect(new VersionClock(() => NOW, 2 ** 32 - 1).origin).toBe(0xffff_ffff);
    expect(new VersionClock(() => NOW, -1).origin).toBe(0xffff_ffff);
    expect(new VersionClock(() => NOW, 1.9).origin).toBe(1);
  });
});
