import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Effort } from '../harness/effort.ts';
import { numbers, type Price, prices } from '../harness/prices.ts';
import { CPU, type Figures, type Scenario, WALL } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';
import type { DiskCache } from '../subjects/subject.ts';

const ENTRIES = 10_000;
const AT_ONCE = 100;

type Open = (path: string, values: ReadonlyMap<string, Price>) => Promise<DiskCache>;

/** Reads keys in no order from a store that is on the disk, and in the page cache. */
async function read(effort: Effort, open: Open): Promise<Figures> {
  const count = ENTRIES * effort.scale;
  const { keys, values } = prices(count);
  // About 200 bytes each, as a quote has.
  const wide = values.map((price) => ({
    ...price,
    bid: price.price - 0.01,
    ask: price.price + 0.01,
    currency: 'USD',
    venue: 'XNAS',
    note: 'n'.repeat(80),
  }));
  const random = numbers(3);
  const order = keys.toSorted(() => random() - 0.5);
  const batches = Array.from({ length: Math.ceil(count / AT_ONCE) }, (_, batch) => order.slice(batch * AT_ONCE, (batch + 1) * AT_ONCE));
  const expected = (count * (count - 1)) / 2;
  const folder = await mkdtemp(join(tmpdir(), 'tiercel-bench-'));
  try {
    const { read, readMany, close } = await open(folder, new Map(keys.map((key, at) => [key, wide[at]!])));
    const { cpu, wall } = await timed(effort, count, async (passes) => {
      for (let pass = 0; pass < passes; pass += 1) {
        let sum = 0;
        for (const batch of batches) {
          if (readMany) for (const value of await readMany(batch)) sum += value.id;
          else if (read) for (const key of batch) sum += (await read(key))?.id ?? Number.NaN;
        }
        if (sum !== expected) throw new Error('A wrong value was read');
      }
    });
    await close();
    return { cpu, wall };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const trial = (open: Open) => (effort: Effort) => read(effort, open);

/** What memory has not, the disk has. */
export const disk: Scenario = {
  name: 'disk',
  title: 'Reading from LMDB',
  about:
    'A hit in the second tier, per key: memory has room for one entry, so each read finds its entry in LMDB, checks it, decodes it and brings it into memory. 10,000 values of about 200 bytes.',
  metrics: [CPU, WALL],
  limit: 'lmdb get',
  subjects: {
    'lmdb get': trial(async (path, values) => (await import('../subjects/lmdb.ts')).values(path, values)),
    'lmdb getBinary': trial(async (path, values) => (await import('../subjects/lmdb.ts')).bytes(path, values)),
    'Tiercel, getOrLoad': trial(async (path, values) => (await import('../subjects/lmdb.ts')).getOrLoad(path, values)),
    'Tiercel, get': trial(async (path, values) => (await import('../subjects/lmdb.ts')).get(path, values)),
    'Tiercel, getMany of 100': trial(async (path, values) => (await import('../subjects/lmdb.ts')).getMany(path, values)),
  },
  bars: [{ subject: 'Tiercel, getOrLoad', metric: 'cpu', atMost: 5, of: 'lmdb get' }],
};
