import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';

const execute = promisify(execFile);

/** Stands in for npm: it notes its arguments, takes a moment, and leaves what the lockfile names. */
const NPM = `#!/bin/sh
echo "$@" >> npm-calls
rm -rf node_modules
sleep 0.3
[ -e npm-fails ] && exit 9
mkdir -p node_modules/node/bin
echo '{}' > node_modules/node/package.json
printf '#!/bin/sh\\necho v24.0.0\\n' > node_modules/node/bin/node
chmod +x node_modules/node/bin/node
cp package-lock.json node_modules/.package-lock.json
`;

/** A repository with nothing but the scripts and a lockfile, and an npm that is not the real one. */
async function repository() {
  const folder = await mkdtemp(join(tmpdir(), 'tiercel-setup-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(join(import.meta.dirname, '../../scripts'), join(folder, 'scripts'), { recursive: true });
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/npm'), NPM);
  await chmod(join(folder, 'bin/npm'), 0o755);
  const lock = (integrity: string) =>
    writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: { 'node_modules/node': { version: '24.0.0', integrity } } }));
  await lock('one');
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` };
  return {
    folder,
    lock,
    setup: () => execute(process.execPath, [join(folder, 'scripts/setup.mjs')], { env }),
    calls: async () => (await readFile(join(folder, 'npm-calls'), 'utf8')).trim().split('\n'),
  };
}

describe('setup', () => {
  test('installs once, and again when the lockfile has changed', async () => {
    const { setup, calls, lock } = await repository();
    await setup();
    await setup();
    expect(await calls()).toEqual(['ci --include=dev --include=optional --loglevel=error']);
    await lock('two');
    await setup();
    expect(await calls()).toHaveLength(2);
  });

  test('installs once when several processes ask at a time, and leaves no lock', async () => {
    const { setup, calls, folder } = await repository();
    await Promise.all([setup(), setup(), setup(), setup()]);
    expect(await calls()).toHaveLength(1);
    expect((await readdir(folder)).filter((name) => name.startsWith('.setup'))).toEqual([]);
  });

  test('takes over from a process that died, however many notice', async () => {
    const { setup, calls, folder } = await repository();
    await writeFile(join(folder, '.setup.lock'), '999999999 gone');
    await Promise.all([setup(), setup(), setup(), setup()]);
    expect(await calls()).toHaveLength(1);
  });

  test('installs again after an install that was cut short or lost a package', async () => {
    const { setup, calls, folder } = await repository();
    await setup();
    await rm(join(folder, 'node_modules/.package-lock.json'));
    await setup();
    await rm(join(folder, 'node_modules/node/package.json'));
    await setup();
    await rm(join(folder, 'node_modules/node/bin/node'));
    await setup();
    expect(await calls()).toHaveLength(4);
  });

  test('fails with a message when npm fails, and frees the lock', async () => {
    const { setup, folder } = await repository();
    await writeFile(join(folder, 'npm-fails'), '');
    await expect(setup()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('npm ci failed with exit code 9') });
    expect((await readdir(folder)).filter((name) => name.startsWith('.setup'))).toEqual([]);
  });
});
