import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './run.mjs';

const file = join(root, '.setup.lock');
const PATIENCE_MS = 15 * 60_000;
const POLL_MS = 250;

/**
 * Runs `action` while no other process of this machine runs one in this
 * repository. A lock whose owner died is taken over.
 *
 * @template T
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withLock(action) {
  const mine = `${process.pid} ${randomUUID()}`;
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (let told = false; !(await take(mine)); told = true) {
    if (Date.now() > giveUpAt) throw new Error(`Another process holds ${file}; if there is none, delete that file and try again`);
    if (!told) console.error('Another process is setting this repository up; waiting for it…');
    await sleep(POLL_MS);
  }
  try {
    return await action();
  } finally {
    if ((await owner()) === mine) await rm(file, { force: true });
  }
}

/**
 * Two who find the same dead lock may both move it away and both write theirs;
 * the later one stands, and the earlier sees it after a moment's wait.
 *
 * @param {string} mine
 */
async function take(mine) {
  const found = await owner();
  if (found !== undefined) {
    if (isAlive(found)) return false;
    const aside = `${file}.${randomUUID()}`;
    await rename(file, aside).catch(() => {});
    await rm(aside, { force: true });
  }
  try {
    await writeFile(file, mine, { flag: 'wx' });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
  await sleep(POLL_MS);
  return (await owner()) === mine;
}

/** @returns {Promise<string | undefined>} */
async function owner() {
  return readFile(file, 'utf8').catch(() => undefined);
}

/** @param {string} lock */
function isAlive(lock) {
  try {
    process.kill(Number.parseInt(lock, 10), 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
