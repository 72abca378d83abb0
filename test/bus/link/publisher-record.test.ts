import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PublisherRecord } from '../../../src/bus/link/publisher-record.ts';
import { beatOf } from './messages.ts';

const recordOf = (upTo = 0): PublisherRecord => new PublisherRecord({ publisher: 'a', epoch: 1, sequence: 0 }, upTo, 0);

describe('what is known of a publisher', () => {
  test('has no gap when every message comes once, in any order, and each is news once', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 8 })),
        (order, again) => {
          const record = recordOf();
          const isNews = [...order, ...again].map((sequence) => record.news(sequence, 0));
          expect(isNews).toEqual([...order.map(() => true), ...again.map(() => false)]);
          expect(record.hasGap).toBe(false);
        },
      ),
      { seed: 20_261_120 },
    );
  });

  test('has a gap until what was told was heard', () => {
    const record = recordOf();
    record.news(1, 0);
    record.beat(beatOf('a', 3, 0), 0);
    expect(record.hasGap).toBe(true);
    record.news(3, 0);
    expect(record.hasGap).toBe(true);
    record.news(2, 0);
    expect(record.hasGap).toBe(false);
  });

  test('forgets what came far behind a gap, and then finds it missing', () => {
    const record = recordOf();
    for (let sequence = 2; sequence <= 1_500; sequence += 1) expect(record.news(sequence, 0)).toBe(true);
    record.news(1, 0);
    expect(record.hasGap).toBe(true);
    for (let sequence = 1_002; sequence <= 1_500; sequence += 1) record.news(sequence, 0);
    expect(record.hasGap).toBe(false);
  });

  test('begins anew where what was missed is given up, or its sender has lost count', () => {
    const record = recordOf();
    record.news(5, 0);
    record.catchUp();
    expect([record.hasGap, record.news(6, 0), record.hasGap]).toEqual([false, true, false]);
    record.news(9, 0);
    record.restart(2, 0);
    expect([record.hasGap, record.epoch, record.news(1, 0)]).toEqual([false, 2, true]);
  });

  test('is proven by a beat as of its sending, and by none while there is a gap', () => {
    const record = recordOf();
    record.beat(beatOf('a', 0, 1_000), 5_000);
    record.beat(beatOf('a', 0, 2_000), 6_300);
    expect(record.heardAt).toBe(6_000);
    record.beat(beatOf('a', 1, 3_000), 7_000);
    expect(record.heardAt).toBe(6_000);
  });

  test.each([
    ['stood still while its host slept', (at: number) => at - 5_000],
    ['told nonsense once', (at: number) => (at === 10_000 ? -1e15 : at)],
    ['told nonsense of the future once', (at: number) => (at === 10_000 ? 1e15 : at)],
  ])('is proven again within ten seconds, though the clock of the other %s', (_, sentAt) => {
    const record = recordOf();
    for (let at = 0; at < 10_000; at += 500) record.beat(beatOf('a', 0, at), at + 1);
    for (let at = 10_000; at <= 20_000; at += 500) record.beat(beatOf('a', 0, sentAt(at)), at + 1);
    expect(record.heardAt).toBeGreaterThan(19_000);
    expect(record.heardAt).toBeLessThanOrEqual(20_001);
  });
});
