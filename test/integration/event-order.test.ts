import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Seen } from './order-node.ts';

const PROCESSES = 4;
const SYMBOLS = Array.from({ length: 50 }, (_, at) => `SYM${at}`);
const UPDATES_EACH = 200;
/** One update in so many comes twice. */
const DOUBLED_ONE_IN = 5;
/** News take no longer than this while the bus is live. */
const NEWS_MS = 1_500;

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tiercel-order-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function next<T>(child: ChildProcess): Promise<T> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`A process ended with ${code}`))),
  ]);
  return message as T;
}

/** Fisher and Yates; the draws are those of a generator with a seed, so that a failure can be had again. */
function shuffled<T>(all: readonly T[]): T[] {
  const list = [...all];
  let seed = 42;
  for (let at = list.length - 1; at > 0; at -= 1) {
    seed = (seed * 16_807) % 2_147_483_647;
    const other = seed % (at + 1);
    [list[at], list[other]] = [list[other]!, list[at]!];
  }
  return list;
}

test('ten thousand updates, shuffled, some of them twice, over four processes end in the newest everywhere, and no reader is taken back', async () => {
  const updates = SYMBOLS.flatMap((symbol) => Array.from({ length: UPDATES_EACH }, (_, at) => ({ symbol, asOf: at + 1 })));
  const sent = shuffled([...updates, ...updates.filter((_, at) => at % DOUBLED_ONE_IN === 0)]);
  const file = join(import.meta.dirname, 'order-node.ts');
  children = Array.from({ length: PROCESSES }, () =>
    fork(file, [join(folder, 'store'), join(folder, 'bus'), SYMBOLS.join(','), String(UPDATES_EACH)]),
  );
  await Promise.all(children.map((child) => next(child)));
  const written = children.map((child) => next(child));
  for (const [at, child] of children.entries()) child.send(sent.filter((_, index) => index % PROCESSES === at));
  await Promise.all(written);
  await sleep(NEWS_MS);
  const told = children.map((child) => next<Seen>(child));
  for (const child of children) child.send('end');
  const seen = await Promise.all(told);
  const newest = Object.fromEntries(SYMBOLS.map((symbol) => [symbol, UPDATES_EACH]));
  for (const { newest: has, backward, reads } of seen) {
    expect(backward).toEqual([]);
    expect(has).toEqual(newest);
    expect(reads).toBeGreaterThan(500);
  }
}, 60_000);
