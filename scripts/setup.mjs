import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import { machineEnvironment, pinnedNode, root, run } from './run.mjs';

/**
 * Sees to it that node_modules holds exactly what package-lock.json names, the
 * pinned Node.js among it. Runs on the machine's own Node.js, 18 or later, and
 * does nothing when all is there.
 */
export async function setup() {
  if (isInstalled()) return;
  await withLock(async () => {
    if (isInstalled()) return;
    console.error('Installing what package-lock.json names…');
    const stdio = /** @type {const} */ (['ignore', process.stderr, process.stderr]);
    const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error'];
    const exitCode = await run('npm', args, { stdio: [...stdio], env: machineEnvironment() });
    if (exitCode !== 0) throw new Error(`npm ci failed with exit code ${exitCode}; its message stands above`);
    if (!isInstalled())
      throw new Error('npm ci ended well, but the pinned Node.js does not run; check that npm may run install scripts (ignore-scripts)');
  });
}

/**
 * Whether node_modules is complete. npm writes its own lockfile there last of
 * all, so an install that was cut short has none, or one that differs.
 */
function isInstalled() {
  const wanted = packages('package-lock.json');
  const present = packages(join('node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  for (const [place, { version, integrity, optional }] of Object.entries(wanted)) {
    if (place === '') continue;
    const found = present[place];
    if (!found && optional) continue;
    if (found?.version !== version || found?.integrity !== integrity) return false;
    if (!existsSync(join(root, place, 'package.json'))) return false;
  }
  if (Object.keys(present).some((place) => !wanted[place])) return false;
  const { stdout } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  return stdout?.trim() === `v${wanted['node_modules/node']?.version}`;
}

/**
 * @param {string} lockfile
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }> | undefined}
 */
function packages(lockfile) {
  try {
    return JSON.parse(readFileSync(join(root, lockfile), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await setup().catch((/** @type {Error} */ error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
