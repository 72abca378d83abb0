import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_TICKET, TicketsBySlot } from '../../src/analytics/tickets-by-slot.ts';

const LAST_TICKET = 16;

describe('tickets by slot', () => {
  it('finds as a map does, slots that share a place among them', () => {
    const slot = fc.oneof(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 5 }).map((place) => place * 2_048 + 7),
    );
    const step = fc.record({ ticket: fc.integer({ min: 1, max: LAST_TICKET }), slot });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const tickets = new TicketsBySlot();
        tickets.grow(4);
        tickets.grow(LAST_TICKET);
        const slots = new Uint32Array(LAST_TICKET + 1);
        const model = new Map<number, number>();
        for (const { ticket, slot } of steps) {
          const held = slots[ticket]!;
          if (held !== 0) {
            tickets.remove(ticket, held);
            model.delete(held);
            slots[ticket] = 0;
          } else if (!model.has(slot)) {
            slots[ticket] = slot;
            tickets.add(ticket, slot);
            model.set(slot, ticket);
          }
          expect(tickets.find(slot, slots)).toBe(model.get(slot) ?? NO_TICKET);
          for (const [known, its] of model) expect(tickets.find(known, slots)).toBe(its);
        }
      }),
      { numRuns: 50 },
    );
  });
});
