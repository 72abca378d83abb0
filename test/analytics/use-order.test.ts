import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONG_AGO, UseOrder } from '../../src/analytics/use-order.ts';

const KEYS = 400;

/** Uses of keys, most of a few of them, so that there are long distances and short ones. */
const steps = fc.array(
  fc.oneof(
    { weight: 30, arbitrary: fc.record({ does: fc.constant('use' as const), key: fc.oneof(fc.nat(10), fc.nat(KEYS - 1)) }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('forget' as const), key: fc.nat(KEYS - 1) }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('join' as const), key: fc.integer({ min: 1, max: 20 }) }) },
  ),
  { size: 'max', maxLength: 3_000 },
);

describe('the order of uses', () => {
  test('tells how many keys were used since, within a part of it or half a block', () => {
    const depth = 100;
    fc.assert(
      fc.property(steps, (all) => {
        const order = new UseOrder();
        const blocks = new Map<number, number>();
        const stack: number[] = [];
        let longest = 1;
        const join = (blockLength: number): void => {
          longest = Math.max(longest, blockLength);
          const joined = order.join(blockLength, depth);
          for (const [key, block] of blocks) {
            blocks.set(key, joined[block]!);
            // What was used within the depth is still told apart.
            if (block !== LONG_AGO && stack.indexOf(key) < depth) expect(joined[block]).not.toBe(LONG_AGO);
          }
        };
        for (const { does, key } of all) {
          if (does === 'join') {
            join(key);
            continue;
          }
          const block = blocks.get(key);
          const at = stack.indexOf(key);
          if (block !== undefined && block !== LONG_AGO) {
            // A block holds a sixteenth of what was used after it, or a block's length; and its keys lie in its middle.
            expect(Math.abs(order.since(block) - at)).toBeLessThanOrEqual(Math.max(longest, at / 16) / 2 + 1);
            order.remove(block);
          }
          if (at !== -1) stack.splice(at, 1);
          blocks.delete(key);
          if (does === 'forget') continue;
          blocks.set(key, order.add());
          stack.unshift(key);
          if (order.isFull) join(1);
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  test('is exact where every block has one key', () => {
    const order = new UseOrder();
    const blocks = Array.from({ length: 300 }, () => order.add());
    expect(blocks.map((block) => order.since(block))).toEqual(blocks.map((_, at) => 299 - at));
    expect(blocks.map((block) => order.after(block))).toEqual(blocks.map((_, at) => 299 - at));
  });

  test('tells uses before an end of a block from those after it', () => {
    const order = new UseOrder();
    order.join(10, 100);
    for (let use = 0; use < 4; use += 1) order.add();
    const before = order.newest;
    order.endBlock();
    for (let use = 0; use < 3; use += 1) order.add();
    expect(order.after(before)).toBe(3);
  });
});
