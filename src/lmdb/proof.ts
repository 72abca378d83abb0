import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../time/clock.ts';
import { runnable } from './runnable.ts';

/** A walk through a damaged tree may have no end. */
const PATIENCE_MS = 60_000;

/**
 * Whether the data file at `path` is whole, by the word of a child process that
 * goes through all of it. Some 60 ms, and a second for each million entries.
 */
export function isProvenWhole(path: string, clock: Clock): Promise<boolean> {
  const probe = fileURLToPath(runnable(new URL('./probe.ts', import.meta.url)));
  const child = spawn(process.execPath, [probe, path], { stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '' } });
  const cancel = clock.after(PATIENCE_MS, () => child.kill('SIGKILL'));
  return new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  }).finally(cancel);
}
