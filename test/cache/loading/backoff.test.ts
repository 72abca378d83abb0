import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Backoff } from '../../../src/cache/loading/backoff.ts';
import { SECOND } from '../../../src/time/duration.ts';

const steady = () => new Backoff(SECOND, 30 * SECOND, () => 0);

/** How long a key waits from `now`, to the millisecond. */
function waitOf(backoff: Backoff, key: string, now: number): number {
  let ms = 0;
  while (backoff.isWaiting(key, now + ms)) ms += 1;
  return ms;
}

describe('Backoff', () => {
  test('waits for no key that has not failed', () => {
    expect(steady().isWaiting('AAPL', 0)).toBe(false);
  });

  test('doubles the wait with each failure in a row, up to the longest', () => {
    const backoff = steady();
    const waits: number[] = [];
    for (let failures = 0; failures < 8; failures += 1) {
      backoff.failed('AAPL', 0);
      waits.push(waitOf(backoff, 'AAPL', 0));
    }
    expect(waits.map((ms) => ms / SECOND)).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  });

  test('waits from the failure on, to the millisecond', () => {
    const backoff = steady();
    backoff.failed('AAPL', 5_000);
    expect(backoff.isWaiting('AAPL', 5_999.999)).toBe(true);
    expect(backoff.isWaiting('AAPL', 6_000)).toBe(false);
    expect(backoff.isWaiting('MSFT', 5_500)).toBe(false);
  });

  test('begins anew after a success, and after all was forgotten', () => {
    const backoff = steady();
    for (const forget of [() => backoff.succeeded('AAPL'), () => backoff.clear()]) {
      backoff.failed('AAPL', 0);
      backoff.failed('AAPL', 0);
      forget();
      expect([backoff.isWaiting('AAPL', 0), backoff.size]).toEqual([false, 0]);
      backoff.failed('AAPL', 0);
      expect(waitOf(backoff, 'AAPL', 0)).toBe(SECOND);
    }
    backoff.succeeded('never failed');
  });

  test('waits up to a quarter longer at random, however many failures there were', () => {
    const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), draws, (failures, drawn) => {
        const backoff = new Backoff(100, 5_000, () => drawn);
        for (let count = 0; count < failures; count += 1) backoff.failed('AAPL', 0);
        const wait = Math.min(100 * 2 ** (failures - 1), 5_000) * (1 + drawn / 4);
        expect(backoff.isWaiting('AAPL', wait - 0.01)).toBe(true);
        expect(backoff.isWaiting('AAPL', wait)).toBe(false);
      }),
    );
  });

  test('never waits when there is no first wait', () => {
    const backoff = new Backoff(0, 30 * SECOND, () => 0.5);
    for (let failures = 0; failures < 2_000; failures += 1) backoff.failed('AAPL', 0);
    expect(backoff.isWaiting('AAPL', 0)).toBe(false);
  });

  test('remembers 10 000 keys, and forgets the one that failed longest ago', () => {
    const backoff = steady();
    for (let key = 0; key < 10_000; key += 1) backoff.failed(`k${key}`, 0);
    backoff.failed('k0', 0);
    backoff.failed('new', 0);
    expect(backoff.size).toBe(10_000);
    expect(['k0', 'k1', 'k2', 'new'].map((key) => backoff.isWaiting(key, 0))).toEqual([true, false, true, true]);
  });
});
