import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EvictionPolicy, NONE, type PolicyName, type Slot } from '../../src/policy/eviction-policy.ts';
import { hashOf } from '../../src/policy/key-hash.ts';
import { POLICIES } from '../../src/policy/policies.ts';
import { SLOW_POLICIES } from './slow-policies.ts';

const NAMES = Object.keys(POLICIES) as PolicyName[];
const SLOTS = 40;

/** A policy with room for some slots. */
function policyOf(name: PolicyName, capacity: number): EvictionPolicy {
  const policy = POLICIES[name]();
  policy.resize(capacity);
  policy.grow(capacity);
  return policy;
}

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
    const policy = policyOf(name, 2);
    expect(policy.victim()).toBe(NONE);
    policy.inserted(1, 1);
    policy.inserted(2, 2);
    policy.touched(1);
    expect(drained(policy)).toHaveLength(2);
    expect(policy.victim()).toBe(NONE);
  });

  test('names the same victim until something happens', () => {
    const policy = policyOf(name, 3);
    for (const slot of [1, 2, 3]) policy.inserted(slot, slot);
    policy.touched(1);
    const victim = policy.victim();
    expect(victim).not.toBe(NONE);
    expect(policy.victim()).toBe(victim);
  });

  test('keeps who came last while there are others, though all of them were used', () => {
    const policy = policyOf(name, 11);
    policy.resize(10);
    for (let slot = 1; slot <= 10; slot += 1) policy.inserted(slot, slot);
    for (let last = 11, round = 0; round < 20; round += 1) {
      policy.inserted(last, 100 + round);
      const victim = policy.victim();
      expect(victim).not.toBe(last);
      policy.evicted(victim);
      for (let slot = 1; slot <= 11; slot += 1) if (slot !== victim) policy.touched(slot);
      last = victim;
    }
  });

  test('lets slots go as its slow model does, whatever is done, and forgets none', () => {
    const does = [
      'insert',
      'insert',
      'insert',
      'insert',
      'touch',
      'touch',
      'touch',
      'touch',
      'remove',
      'evict',
      'look',
      'grow',
      'resize',
    ] as const;
    const step = fc.record({ does: fc.constantFrom(...does), at: fc.nat(1_000) });
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 1_500 }), fc.integer({ min: 1, max: SLOTS - 1 }), (steps, capacity) => {
        const policy = policyOf(name, capacity);
        const model = SLOW_POLICIES[name]();
        model.resize(capacity);
        const free: Slot[] = [];
        let room = capacity;
        let lastSlot = capacity;
        let nextSlot = 1;
        const evict = (): void => {
          const victim = policy.victim();
          expect(victim).toBe(model.victim());
          if (victim === NONE) return;
          policy.evicted(victim);
          model.evicted(victim);
          free.push(victim);
        };
        for (const { does: what, at } of steps) {
          const there = model.slots[at % (model.slots.length || 1)];
          if (what === 'insert') {
            const slot = free.pop() ?? nextSlot++;
            while (slot > lastSlot) lastSlot = lastSlot * 2 + 1;
            policy.grow(lastSlot);
            // Few hashes, so that keys come back.
            const hash = hashOf(`key ${at % 120}`, 0);
            policy.inserted(slot, hash);
            model.inserted(slot, hash);
            while (model.slots.length > room) evict();
          } else if (what === 'grow') {
            policy.grow(at % (lastSlot + 1));
          } else if (what === 'resize') {
            room = 1 + (at % (SLOTS - 1));
            policy.resize(room);
            model.resize(room);
            while (model.slots.length > room) evict();
          } else if (what === 'touch' && there !== undefined) {
            policy.touched(there);
            model.touched(there);
          } else if (what === 'remove' && there !== undefined) {
            policy.removed(there);
            model.removed(there);
            free.push(there);
          } else if (what === 'look') {
            expect(policy.victim()).toBe(model.victim());
          } else if (what === 'evict') {
            evict();
          }
        }
        while (model.slots.length > 0) evict();
        expect(policy.victim()).toBe(NONE);
      }),
      { numRuns: 60 },
    );
  });
});

describe('lru', () => {
  test('lets the slot go that was not used for longest', () => {
    const policy = policyOf('lru', 4);
    for (const slot of [1, 2, 3, 4]) policy.inserted(slot, slot);
    policy.touched(1);
    policy.touched(3);
    expect(drained(policy)).toEqual([2, 4, 1, 3]);
  });
});

describe('sieve', () => {
  test('passes once over what was used, and keeps it where it stands', () => {
    const policy = policyOf('sieve', 6);
    for (const slot of [1, 2, 3, 4, 5, 6]) policy.inserted(slot, slot);
    policy.touched(1);
    policy.touched(2);
    expect(drained(policy)).toEqual([3, 4, 5, 1, 2, 6]);
  });

  test('finds a victim though all were used', () => {
    const policy = policyOf('sieve', 3);
    for (const slot of [1, 2, 3]) {
      policy.inserted(slot, slot);
      policy.touched(slot);
    }
    expect(policy.victim()).toBe(1);
  });

  test('goes on where it stopped, also when the slot under its hand leaves', () => {
    const policy = policyOf('sieve', 4);
    for (const slot of [1, 2, 3, 4]) policy.inserted(slot, slot);
    policy.touched(1);
    expect(policy.victim()).toBe(2);
    policy.removed(2);
    expect(policy.victim()).toBe(3);
    policy.removed(4);
    policy.removed(3);
    expect(policy.victim()).toBe(1);
  });

  test('forgets the use of a slot with the entry that left it', () => {
    const policy = policyOf('sieve', 2);
    policy.inserted(1, 1);
    policy.touched(1);
    policy.removed(1);
    policy.inserted(1, 1);
    policy.inserted(2, 2);
    expect(policy.victim()).toBe(1);
  });
});

describe('hybrid', () => {
  test('passes over what was used, but not over all of many at once', () => {
    const policy = policyOf('hybrid', 1_001);
    policy.resize(1_000);
    for (let slot = 1; slot <= 1_000; slot += 1) policy.inserted(slot, hashOf(`key ${slot}`, 0));
    const oldest = policy.victim();
    for (let slot = 1; slot <= 1_000; slot += 1) policy.touched(slot);
    expect(policy.victim()).toBe(oldest + 64);
  });
});
