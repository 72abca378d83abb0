import { describe, expect, test } from 'vitest';
import type { EvictionPolicy, PolicyName, Slot } from '../../src/policy/eviction-policy.ts';
import { hashOf } from '../../src/policy/key-hash.ts';
import { POLICIES } from '../../src/policy/policies.ts';
import { seeded } from '../../src/testing/seeded.ts';

/** A cache of keys without values. */
class KeyCache {
  readonly #policy: EvictionPolicy;
  readonly #slots = new Map<string, Slot>();
  readonly #keys = new Map<Slot, string>();
  #capacity: number;
  #nextSlot = 1;

  constructor(policy: PolicyName, capacity: number) {
    this.#policy = POLICIES[policy]();
    this.#capacity = capacity;
    this.#policy.resize(capacity);
    this.#policy.grow(capacity + 1);
  }

  has(key: string): boolean {
    return this.#slots.has(key);
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Asks for a key, and brings it when it is not there. Tells whether it was. */
  ask(key: string): boolean {
    const known = this.#slots.get(key);
    if (known !== undefined) {
      this.#policy.touched(known);
      return true;
    }
    const slot = this.#nextSlot;
    this.#slots.set(key, slot);
    this.#keys.set(slot, key);
    this.#policy.inserted(slot, hashOf(key, 1));
    this.#nextSlot = this.#slots.size <= this.#capacity ? this.#freeSlot() : this.#evict();
    return false;
  }

  resize(capacity: number): void {
    this.#policy.resize(capacity);
    this.#policy.grow(capacity + 1);
    this.#capacity = capacity;
    while (this.#slots.size > capacity) this.#evict();
    this.#nextSlot = this.#freeSlot();
  }

  #evict(): Slot {
    const victim = this.#policy.victim();
    this.#policy.evicted(victim);
    this.#slots.delete(this.#keys.get(victim) ?? '');
    this.#keys.delete(victim);
    return victim;
  }

  #freeSlot(): Slot {
    let slot = 1;
    while (this.#keys.has(slot)) slot += 1;
    return slot;
  }
}

const HOT = Array.from({ length: 500 }, (_, at) => `hot ${at}`);

function warmed(policy: PolicyName): KeyCache {
  const cache = new KeyCache(policy, 1_000);
  for (let round = 0; round < 10; round += 1) for (const key of HOT) cache.ask(key);
  return cache;
}

const kept = (cache: KeyCache): number => HOT.filter((key) => cache.has(key)).length / HOT.length;

describe('a scan of 100 000 keys that are asked for once', () => {
  test.each([
    ['hybrid', 0.95, 1],
    ['s3-fifo', 0.95, 1],
    ['lru', 0, 0],
    ['fifo', 0, 0],
  ] as const)('leaves a share of the hot ones under %s: %d to %d', (policy, least, most) => {
    const cache = warmed(policy);
    for (let at = 0; at < 100_000; at += 1) cache.ask(`once ${at}`);
    expect(kept(cache)).toBeGreaterThanOrEqual(least);
    expect(kept(cache)).toBeLessThanOrEqual(most);
  });

  test('leaves the hot ones under hybrid when they are asked for in its midst', () => {
    const cache = warmed('hybrid');
    const random = seeded(5);
    let hits = 0;
    for (let at = 0; at < 100_000; at += 1) {
      cache.ask(`once ${at}`);
      if (at % 4 === 0 && cache.ask(HOT[Math.floor(random() * HOT.length)] ?? '')) hits += 1;
    }
    expect(hits / 25_000).toBeGreaterThan(0.98);
  });
});

describe('the hybrid policy', () => {
  test('follows when what is asked for changes: from a loop to keys that are used a few times close together', () => {
    const cache = new KeyCache('hybrid', 1_000);
    let hits = 0;
    for (let pass = 0; pass < 40; pass += 1) for (let at = 0; at < 2_000; at += 1) if (cache.ask(`loop ${at}`)) hits += 1;
    expect(hits / 80_000).toBeGreaterThan(0.4);
    hits = 0;
    // Each key three times within 120 steps, and never again: LRU hits two of three.
    for (let at = 0; at < 60_000; at += 1) for (const key of [at, at - 60, at - 120]) if (cache.ask(`brief ${key}`)) hits += 1;
    expect(hits / 180_000).toBeGreaterThan(0.55);
  });

  test('keeps the hot ones when its room is made smaller and larger', () => {
    const cache = warmed('hybrid');
    for (let at = 0; at < 2_000; at += 1) cache.ask(`cold ${at}`);
    cache.resize(600);
    expect(kept(cache)).toBeGreaterThan(0.95);
    cache.resize(4_000);
    for (let at = 0; at < 20_000; at += 1) cache.ask(`colder ${at}`);
    expect(kept(cache)).toBeGreaterThan(0.95);
    expect(cache.size).toBe(4_000);
  });
});
