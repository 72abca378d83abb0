import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCache, kind, type RemoteTier } from '../../../src/index.ts';
import { lmdb } from '../../../src/tiers/lmdb/lmdb-tier.ts';
import { redis } from '../../../src/tiers/redis/redis-tier.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import { type FaultRow, type Outcome, unless } from '../fault-row.ts';
import { Fleet } from '../fleet.ts';
import { now } from '../node-plan.ts';

/** Values and keys that are too large. */
export const valueRows: readonly FaultRow[] = [
  {
    row: 21,
    fault: 'huge value, long key (LMDB)',
    injection: 'values of 64 MB and keys of 4 kB are written among readers of small ones',
    run: (held) => refusesTheHuge(held, lmdb({ path: join(held.use(new Fleet()).folder, 'store') })),
  },
  {
    row: 21,
    fault: 'huge value, long key (Redis)',
    injection: 'values of 64 MB and keys of 4 kB are written among readers of small ones',
    needs: ['redis-server'],
    run: async (held) => refusesTheHuge(held, redis({ url: held.use(await RedisServer.start()).url })),
  },
];

async function refusesTheHuge(held: AsyncDisposableStack, remote: RemoteTier): Promise<Outcome> {
  const cache = held.use(createCache({ kinds: { k: kind<string, string>({ lifetime: '1m' }) }, memory: { maxEntries: 10 }, remote }));
  const keys = Array.from({ length: 200 }, (_, at) => `small-${at}`);
  await cache.k.setMany(keys.map((key) => [key, key]));
  const huge = 'x'.repeat(64 * 2 ** 20);
  const refused = new Map<string, number>();
  const refuse = async (write: () => Promise<unknown>): Promise<void> => {
    const code = await write().then(
      () => 'taken',
      (error: { readonly code?: string }) => error.code ?? String(error),
    );
    refused.set(code, (refused.get(code) ?? 0) + 1);
  };
  let failed = 0;
  let reads = 0;
  let slowest = 0;
  for (let round = 0; round < 20; round += 1) {
    await refuse(() => cache.k.set('huge', huge));
    await refuse(() => cache.k.set('k'.repeat(4_096), 'x'));
    for (const key of keys.slice(0, 50)) {
      const began = now();
      reads += 1;
      if ((await cache.k.getOrLoad(key, async () => key)) !== key) failed += 1;
      slowest = Math.max(slowest, now() - began);
    }
    await sleep(1);
  }
  const codes = [...refused].map(([code, count]) => `${count} × ${code}`).join(', ');
  return {
    happened: `${codes}; ${reads} reads of others, the slowest ${slowest.toFixed(1)} ms`,
    operations: reads + 40,
    violations: [
      ...unless(refused.get('ERR_VALUE') === 20 && refused.get('ERR_KEY') === 20, 1, `refused by ${codes}`),
      ...unless(failed === 0, 6, `${failed} reads of others were wrong`),
      ...unless(
        cache.stats().tiers.every(({ state }) => state === 'closed'),
        6,
        'a tier was given up because of it',
      ),
    ],
  };
}
