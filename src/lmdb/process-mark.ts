import { readFileSync } from 'node:fs';

/**
 * Names a process of this host so that another one, which is later given the
 * same number, is not taken for it: `<pid>-<when it started>`.
 *
 * @returns `undefined` when there is no such process.
 */
export function processMark(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${pid}-${fields[19]}`;
  } catch {
    return isRunning(pid) ? `${pid}-0` : undefined;
  }
}

/** Whether the process of a mark runs still. */
export function isAlive(mark: string): boolean {
  const pid = Number.parseInt(mark, 10);
  return Number.isSafeInteger(pid) && pid > 0 && processMark(pid) === mark;
}

/** Only where there is no `/proc`; signal 0 asks, and hurts nobody. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
