import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ICruiseResult } from 'dependency-cruiser';
import { describe, expect, onTestFinished, test } from 'vitest';
import configuration from '../.dependency-cruiser.mjs';
import manifest from '../package.json' with { type: 'json' };

const root = dirname(import.meta.dirname);
const execute = promisify(execFile);
const sources = (await readdir(join(root, 'src'), { recursive: true, withFileTypes: true }))
  .filter((found) => found.isFile() && found.name.endsWith('.ts'))
  .map((found) => join(found.parentPath, found.name).slice(root.length + 1))
  .sort();

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tiercel-architecture-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function cruise(folder: string): Promise<ICruiseResult> {
  const folders = await Promise.all(['src', 'dashboard'].map(async (name) => ((await readdir(folder)).includes(name) ? [name] : [])));
  const command = [
    join(root, 'node_modules/.bin/depcruise'),
    '--config',
    join(root, '.dependency-cruiser.mjs'),
    '--output-type',
    'json',
    ...folders.flat(),
  ];
  const { stdout } = await execute(process.execPath, command, { cwd: folder, maxBuffer: 2 ** 28 });
  return JSON.parse(stdout);
}

const violationsOf = ({ summary }: ICruiseResult) => summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);

describe('the floors of src', () => {
  test('every file is cruised, and none imports what its floor may not', async () => {
    const result = await cruise(root);
    expect(violationsOf(result)).toEqual([]);
    expect(
      result.modules
        .map(({ source }) => source)
        .filter((source) => source.startsWith('src/'))
        .sort(),
    ).toEqual(sources);
  });

  test('each rule fires, on imports of types too', async () => {
    const folder = await temporaryFolder();
    for (const [file, text] of Object.entries(breaches())) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    const fired = new Set((await cruise(folder)).summary.violations.map(({ rule }) => rule.name));
    expect([...fired].sort()).toEqual(configuration.forbidden?.map(({ name }) => name).sort());
  });
});

/** A small repository with a breach of every rule: what each file holds, by its path. */
function breaches(): Record<string, string> {
  const names = (configuration.forbidden ?? []).map(({ name }) => String(name));
  const floors = names.filter((name) => name.startsWith('floor-')).map((name) => name.slice('floor-'.length));
  const storeys = names.filter((name) => name.startsWith('storey-')).map((name) => name.slice('storey-'.length));
  const homed = names.filter((name) => name.startsWith('home-of-')).map((name) => name.slice('home-of-'.length));
  const packages = [...homed, 'stranger', 'development'];
  return {
    'package.json': JSON.stringify({
      name: 'breaches',
      dependencies: Object.fromEntries(packages.map((name) => [name, '*'])),
      devDependencies: { development: '*' },
    }),
    ...Object.fromEntries(
      packages.map((name) => [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })]),
    ),
    ...Object.fromEntries(packages.map((name) => [`node_modules/${name}/index.js`, ''])),
    'src/attic/thing.ts': 'export interface Thing {}',
    'src/attic/other.ts': "import type { Thing } from './thing.ts'; export type Mine = Thing;",
    ...Object.fromEntries(
      floors.map((floor) => [`src/${floor}/breach.ts`, "import type { Thing } from '../attic/thing.ts'; export type Mine = Thing;"]),
    ),
    ...Object.fromEntries(
      storeys.map((storey) => [`src/cache/${storey}/breach.ts`, "import type { Mine } from '../roof.ts'; export type Ours = Mine;"]),
    ),
    'src/cache/roof.ts': 'export interface Mine {}',
    'src/time/homeless.ts': [...homed, 'stranger'].map((name) => `import '${name}';`).join('\n'),
    'src/time/unknown.ts': "import './nowhere.ts'; import 'development';",
    'src/time/one.ts': "import type { Two } from './two.ts'; export type One = Two;",
    'src/time/two.ts': "import type { One } from './one.ts'; export type Two = One;",
    'src/time/index.ts': 'export {};',
    'src/time/inner.ts': "import './index.ts';",
    'src/time/alone.ts': 'export {};',
    'src/cache/tier.ts': "import type { Thing } from '../tiers/thing.ts'; export type Mine = Thing;",
    'src/tiers/thing.ts': 'export interface Thing {}',
    'src/entry/timer.ts': "import 'node:timers/promises'; import 'node:http';",
    'src/providers/replay.ts': 'export interface Replay {}',
    'src/service/provider.ts': "import type { Replay } from '../providers/replay.ts'; export type Mine = Replay;",
    'dashboard/page.js': "/** @import { One } from '../src/time/one.ts' */",
  };
}

