import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EvictionPolicy, NONE, type PolicyName, type Slot } from '../../src/policy/eviction-policy.ts';
import { POLICIES } from '../../src/policy/policies.ts';
import { SLOW_POLICIES } from './slow-policies.ts';

const NAMES = Object.keys(POLICIES) as PolicyName[];
const SLOTS = 40;

/** Takes every slot out by its policy's choice: the order in which they would leave. */
function drained(policy: EvictionPolicy): Slot[] {
  const left: Slot[] = [];
  for (let slot = policy.victim(); slot !== NONE; slot = policy.victim()) {
    policy.removed(slot);
    left.push(slot);
  }
  return left;
}

describe.each(NAMES)('the policy %s', (name) => {
  test('bears its name', () => {
    expect(POLICIES[name]().name).toBe(name);
  });

  test('has no victim while it is empty, nor once all are gone', () => {
    const policy = POLICIES[name]();
    expect(policy.victim()).toBe(NONE);
    policy.grow(2);
    policy.inserted(1);
    policy.inserted(2);
    policy.touched(1);
    expect(drained(policy)).toHaveLength(2);
    expect(policy.victim()).toBe(NONE);
  });

  test('names the same victim until something happens', () => {
    const policy = POLICIES[name]();
    policy.grow(3);
    for (const slot of [1, 2, 3]) policy.inserted(slot);
    policy.touched(1);
    expect(policy.victim()).toBe(2);
    expect(policy.victim()).toBe(2);
  });

  test('lets slots go as its slow model does, whatever is done, and forgets none', () => {
    const step = fc.record({
      does: fc.constantFrom('insert', 'insert', 'insert', 'touch', 'touch', 'touch', 'remove', 'evict', 'evict', 'look', 'grow'),
      at: fc.nat(1_000),
    });
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 1_500 }), (steps) => {
        const policy = POLICIES[name]();
        const model = SLOW_POLICIES[name]();
        const free: Slot[] = [];
        let lastSlot = 0;
        let nextSlot = 1;
        const leave = (slot: Slot): void => {
          policy.removed(slot);
          model.removed(slot);
          free.push(slot);
        };
        for (const { does, at } of steps) {
          const { queue } = model;
          const there = queue[at % (queue.length || 1)];
          if (does === 'insert') {
            const slot = free.pop() ?? (nextSlot <= SLOTS ? nextSlot++ : undefined);
            if (slot === undefined) continue;
            while (slot > lastSlot) lastSlot = Math.min(lastSlot * 2 + 1, SLOTS);
            policy.grow(lastSlot);
            policy.inserted(slot);
            model.inserted(slot);
          } else if (does === 'grow') {
            policy.grow(at % (lastSlot + 1));
          } else if (does === 'touch' && there !== undefined) {
            policy.touched(there);
            model.touched(there);
          } else if (does === 'remove' && there !== undefined) {
            leave(there);
          } else if (does === 'look' || does === 'evict') {
            const victim = policy.victim();
            expect(victim).toBe(model.victim());
            if (does === 'evict' && victim !== NONE) leave(victim);
          }
        }
        const expected: Slot[] = [];
        for (let slot = model.victim(); slot !== NONE; slot = model.victim()) {
          model.removed(slot);
          expected.push(slot);
        }
        expect(drained(policy)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describe('lru', () => {
  test('lets the slot go that was not used for longest', () => {
    const policy = POLICIES.lru();
    policy.grow(4);
    for (const slot of [1, 2, 3, 4]) policy.inserted(slot);
    policy.touched(1);
    policy.touched(3);
    expect(drained(policy)).toEqual([2, 4, 1, 3]);
  });
});

describe('sieve', () => {
  test('passes once over what was used, and keeps it where it stands', () => {
    const policy = POLICIES.sieve();
    policy.grow(5);
    for (const slot of [1, 2, 3, 4, 5]) policy.inserted(slot);
    policy.touched(1);
    policy.touched(2);
    expect(drained(policy)).toEqual([3, 4, 5, 1, 2]);
  });

  test('finds a victim though all were used', () => {
    const policy = POLICIES.sieve();
    policy.grow(3);
    for (const slot of [1, 2, 3]) {
      policy.inserted(slot);
      policy.touched(slot);
    }
    expect(policy.victim()).toBe(1);
  });

  test('goes on where it stopped, also when the slot under its hand leaves', () => {
    const policy = POLICIES.sieve();
    policy.grow(4);
    for (const slot of [1, 2, 3, 4]) policy.inserted(slot);
    policy.touched(1);
    expect(policy.victim()).toBe(2);
    policy.removed(2);
    expect(policy.victim()).toBe(3);
    policy.removed(4);
    policy.removed(3);
    expect(policy.victim()).toBe(1);
  });

  test('forgets the use of a slot with the entry that left it', () => {
    const policy = POLICIES.sieve();
    policy.grow(2);
    policy.inserted(1);
    policy.touched(1);
    policy.removed(1);
    policy.inserted(1);
    policy.inserted(2);
    expect(policy.victim()).toBe(1);
  });
});
