import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GhostKeys } from '../../src/policy/ghost-keys.ts';
import { hashOf } from '../../src/policy/key-hash.ts';

const hashes = (name: string, count: number): number[] => Array.from({ length: count }, (_, at) => hashOf(`${name} ${at}`, 3));

/** How many are remembered; they are forgotten then. */
const taken = (ghosts: GhostKeys, asked: readonly number[]): number => asked.filter((hash) => ghosts.take(hash)).length;

describe('ghosts', () => {
  test('are the keys that left last, as many as the limit says, and gone when they come back', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ does: fc.constant('add' as const), hash: fc.integer({ min: -12, max: 12 }) }) },
      { weight: 4, arbitrary: fc.record({ does: fc.constant('take' as const), hash: fc.integer({ min: -12, max: 12 }) }) },
    );
    fc.assert(
      fc.property(fc.nat(16), fc.array(step, { size: 'max', maxLength: 500 }), (limit, steps) => {
        const ghosts = new GhostKeys();
        ghosts.resize(limit);
        let model: number[] = [];
        for (const { does, hash } of steps) {
          // What is remembered is not added again: it was taken when it came back.
          if (does === 'take' || model.includes(hash)) {
            expect(ghosts.take(hash)).toBe(model.includes(hash));
            model = model.filter((other) => other !== hash);
          } else if (hash !== 0) {
            ghosts.add(hash);
            model = limit === 0 ? [] : [...model, hash].slice(-limit);
          }
        }
        expect(taken(ghosts, model)).toBe(model.length);
        expect(taken(ghosts, model)).toBe(0);
      }),
    );
  });

  test('of many keys are nearly all of the last, about as many as the limit says, and hardly any of those before', () => {
    const ghosts = new GhostKeys();
    ghosts.resize(10_000);
    const left = hashes('left', 50_000);
    for (const hash of left) ghosts.add(hash);
    const [long, lately, last] = [left.slice(0, -20_000), left.slice(-20_000, -5_000), left.slice(-5_000)];
    expect(taken(ghosts, long)).toBeLessThan(50);
    const found = taken(ghosts, last);
    expect(found).toBeGreaterThan(4_900);
    expect(Math.abs(found + taken(ghosts, lately) - 10_000)).toBeLessThan(600);
  });

  test('stay when the limit grows', () => {
    const ghosts = new GhostKeys();
    ghosts.resize(16);
    const left = hashes('left', 16);
    for (const hash of left) ghosts.add(hash);
    ghosts.resize(1_000);
    expect(taken(ghosts, left)).toBeGreaterThanOrEqual(12);
    const more = hashes('more', 500);
    for (const hash of more) ghosts.add(hash);
    expect(taken(ghosts, more)).toBeGreaterThan(490);
  });

  test('that left first are forgotten when the limit shrinks, and do not come back with it', () => {
    const ghosts = new GhostKeys();
    ghosts.resize(1_000);
    const left = hashes('left', 1_000);
    for (const hash of left) ghosts.add(hash);
    ghosts.resize(500);
    expect(taken(ghosts, left.slice(-250))).toBeGreaterThan(240);
    ghosts.resize(0);
    ghosts.add(left[0]!);
    ghosts.resize(1_000);
    expect(taken(ghosts, left)).toBe(0);
  });

  test('are never seen where the hash is none', () => {
    const ghosts = new GhostKeys();
    ghosts.resize(10);
    ghosts.add(0);
    expect(ghosts.take(0)).toBe(false);
  });
});
