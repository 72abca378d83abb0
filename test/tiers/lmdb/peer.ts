import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { seeded } from '../../../src/testing/seeded.ts';
import { lmdb } from '../../../src/tiers/lmdb/lmdb-tier.ts';

/**
 * Another process of the host, as the tests of the embedded tier need one.
 *
 * - `write <folder> <count>`: writes so many entries, tells their keys, closes
 * - `churn <folder> <seed>`: writes for ever, telling each version once it is stored
 * - `lease <folder> <key>`: takes the lease of a key for a second, says so, and lives on
 */
const [role = '', path = '', argument = ''] = process.argv.slice(2);

if (role === 'write') {
  const tier = lmdb({ path });
  const keys = Array.from({ length: Number(argument) }, (_, n) => `main:peer-${process.pid}:${n}`);
  await Promise.all(keys.map((key) => tier.setMany([sealedSample(key)])));
  await tier[Symbol.asyncDispose]();
  process.send?.({ keys });
}

if (role === 'churn') {
  const tier = lmdb({ path });
  const random = seeded(Number(argument));
  const keys = Array.from({ length: 60 }, (_, n) => `main:churn:${n}`);
  for (let stamp = Number(argument) * 1_000_000; ; stamp += 1) {
    const chosen = keys.filter(() => random() < 0.3);
    const entries = chosen.map((key) => sealedSample(key, { stamp, value: `${stamp} `.repeat(1 + random() ** 4 * 1_000) }));
    await tier.setMany(entries);
    process.send?.({ stamp, keys: chosen });
  }
}

if (role === 'lease') {
  const tier = lmdb({ path });
  const [leftMs] = await tier.leases.acquire([argument], `process ${process.pid}`, 1_000);
  process.send?.({ leftMs });
  // Whoever listens stays.
  process.on('message', () => {});
}
