import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';

const execute = promisify(execFile);
const isRoot = process.getuid?.() === 0;

/** Stands in for apt-get: it notes its last argument, and what it installs is then on the PATH. */
const APT_GET = `#!/bin/sh
for last; do :; done
echo "$last" >> apt-calls
[ "$last" = update ] && exit 0
: > bin/"$last"
/bin/chmod +x bin/"$last"
`;

/** A repository whose one test is `text`, and a PATH with nothing but the `programs` given. */
async function repository(text: string, programs: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'tiercel-machine-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(join(import.meta.dirname, '../../scripts'), join(folder, 'scripts'), { recursive: true });
  for (const name of ['bin', 'test']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'test/page.test.ts'), text);
  for (const [name, program] of Object.entries(programs)) {
    await writeFile(join(folder, 'bin', name), program);
    await chmod(join(folder, 'bin', name), 0o755);
  }
  const program = `await (await import(${JSON.stringify(join(folder, 'scripts/machine.mjs'))})).provideForTests(JSON.parse(process.argv[1]))`;
  return {
    folder,
    provide: (...filters: string[]) =>
      execute(process.execPath, ['--input-type=module', '--eval', program, JSON.stringify(filters)], {
        env: { PATH: join(folder, 'bin') },
      }),
  };
}

describe('provideForTests', () => {
  test('asks for nothing when no test needs anything, or all is there', async () => {
    await (await repository('it is all in process', {})).provide();
    await (await repository('opens chromium', { 'google-chrome': '#!/bin/sh' })).provide();
  });

  test('says what to install, and what for, where it may not do so itself', async () => {
    const { provide } = await repository('opens chromium', {});
    const stderr = expect.stringMatching(/chromium or .*, to open the dashboard.*apt-get install --yes chromium/s);
    await expect(provide()).rejects.toMatchObject({ code: 1, stderr });
    await expect(provide('page')).rejects.toMatchObject({ code: 1, stderr });
  });

  test.runIf(isRoot)('as root, installs what is missing and needed', async () => {
    const { folder, provide } = await repository('opens chromium', { 'apt-get': APT_GET });
    await provide('test/page');
    expect(await readFile(join(folder, 'apt-calls'), 'utf8')).toBe('update\nchromium\n');
  });
});
