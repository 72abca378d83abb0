import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NONE, type Slot } from '../../src/policy/eviction-policy.ts';
import { SlotsByHash } from '../../src/policy/slots-by-hash.ts';

test('slots by hash are a map, whatever comes and goes', () => {
  // Hashes of which many have one place in the table.
  const hash = fc.oneof(fc.integer({ min: -8, max: 8 }), fc.constantFrom(64, 128, 256, 512, -1_024, 0x7fff_ffff, -0x8000_0000));
  const step = fc.record({ does: fc.constantFrom('add', 'add', 'remove', 'find', 'grow'), hash });
  fc.assert(
    fc.property(fc.array(step, { size: 'max', maxLength: 400 }), (steps) => {
      const slots = new SlotsByHash();
      const model = new Map<number, Slot>();
      const free: Slot[] = [];
      let lastSlot = 0;
      for (const { does, hash: at } of steps) {
        const known = model.get(at);
        if (does === 'find') expect(slots.find(at)).toBe(known ?? NONE);
        if (does === 'grow') slots.grow(lastSlot);
        if (does === 'add' && known === undefined) {
          const slot = free.pop() ?? model.size + 1;
          if (slot > lastSlot) {
            lastSlot = slot + 2;
            slots.grow(lastSlot);
          }
          slots.add(slot, at);
          model.set(at, slot);
        }
        if (does === 'remove' && known !== undefined) {
          slots.remove(known);
          model.delete(at);
          free.push(known);
        }
      }
      for (const [at, slot] of model) expect(slots.find(at)).toBe(slot);
    }),
  );
});
