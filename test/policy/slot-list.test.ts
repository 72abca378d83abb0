import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NONE, type Slot } from '../../src/policy/eviction-policy.ts';
import { SlotList } from '../../src/policy/slot-list.ts';

const SLOTS = 24;

/** The list from both ends, each followed until it ends; a ring that never ends fails. */
function walked(list: SlotList): { fromOldest: Slot[]; fromNewest: Slot[] } {
  const walk = (start: Slot, next: (slot: Slot) => Slot): Slot[] => {
    const seen = new Set<Slot>();
    for (let slot = start; slot !== NONE; slot = next(slot)) {
      if (seen.has(slot)) throw new Error(`Slot ${slot} stands twice`);
      seen.add(slot);
    }
    return [...seen];
  };
  return {
    fromOldest: walk(list.oldest, (slot) => list.newerThan(slot)),
    fromNewest: walk(list.newest, (slot) => list.olderThan(slot)),
  };
}

describe('SlotList', () => {
  test('holds nothing at first', () => {
    const list = new SlotList();
    expect(walked(list)).toEqual({ fromOldest: [], fromNewest: [] });
  });

  test('holds each slot once, in order, from both ends, whatever is done to it', () => {
    const step = fc.record({ does: fc.constantFrom('add', 'add', 'remove', 'move', 'grow'), slot: fc.integer({ min: 1, max: SLOTS }) });
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 300 }), (steps) => {
        const list = new SlotList();
        let order: Slot[] = [];
        let lastSlot = 0;
        const grow = (to: Slot): void => {
          list.grow(to);
          lastSlot = Math.max(lastSlot, to);
        };
        for (const { does, slot } of steps) {
          const isThere = order.includes(slot);
          if (does === 'grow') grow(slot);
          else if (does === 'add' && !isThere) {
            if (slot > lastSlot) grow(slot);
            list.addNewest(slot);
            order.push(slot);
          } else if (does === 'remove' && isThere) {
            list.remove(slot);
            order = order.filter((other) => other !== slot);
          } else if (does === 'move' && isThere) {
            list.moveToNewest(slot);
            order = [...order.filter((other) => other !== slot), slot];
          }
          expect(walked(list)).toEqual({ fromOldest: order, fromNewest: order.toReversed() });
        }
      }),
      { numRuns: 40 },
    );
  });

  test('never shrinks', () => {
    const list = new SlotList();
    list.grow(3);
    list.addNewest(3);
    list.grow(1);
    expect(list.oldest).toBe(3);
    expect(list.newest).toBe(3);
  });
});
