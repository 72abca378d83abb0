import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCache, kind } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import type { RemoteTier } from '../../src/tiers/remote-tier.ts';

/** The source of truth: it changes, and a load takes what it is when the load begins. */
interface Truth {
  now: number;
}

/** A remote tier whose every answer comes when the scheduler says. */
function scheduled(tier: RemoteTier, scheduler: fc.Scheduler): RemoteTier {
  return {
    name: tier.name,
    reach: tier.reach,
    isUp: true,
    leases: tier.leases,
    getMany: (keys) => scheduler.schedule(Promise.resolve(tier.getMany(keys)), 'getMany'),
    setMany: (entries) => scheduler.schedule(tier.setMany(entries), 'setMany'),
    deleteMany: (keys, version) => scheduler.schedule(tier.deleteMany(keys, version), 'deleteMany'),
    scan: (pattern) => tier.scan(pattern),
    flush: () => tier.flush(),
    [Symbol.asyncDispose]: async () => {},
  };
}

const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant('read' as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'change and invalidate',
        'change and invalidate tag',
        'change and delete',
        'change and invalidate pattern',
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('change and set', 'change and clear', 'plain read') },
  ),
  { size: 'max', maxLength: 30 },
);

/**
 * Invariant 3: no going back. A read that begins after an invalidation was
 * acknowledged never sees what was true before it, however loads, tiers and
 * invalidations interleave; what is kept in the end is the last truth.
 */
describe('invariant 3: no going back', () => {
  test.each([0, 1, 2])('over every order of loads and invalidations, with %i remote tiers', async (tiers) => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), acts, async (scheduler, steps) => {
        const clock = new FakeClock();
        const remote = Array.from({ length: tiers }, (_, at) => scheduled(new MemoryRemoteTier({ name: `r${at}`, clock }), scheduler));
        const cache = createCache({ clock, remote, kinds: { k: kind<string, number>({ lifetime: '1h', tags: () => ['t'] }) } });
        const truth: Truth = { now: 0 };
        const load = async (): Promise<number> => {
          const value = truth.now;
          await scheduler.schedule(Promise.resolve(), 'load');
          return value;
        };
        let acknowledged = 0;
        const check = async (reading: Promise<number | undefined>): Promise<void> => {
          const floor = acknowledged;
          const seen = await reading;
          if (seen !== undefined) expect(seen).toBeGreaterThanOrEqual(floor);
        };
        const change = async (act: string): Promise<void> => {
          truth.now += 1;
          const value = truth.now;
          if (act === 'change and invalidate') await cache.invalidate({ key: 'k:x' });
          if (act === 'change and invalidate tag') await cache.invalidate({ tag: 't' });
          if (act === 'change and invalidate pattern') await cache.invalidate({ pattern: 'k:*' });
          if (act === 'change and delete') await cache.k.delete('x');
          if (act === 'change and clear') await cache.clear();
          if (act === 'change and set') await cache.k.set('x', value);
          acknowledged = Math.max(acknowledged, value);
        };
        const running: Promise<void>[] = [];
        const begin = async (): Promise<void> => {
          for (const act of steps) {
            if (act === 'read') running.push(check(cache.k.getOrLoad('x', load)));
            else if (act === 'plain read') running.push(check(cache.k.get('x')));
            else running.push(change(act));
            await scheduler.schedule(Promise.resolve(), 'next step');
          }
        };
        await scheduler.waitFor(begin());
        await scheduler.waitFor(Promise.all(running));
        await scheduler.waitFor(cache.flush());
        await scheduler.waitFor(check(cache.k.getOrLoad('x', load)));
      }),
      { numRuns: 150 },
    );
  });

  test('a write that a tier took late does not undo a newer one', async () => {
    const clock = new FakeClock();
    const faulty = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
    const cache = createCache({ clock, remote: faulty, kinds: { k: kind<string, number>({ lifetime: '1h' }) } });
    faulty.hang({ calls: ['setMany'] });
    const late = cache.k.set('x', 1);
    await clock.advance(1);
    await cache.k.set('x', 2);
    faulty.release();
    await late;
    const other = createCache({ clock, remote: faulty, kinds: { k: kind<string, number>({ lifetime: '1h' }) } });
    expect(await other.k.get('x')).toBe(2);
    expect(await cache.k.get('x')).toBe(2);
  });
});
