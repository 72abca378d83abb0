import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { LmdbStore } from '../../../src/lmdb/store.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { seeded } from '../../../src/testing/seeded.ts';
import { lmdb } from '../../../src/tiers/lmdb/lmdb-tier.ts';

/**
 * Another process of the host, as the tests of the embedded tier need one.
 *
 * - `write <folder> <count>`: writes so many entries, tells their keys, closes
 * - `churn <folder> <seed>`: writes for ever, telling each version once it is stored
 * - `hold <folder>`: takes the write lock, says so on its output, and stops itself
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

if (role === 'hold') {
  const store = new LmdbStore(join(path, 'entries-1.mdb'), 0, 'write');
  store.write(1, 1_000, () => {
    store.put('main:peer:held', sealedSample('main:peer:held').bytes);
    writeSync(1, 'holding');
    process.kill(process.pid, 'SIGSTOP');
  });
  writeSync(1, 'released');
  await store.close();
}
