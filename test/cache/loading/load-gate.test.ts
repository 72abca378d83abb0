import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LoadGate } from '../../../src/cache/loading/load-gate.ts';
import { LoadOverloadError } from '../../../src/errors.ts';

describe('LoadGate', () => {
  test('lets so many in at once, without a wait, and the rest in the order they came', async () => {
    const gate = new LoadGate('quote', 2, 10);
    expect([gate.enter(), gate.enter()]).toEqual([undefined, undefined]);
    const order: number[] = [];
    const waits = [1, 2, 3].map((number) => gate.enter()?.then(() => order.push(number)));
    expect([gate.running, gate.queued]).toEqual([2, 3]);
    for (const wait of waits) {
      gate.leave();
      await wait;
      expect(gate.running).toBe(2);
    }
    expect(order).toEqual([1, 2, 3]);
    gate.leave();
    gate.leave();
    expect([gate.running, gate.queued]).toEqual([0, 0]);
  });

  test('refuses more than may wait, and says what to do', () => {
    const gate = new LoadGate('quote', 1, 1);
    void gate.enter();
    void gate.enter();
    expect(() => gate.enter()).toThrow(LoadOverloadError);
    expect(() => gate.enter()).toThrow('1 loads of kind "quote" are waiting already; raise `maxQueuedLoads`');
    gate.leave();
    expect(gate.enter()).toBeInstanceOf(Promise);
  });

  test('lets nobody wait when nobody may', () => {
    const gate = new LoadGate('quote', 1, 0);
    void gate.enter();
    expect(() => gate.enter()).toThrow(LoadOverloadError);
    gate.leave();
    expect(gate.enter()).toBeUndefined();
  });

  test('does as a plain list does, whoever comes and goes', async () => {
    const bounds = fc.record({ limit: fc.integer({ min: 1, max: 4 }), maxQueued: fc.nat(6) });
    await fc.assert(
      fc.asyncProperty(bounds, fc.array(fc.boolean(), { size: 'max', maxLength: 200 }), async ({ limit, maxQueued }, steps) => {
        const gate = new LoadGate('quote', limit, maxQueued);
        const queue: number[] = [];
        const letIn: number[] = [];
        const expected: number[] = [];
        let inside = 0;
        for (const [number, enters] of steps.entries()) {
          if (enters) {
            if (inside < limit) {
              expect(gate.enter()).toBeUndefined();
              inside += 1;
            } else if (queue.length < maxQueued) {
              void gate.enter()?.then(() => letIn.push(number));
              queue.push(number);
            } else {
              expect(() => gate.enter()).toThrow(LoadOverloadError);
            }
          } else if (inside > 0) {
            gate.leave();
            const next = queue.shift();
            if (next === undefined) inside -= 1;
            else expected.push(next);
          }
          expect([gate.running, gate.queued]).toEqual([inside, queue.length]);
        }
        await Promise.resolve();
        expect(letIn).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('keeps the order while it gives back the room of those who were let in', async () => {
    const gate = new LoadGate('quote', 1, 20_000);
    void gate.enter();
    const order: number[] = [];
    let joined = 0;
    const join = (): void => {
      const number = joined++;
      void gate.enter()?.then(() => order.push(number));
    };
    for (let at = 0; at < 5_000; at += 1) join();
    for (let at = 0; at < 5_000; at += 1) {
      gate.leave();
      if (at % 2 === 0) join();
    }
    expect(gate.queued).toBe(2_500);
    while (gate.queued > 0) gate.leave();
    await Promise.resolve();
    expect(order).toEqual(Array.from({ length: 7_500 }, (_, at) => at));
    gate.leave();
    expect(gate.running).toBe(0);
  });
});
