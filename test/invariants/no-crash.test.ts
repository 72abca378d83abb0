import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCache, kind } from '../../src/index.ts';
import { FakeClock, settle } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { MINUTE } from '../../src/time/duration.ts';

const escaped: unknown[] = [];
const note = (reason: unknown): unknown => escaped.push(reason);
beforeEach(() => {
  escaped.length = 0;
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
});
afterEach(() => {
  process.off('unhandledRejection', note);
  process.off('uncaughtException', note);
});

const faults = fc.constantFrom('fail', 'hang', 'delay', 'corrupt', 'drop', 'heal');
const calls = fc.constantFrom(
  'get',
  'load',
  'load badly',
  'many',
  'set',
  'delete',
  'expire',
  'tag',
  'pattern',
  'clear',
  'keys',
  'explain',
  'touch',
);
const key = fc.integer({ min: 0, max: 5 }).map(String);
const step = fc.record({ fault: fc.option(faults), call: calls, key, passMs: fc.integer({ min: 0, max: 2_000 }) });

/** Invariant 11: whatever fails, hangs, comes late or comes damaged, nothing escapes, and all settles. */
describe('invariant 11: no crash', () => {
  test('under any faults of two tiers, and of the source', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { size: 'max', maxLength: 80 }), fc.integer(), async (steps, seed) => {
        const clock = new FakeClock();
        const tiers = ['near', 'far'].map((name, at) => new FaultyTier(new MemoryRemoteTier({ name, clock }), { clock, seed: seed + at }));
        const cache = createCache({
          clock,
          remote: tiers,
          kinds: { k: kind<string, number>({ lifetime: { ttl: '5s', grace: '1m' }, tags: () => ['t'] }) },
        });
        let open = 0;
        const track = (promise: Promise<unknown>): void => {
          open += 1;
          promise.then(
            () => (open -= 1),
            () => (open -= 1),
          );
        };
        for (const { fault, call, key: k, passMs } of steps) {
          const scope = { times: 5, share: 0.7 };
          for (const tier of tiers) {
            if (fault === 'fail') tier.fail(scope);
            if (fault === 'hang') tier.hang(scope);
            if (fault === 'delay') tier.delay(100, scope);
            if (fault === 'corrupt') tier.corrupt(scope);
            if (fault === 'drop') tier.drop(scope);
            if (fault === 'heal') tier.heal();
          }
          if (call === 'get') track(cache.k.get(k));
          if (call === 'load') track(cache.k.getOrLoad(k, async () => 1));
          if (call === 'load badly') track(cache.k.getOrLoad(k, () => Promise.reject(Object.create(null)), { maxAge: 10 }));
          if (call === 'many') track(cache.k.getOrLoadMany([k, '0', '9'], () => new Promise(() => {})));
          if (call === 'set') track(cache.k.set(k, 1));
          if (call === 'delete') track(cache.k.delete(k));
          if (call === 'expire') track(cache.k.expire(k));
          if (call === 'tag') track(cache.invalidate({ tag: 't' }));
          if (call === 'pattern') track(cache.expire({ pattern: 'k:*' }));
          if (call === 'clear') track(cache.clear());
          if (call === 'keys') track(cache.keys());
          if (call === 'explain') track(cache.explain(`k:${k}`));
          if (call === 'touch') track(cache.k.touch(k));
          cache.k.peek(k);
          await clock.advance(passMs);
        }
        track(cache.close());
        await clock.advance(2 * MINUTE);
        for (const tier of tiers) tier.heal();
        await settle();
        expect(open).toBe(0);
        expect(escaped).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
