import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { completed } from '../../scripts/complete-lockfile.mjs';

const root = join(import.meta.dirname, '../..');

test('package-lock.json is complete, so that npm ci takes it (npm run lockfile completes it)', async () => {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  expect(completed(packages)).toEqual(packages);
});

test('package-lock.json says the same as package.json, so that npm ci takes it (npm install --package-lock-only brings them together)', async () => {
  const [lockfile, manifest] = await Promise.all(
    ['package-lock.json', 'package.json'].map(async (file) => JSON.parse(await readFile(join(root, file), 'utf8'))),
  );
  const { dependencies, devDependencies } = lockfile.packages[''];
  expect({ dependencies, devDependencies }).toEqual({ dependencies: manifest.dependencies, devDependencies: manifest.devDependencies });
});

test('package-lock.json names no registry, and package.json exact versions only', async () => {
  expect(await readFile(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const versions: string[] = Object.values({ ...dependencies, ...devDependencies });
  expect(versions.filter((version) => !/^(npm:.+@)?\d+[.]\d+[.]\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test('an optional package that npm left out is put in, with the platform in its name', () => {
  const parent = {
    version: '1.0.0',
    dev: true,
    optionalDependencies: { '@a/b-linux-x64-musl': '2.0.0', '@a/b-darwin-arm64': '2.0.0', inner: '3.0.0' },
  };
  const packages = { '': {}, 'node_modules/@a/b': parent, 'node_modules/@a/b/node_modules/inner': { version: '3.0.0' } };
  expect(completed(packages)).toEqual({
    ...packages,
    'node_modules/@a/b-darwin-arm64': { version: '2.0.0', cpu: ['arm64'], dev: true, optional: true, os: ['darwin'] },
    'node_modules/@a/b-linux-x64-musl': { version: '2.0.0', cpu: ['x64'], dev: true, libc: ['musl'], optional: true, os: ['linux'] },
  });
});
