import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NONE, type Slot } from '../../src/policy/eviction-policy.ts';
import { SlotQueues } from '../../src/policy/slot-queues.ts';

const QUEUES = 3;
const SLOTS = 20;

test('queues of slots are lists that share two arrays', () => {
  const step = fc.record({
    does: fc.constantFrom('add', 'add', 'move', 'remove', 'grow'),
    slot: fc.integer({ min: 1, max: SLOTS }),
    queue: fc.nat(QUEUES - 1),
  });
  fc.assert(
    fc.property(fc.array(step, { size: 'max', maxLength: 400 }), (steps) => {
      const queues = new SlotQueues(QUEUES);
      const model: Slot[][] = Array.from({ length: QUEUES }, () => []);
      queues.grow(SLOTS);
      for (const { does, slot, queue } of steps) {
        const there = model.findIndex((list) => list.includes(slot));
        if (does === 'grow') queues.grow(SLOTS + slot);
        if (does === 'add' && there === -1) {
          queues.addNewest(slot, queue);
          model[queue]?.push(slot);
        }
        if (there === -1 || does === 'add' || does === 'grow') continue;
        model[there] = model[there]?.filter((other) => other !== slot) ?? [];
        if (does === 'remove') queues.remove(slot);
        else {
          queues.moveToNewest(slot, there);
          model[there]?.push(slot);
        }
      }
      for (const [queue, list] of model.entries()) {
        const found: Slot[] = [];
        for (let slot = queues.oldest(queue); slot !== NONE; slot = queues.newerThan(slot)) found.push(slot);
        expect(found).toEqual(list);
      }
    }),
  );
});
