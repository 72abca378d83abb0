import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SealedEntry } from '../../../src/entry/entry.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { lmdb } from '../../../src/tiers/lmdb/lmdb-tier.ts';
import { fillDisk } from '../../lmdb/fill-disk.ts';

/**
 * Fills a disk under a store, in a process of its own, for a full disk is known
 * to end processes; tells what it saw, and ends by itself.
 */
const mount = process.argv[2] ?? '';
const path = join(mount, 'store');
let rejections = 0;
process.on('unhandledRejection', () => {
  rejections += 1;
});

const outcomes = { stored: 0, failed: 0, otherErrors: 0 };
async function attempt(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    outcomes.stored += 1;
    return true;
  } catch (error) {
    outcomes.failed += 1;
    if ((error as { code?: string }).code !== 'ERR_TIER') outcomes.otherErrors += 1;
    return false;
  }
}

// Full before there is a store.
fillDisk(join(mount, 'other'));
const early = lmdb({ path });
const whileClosed = { isOpen: early.stats.isOpen, isStored: await attempt(early.setMany([sealedSample('main:quote:early')])) };
rmSync(join(mount, 'other'));
while (!(await attempt(early.setMany([sealedSample('main:quote:early')])))) await new Promise((resolve) => setTimeout(resolve, 50));
await early[Symbol.asyncDispose]();

const tier = lmdb({ path });
const value = 'x'.repeat(1_500);
const deadAt = Date.now() + 3_600_000;
const batch = (n: number): SealedEntry[] =>
  Array.from({ length: 50 }, (_, at) => sealedSample(`main:quote:${n}-${at}`, { value, stamp: 1 + n, deadAt: deadAt + n }));

// Three times what fits.
const beforeFull = { ...outcomes };
for (let n = 0; n < 250; n += 1) await attempt(tier.setMany(batch(n)));
const keys = Array.from({ length: 250 }, (_, n) => `main:quote:${n}-0`);
const kept = (await tier.getMany(keys)).filter((bytes) => bytes !== undefined).length;

// Not a byte is left: all there is is what is free within the file.
fillDisk(join(mount, 'other'));
const deletions = await Promise.all(keys.slice(-20).map((key) => attempt(tier.deleteMany([key], { stamp: 1_000, origin: 1 }))));

rmSync(join(mount, 'other'));
let tries = 1;
while (!(await attempt(tier.setMany(batch(1_000))))) tries += 1;
await tier[Symbol.asyncDispose]();
const again = lmdb({ path });
const found = (await again.getMany(batch(1_000).map(({ key }) => key))).filter((bytes) => bytes !== undefined).length;
const { quarantined } = again.stats;
await again[Symbol.asyncDispose]();
process.send?.({
  whileClosed,
  failed: outcomes.failed - beforeFull.failed,
  otherErrors: outcomes.otherErrors,
  kept,
  deletions: deletions.filter((isDone) => isDone).length,
  tries,
  found,
  quarantined,
  rejections,
});
