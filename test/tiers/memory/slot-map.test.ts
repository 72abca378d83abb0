import { expect, test } from 'vitest';
import { slotMapFor, widened } from '../../../src/tiers/memory/slot-map.ts';

const MILLION = 1_000_000;

test('is a plain map for as many entries as that can bear, and several for more', () => {
  expect(slotMapFor(4 * MILLION)).toBeInstanceOf(Map);
  expect(slotMapFor(5 * MILLION)).not.toBeInstanceOf(Map);
});

test('is one map to whoever uses it', () => {
  const slots = slotMapFor(50 * MILLION);
  const keys = Array.from({ length: 1_000 }, (_, at) => `k${at}`);
  for (const [at, key] of keys.entries()) slots.set(key, at + 1);
  expect(slots.size).toBe(1_000);
  expect(keys.map((key) => slots.get(key))).toEqual(keys.map((_, at) => at + 1));
  expect([...slots].map(([key]) => key).sort()).toEqual([...keys].sort());
  expect([...slots.values()].sort((one, other) => one - other)).toEqual(keys.map((_, at) => at + 1));
  expect(slots.delete('k7')).toBe(true);
  expect(slots.delete('k7')).toBe(false);
  expect(slots.get('k7')).toBeUndefined();
  expect(slots.size).toBe(999);
});

test('is built anew only when there is to be room for many more', () => {
  const slots = slotMapFor(1_000);
  slots.set('a', 1);
  expect(widened(slots, 1_000, 4 * MILLION)).toBe(slots);
  const wider = widened(slots, 1_000, 9 * MILLION);
  expect(wider).not.toBe(slots);
  expect([...wider]).toEqual([['a', 1]]);
  expect(widened(wider, 9 * MILLION, 1_000)).toBe(wider);
});
