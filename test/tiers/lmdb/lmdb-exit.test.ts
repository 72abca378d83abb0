import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const execute = promisify(execFile);
const source = join(import.meta.dirname, '../../../src');

/** Runs a script that has a cache over LMDB and does not close it; `path` is its folder. */
async function run(script: string): Promise<string> {
  const path = mkdtempSync(join(tmpdir(), 'tiercel-exit-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const text = `
    import { createCache } from '${source}/index.ts';
    import { lmdb } from '${source}/doors/lmdb.ts';
    const path = ${JSON.stringify(path)};
    const cache = createCache({ remote: lmdb({ path }) });
    ${script}
    console.log('done');
  `;
  const { stdout } = await execute(process.execPath, ['--input-type=module-typescript', '--no-warnings', '-e', text], { timeout: 20_000 });
  return stdout;
}

test('a process that only reads ends by itself, although it never closed the cache', async () => {
  const long = `await cache.get('a'); await new Promise((resolve) => setTimeout(resolve, 3_000));`;
  expect(await run(long)).toBe('done\n');
});

test('a process that wrote ends by itself, too, when its writes are through', async () => {
  expect(await run(`await cache.set('a', 1); await cache.getOrLoad('b', async () => 2);`)).toBe('done\n');
});

test('a process that closes a tier while it writes is there until all is closed', async () => {
  const script = `
    const tier = lmdb({ path });
    tier.leases.acquire(['main:quote:A'], 'me', 1_000).catch(() => {});
    await tier[Symbol.asyncDispose]();
  `;
  expect(await run(script)).toBe('done\n');
});
