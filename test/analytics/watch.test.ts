import { expect, test } from 'vitest';
import { Watch } from '../../src/analytics/watch.ts';

test('a watch ends when enough was followed, and the rest when that was little', () => {
  const watch = new Watch(1_000, 5_000);
  for (let at = 0; at < 5_000; at += 1) {
    expect(watch.isOver(1_000 + at * 10, 100)).toBe(false);
    watch.count();
  }
  expect(watch.isOver(51_000, 100)).toBe(true);
  watch.rest(51_000, 100);
  expect(watch.isResting).toBe(true);
  // The next one follows 3 200 uses: one of 256 hits.
  expect(watch.isRested(51_000 + 3_200 * 256 - 1)).toBe(false);
  expect(watch.isRested(51_000 + 3_200 * 256)).toBe(true);
  watch.resume(900_000);
  expect(watch.isResting).toBe(false);
  expect(watch.isOver(900_000_000, 100)).toBe(false);
  for (let at = 0; at < 3_200; at += 1) watch.count();
  expect(watch.isOver(901_000, 100)).toBe(true);
});

test('of a cache so large that few hits are followed it does not watch for long', () => {
  const watch = new Watch(0);
  for (let at = 0; at < 1_000; at += 1) watch.count();
  expect(watch.isOver(2 ** 22 - 1, 10_000)).toBe(false);
  expect(watch.isOver(2 ** 22, 10_000)).toBe(true);
  expect(watch.isOver(2 ** 22, 1_000_000)).toBe(false);
  expect(watch.isOver(64_000_000, 1_000_000)).toBe(true);
  watch.rest(4_000_000, 100);
  // 4 000 hits for each that was followed: it rests fifteen times as long as it will watch.
  expect(watch.isRested(4_000_000 + 15 * 3_200 * 4_000 - 1)).toBe(false);
  expect(watch.isRested(4_000_000 + 15 * 3_200 * 4_000)).toBe(true);
});
