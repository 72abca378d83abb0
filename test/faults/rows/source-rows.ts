import { setTimeout as sleep } from 'node:timers/promises';
import { createCache, kind } from '../../../src/index.ts';
import { seeded } from '../../../src/testing/seeded.ts';
import { type FaultRow, outcomeOf, unless } from '../fault-row.ts';
import { now } from '../node-plan.ts';
import { endure } from '../ordeal.ts';
import { embedded, startFleet } from './topologies.ts';

/** Faults of the source, of those who ask, and of the process itself. */
export const sourceRows: readonly FaultRow[] = [
  {
    row: 22,
    fault: 'hot key',
    injection: '5 000 readers of one key whose load takes 300 ms, and readers of 100 others',
    run: async (held) => {
      const cache = held.use(createCache({ kinds: { k: kind<string, number>({ lifetime: '1m' }) } }));
      const others = Array.from({ length: 100 }, (_, at) => `other-${at}`);
      for (const key of others) await cache.k.set(key, 1);
      let loads = 0;
      const slow = async (): Promise<number> => {
        loads += 1;
        await sleep(300);
        return 1;
      };
      const times: number[] = [];
      const hot: Promise<number>[] = [];
      for (let round = 0; round < 250; round += 1) {
        for (let reader = 0; reader < 20; reader += 1) hot.push(cache.k.getOrLoad('hot', slow));
        for (const key of others) {
          const began = now();
          await cache.k.getOrLoad(key, async () => 1);
          times.push(now() - began);
        }
        await sleep(1);
      }
      const answers = await Promise.all(hot);
      const p99 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
      return {
        happened: `${loads} load; the others' p99 ${p99.toFixed(3)} ms`,
        operations: answers.length + times.length,
        violations: [...unless(loads === 1, 8, `${loads} loads of one key`), ...unless(p99 < 20, 8, `the others' p99 was ${p99} ms`)],
      };
    },
  },
  {
    row: 23,
    fault: 'key flood, scan',
    injection: '200 000 keys that are asked for once, between readers of 2 000 hot ones; room for 10 000',
    run: async (held) => {
      const cache = held.use(createCache({ kinds: { k: kind<number, number>({ lifetime: '10m' }) }, memory: { maxEntries: 10_000 } }));
      const random = seeded(23);
      const load = async ({ key }: { readonly key: number }): Promise<number> => key;
      const readHot = async (): Promise<boolean> => {
        const key = Math.floor(random() * 2_000);
        const isHit = cache.k.peek(key) !== undefined;
        if (!isHit) await cache.k.getOrLoad(key, load);
        return isHit;
      };
      for (let n = 0; n < 50_000; n += 1) await readHot();
      let hits = 0;
      let most = 0;
      for (let n = 0; n < 200_000; n += 1) {
        await cache.k.getOrLoad(1_000_000 + n, load);
        if (await readHot()) hits += 1;
        most = Math.max(most, cache.stats().memory.entries);
      }
      const share = hits / 200_000;
      const kinds = Object.keys(cache.stats().kinds).length;
      return {
        happened: `at most ${most} entries; ${(share * 100).toFixed(1)} % of the hot reads still hit; statistics by ${kinds} kinds, as before`,
        operations: 450_000,
        violations: [
          ...unless(most <= 10_000, 10, `${most} entries in a memory of 10 000`),
          ...unless(share > 0.5, 10, `the flood left ${share} of the hot set`),
        ],
      };
    },
  },
  {
    row: 25,
    fault: 'event-loop stall',
    injection: 'a busy loop of 300 ms in one node, five times',
    run: async (held) => {
      const { fleet, a, tier } = await startFleet(held, embedded);
      const errors = async (): Promise<number> => (await a.ask({ call: 'state' }))?.state?.tierErrors ?? 0;
      let errorsBefore = 0;
      const stall = async (): Promise<void> => {
        errorsBefore = await errors();
        for (let n = 0; n < 5; n += 1) {
          const from = now();
          await a.ask({ call: 'stall', ms: 300 });
          fleet.history.stopped.push({ node: 'a', from, to: now() + 100 });
          await sleep(200);
        }
      };
      const result = await endure(fleet, { tier, inject: stall, faultMs: 100 });
      const falseErrors = (await errors()) - errorsBefore;
      const { violations, ...outcome } = outcomeOf(result, `${falseErrors} calls of the tier taken for late`);
      return { ...outcome, violations: [...violations, ...unless(falseErrors === 0, 7, `${falseErrors} false timeouts`)] };
    },
  },
  ...(['failing', 'throwing', 'hanging'] as const).map(
    (mode): FaultRow => ({
      row: 31,
      fault: `loader ${mode === 'hanging' ? 'never settles' : mode === 'failing' ? 'fails' : 'throws at once'}`,
      injection: 'the source of all nodes, for 2.5 s; a TTL of 500 ms, a minute of grace',
      run: async (held) => {
        const { fleet, tier } = await startFleet(held, embedded, { ttlMs: 500, loadDeadlineMs: 600 });
        const from = now();
        const result = await endure(fleet, {
          tier,
          inject: () => fleet.setSource({ mode, delayMs: 5 }),
          heal: async () => {
            await fleet.setSource({ mode: 'fine', delayMs: 5 });
            fleet.history.sourceDown.push({ from, to: now() + 600 });
          },
        });
        const stale = fleet.history.reads.filter(({ answer }) => answer?.isFresh === false).length;
        return outcomeOf(result, `${stale} answered stale, and said so`);
      },
    }),
  ),
  {
    row: 31,
    fault: 'loader slow',
    injection: 'each load takes up to 400 ms; a TTL of 500 ms, a minute of grace',
    run: async (held) => {
      const { fleet, tier } = await startFleet(held, embedded, { ttlMs: 500 });
      const result = await endure(fleet, {
        tier,
        // A reader may have to wait for a second load, when a write has cut the first.
        bounds: { readMs: 2_000 },
        inject: () => fleet.setSource({ mode: 'fine', delayMs: 400 }),
        heal: () => fleet.setSource({ mode: 'fine', delayMs: 5 }),
      });
      return outcomeOf(result);
    },
  },
];