describe('the files of src', () => {
  test('are read in one sitting: none has 300 lines', async () => {
    const lengths = await Promise.all(
      sources.map(async (file) => ({ file, lines: (await readFile(join(root, file), 'utf8')).split('\n').length - 1 })),
    );
    expect(lengths.filter(({ lines }) => lines >= 300)).toEqual([]);
  });

  test('are named for what they hold', () => {
    const nameless = /^(types?|utils?|utilities|helpers?|common|shared|misc|interfaces?|constants?|lib|core|base|manager|impl)$/;
    expect(
      sources.filter((file) =>
        file
          .replace(/[.]ts$/, '')
          .split('/')
          .some((name) => nameless.test(name)),
      ),
    ).toEqual([]);
  });

  test('open every door that package.json names, and no other', () => {
    const doors = Object.values(manifest.exports).flatMap((door) => (typeof door === 'string' ? [] : [door.default]));
    const named = doors.map((door) => door.replace(/^[.]\/dist\/(.*)[.]js$/, 'src/$1.ts'));
    expect(named.sort()).toEqual(sources.filter((file) => file === 'src/index.ts' || dirname(file) === 'src/doors'));
  });
});

describe('the core door', () => {
  test('loads no client, no zod, no HTTP', async () => {
    const loaded = await modulesLoadedBy(join(root, 'src/index.ts'));
    expect(loaded).toContain(join(root, 'src/index.ts'));
    const packages = loaded
      .filter((path) => path.includes('node_modules'))
      .map((path) => path.replace(/.*node_modules\/((@[^/]+\/)?[^/]+).*/, '$1'));
    expect(packages).toEqual([]);
    expect(loaded.filter((path) => /^node:(https?|http2|net|tls|dgram|child_process|worker_threads|cluster)$/.test(path))).toEqual([]);
    expect(loaded.filter((path) => /src[/](service|cli|config|providers|market|testing|redis|lmdb)[/]/.test(path))).toEqual([]);
    expect(loaded.filter((path) => /src[/](tiers|bus)[/](redis|lmdb|nats)[/]/.test(path))).toEqual([]);
  });

  test.each([
    ['lmdb', ['lmdb']],
    ['redis', ['@redis/client']],
    ['nats', ['@nats-io/jetstream', '@nats-io/transport-node']],
    ['market', []],
    ['providers', []],
    ['testing', []],
  ])('beside it, the door %s loads no client but its own', async (door, own) => {
    const loaded = await modulesLoadedBy(join(root, `src/doors/${door}.ts`));
    const clients = ['lmdb', '@redis/client', '@nats-io/jetstream', '@nats-io/transport-node', 'zod', 'yaml', 'fastify', 'prom-client'];
    expect(clients.filter((name) => loaded.some((path) => path.includes(`/node_modules/${name}/`)))).toEqual(own);
  });

  test('the look at what is loaded sees HTTP, and packages by import and require', async () => {
    const folder = await temporaryFolder();
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(
      join(folder, 'entry.mts'),
      "import { createRequire } from 'node:module'; import 'zod'; await import('http'); createRequire(import.meta.url)('yaml');",
    );
    const loaded = await modulesLoadedBy(join(folder, 'entry.mts'));
    expect(loaded).toContain('node:http');
    for (const name of ['zod', 'yaml']) expect(loaded.some((path) => path.includes(`/node_modules/${name}/`))).toBe(true);
  });
});

/** The files and built-in modules that a fresh process loads when it imports `file`. */
async function modulesLoadedBy(file: string): Promise<string[]> {
  const program = `
    import { registerHooks } from 'node:module';
    import { fileURLToPath } from 'node:url';
    const loaded = new Set();
    registerHooks({
      resolve(specifier, context, next) {
        const resolved = next(specifier, context);
        loaded.add(resolved.url.startsWith('file:') ? fileURLToPath(resolved.url) : resolved.url);
        return resolved;
      },
    });
    await import(${JSON.stringify(file)});
    process.stdout.write(JSON.stringify([...loaded]));
  `;
  const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', program]);
  return JSON.parse(stdout);
}
