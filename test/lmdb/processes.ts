import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';

/** Starts a script as another process of the host, which is gone when the test is over. */
export function startProcess(script: URL, ...role: string[]): ChildProcess {
  const child = fork(script, role, { execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Resolves when a process has written `text`. */
export async function heard(child: ChildProcess, text: string): Promise<void> {
  let output = '';
  while (!output.includes(text)) output += String((await once(child.stdout ?? child, 'data'))[0]);
}

/** The next message of a process; its own end is an error. */
export async function told(child: ChildProcess): Promise<unknown[]> {
  const over = new AbortController();
  const end = once(child, 'exit', { signal: over.signal }).then((how) => {
    throw new Error(`the process ended by ${how.join(', ')}`);
  });
  try {
    return await Promise.race([once(child, 'message'), end]);
  } finally {
    over.abort();
    end.catch(() => {});
  }
}

/** A process that holds the write lock of the store in `file`, and is stopped. */
export async function stoppedHolder(file: string): Promise<ChildProcess> {
  const child = startProcess(new URL('./holder.ts', import.meta.url), file);
  await heard(child, 'holding');
  await expect.poll(() => /[)] [tT] /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))).toBe(true);
  return child;
}
