import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A disk of 8 MB, gone when the test is over; `undefined` where none can be made. */
export function smallDisk(): string | undefined {
  const mount = mkdtempSync(join(tmpdir(), 'tiercel-disk-'));
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', mount], { stdio: 'ignore' });
  } catch {
    rmSync(mount, { recursive: true });
    return undefined;
  }
  onTestFinished(() => {
    execFileSync('/bin/umount', [mount]);
    rmSync(mount, { recursive: true });
  });
  return mount;
}
