import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Gives folders that do not exist yet, all of them gone when the tests of a file are over. */
export function scratch(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'tiercel-lmdb-'));
  let count = 0;
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => {
    count += 1;
    return join(root, `store-${count}`);
  };
}
