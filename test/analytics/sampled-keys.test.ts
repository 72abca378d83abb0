import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NEVER, SampledKeys, shareOf } from '../../src/analytics/sampled-keys.ts';
import { NO_TICKET } from '../../src/analytics/tickets-by-slot.ts';
import { hashes } from './requests.ts';

const KEYS = hashes(300);

/** An entry comes, at most 60 are there; it is used; it leaves; it is forgotten. */
const steps = fc.array(
  fc.record({ does: fc.constantFrom('come', 'come', 'come', 'use', 'use', 'leave', 'forget'), key: fc.nat(KEYS.length - 1) }),
  { size: 'max', maxLength: 2_000 },
);

describe('sampled keys', () => {
  test('at a rate of 1 are all keys, in the order of their last use, whether their entries are there or not', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const keys = new SampledKeys(1, 1_000);
        const there = new Map<number, number>();
        let stack: number[] = [];
        const distance = (key: number): number => {
          const at = stack.indexOf(key);
          return at === -1 ? NEVER : at;
        };
        for (const { does, key } of all) {
          const hash = KEYS[key]!;
          const slot = there.get(key);
          if (does === 'come' && slot === undefined && there.size < 60) {
            const ticket = keys.ticketFor(hash);
            const expected = distance(key);
            const told = keys.distanceOf(ticket);
            // What was used before as many others as are remembered may be known, or not.
            if (told !== NEVER || expected < 64) expect(Math.abs(told - expected)).toBeLessThanOrEqual(expected / 16 + 2);
            keys.use(ticket);
            const free = Array.from({ length: 61 }, (_, at) => at + 1).find((at) => ![...there.values()].includes(at))!;
            expect(keys.enter(ticket, free)).toEqual([]);
            there.set(key, free);
            stack = [key, ...stack.filter((other) => other !== key)];
          }
          if (slot === undefined) continue;
          const ticket = keys.ticketIn(slot);
          expect(keys.hashOf(ticket)).toBe(hash);
          if (does === 'use') {
            const told = keys.distanceOf(ticket);
            const expected = distance(key);
            if (told !== NEVER || expected < 64) expect(Math.abs(told - expected)).toBeLessThanOrEqual(expected / 16 + 2);
            keys.use(ticket);
            stack = [key, ...stack.filter((other) => other !== key)];
          } else if (does !== 'come') {
            if (does === 'leave') keys.left(slot);
            else keys.forget(slot);
            if (does === 'forget') stack = stack.filter((other) => other !== key);
            there.delete(key);
          }
        }
        expect(keys.residents).toBe(there.size);
        expect([...keys.slots].sort()).toEqual([...there.values()].sort());
      }),
      { numRuns: 60 },
    );
  });

  test('are fewer when more are there than there is room for, and who falls out is named', () => {
    const keys = new SampledKeys(1, 64);
    const sampled = new Set<number>();
    const all = hashes(20_000, 'many');
    for (const [at, hash] of all.entries()) {
      const slot = at + 1;
      if (!keys.isSampled(hash)) continue;
      const ticket = keys.ticketFor(hash);
      keys.use(ticket);
      sampled.add(slot);
      for (const dropped of keys.enter(ticket, slot)) expect(sampled.delete(dropped)).toBe(true);
      expect(keys.residents).toBe(sampled.size);
    }
    expect(keys.rate).toBe(1 / 32);
    expect(new Set(keys.slots)).toEqual(sampled);
    expect([...sampled].every((slot) => shareOf(all[slot - 1]!) < keys.rate)).toBe(true);
    expect(sampled.size).toBe(all.filter((hash) => shareOf(hash) < keys.rate).length);
  });

  test('are bounded, however many come and go', () => {
    const keys = new SampledKeys(1, 64);
    const room = 3_000;
    for (let at = 0; at < 300_000; at += 1) {
      const hash = Math.imul(at, 0x9e37_79b1);
      const slot = (at % room) + 1;
      if (at >= room && keys.ticketIn(slot) !== NO_TICKET) keys.left(slot);
      if (!keys.isSampled(hash)) continue;
      const ticket = keys.ticketFor(hash);
      keys.use(ticket);
      keys.enter(ticket, slot);
    }
    expect(keys.residents / keys.rate / room).toBeGreaterThan(0.85);
    expect(keys.residents / keys.rate / room).toBeLessThan(1.15);
    expect(keys.bytes).toBeLessThan(200_000);
  });

  test('are taken by hashes whose bits are like those of all', () => {
    const keys = new SampledKeys(1 / 8, 1_000_000);
    const sampled = [...hashes(100_000)].filter((hash) => keys.isSampled(hash));
    expect(sampled.length / 100_000).toBeCloseTo(1 / 8, 2);
    for (let bit = 0; bit < 32; bit += 1) {
      const share = sampled.filter((hash) => ((hash >>> bit) & 1) === 1).length / sampled.length;
      expect(Math.abs(share - 0.5)).toBeLessThan(0.02);
    }
  });

  test('with equal hashes are one, and the entry that came first is followed no more', () => {
    const keys = new SampledKeys(1, 64);
    const ticket = keys.ticketFor(5);
    expect(keys.enter(ticket, 1)).toEqual([]);
    expect(keys.enter(keys.ticketFor(5), 2)).toEqual([1]);
    expect([...keys.slots]).toEqual([2]);
  });

  test('know after a break only what was used since', () => {
    const keys = new SampledKeys(1, 1_000);
    for (let at = 0; at < 50; at += 1) {
      const ticket = keys.ticketFor(KEYS[at]!);
      keys.use(ticket);
      keys.enter(ticket, at + 1);
    }
    expect(keys.reach).toBe(NEVER);
    keys.resume();
    expect(keys.reach).toBe(0);
    for (let at = 0; at < 20; at += 1) keys.use(keys.ticketIn(at + 1));
    expect(keys.reach).toBe(20);
    // It was used before: since then are those twenty and more.
    expect(keys.distanceOf(keys.ticketIn(30))).toBeGreaterThanOrEqual(20);
    expect(keys.distanceOf(keys.ticketIn(15))).toBeLessThanOrEqual(6);
    // However long they go on, and are joined.
    for (let at = 0; at < 5_000; at += 1) keys.use(keys.ticketIn((at % 20) + 1));
    expect(keys.reach).toBeGreaterThanOrEqual(18);
    expect(keys.reach).toBeLessThanOrEqual(20);
  });
});
