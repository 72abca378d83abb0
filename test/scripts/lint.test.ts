import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const execute = promisify(execFile);

/** Files that break the rules of this house, each line of a file once; what they break stands in the test. */
const FILES = {
  'src/cache/clock.ts': [
    'Date.now();',
    'new Date();',
    'Date();',
    'process.hrtime.bigint();',
    'globalThis.setTimeout(() => {}, 1);',
    'performance.now();',
    'setTimeout(() => {}, 1);',
    'setInterval(() => {}, 1);',
    'setImmediate(() => {});',
    'Math.random();',
    "new Date('2026-01-05');",
    "import { createHistogram, performance as p } from 'node:perf_hooks';",
    'p.now(createHistogram());',
  ],
  'src/cache/shape.ts': [
    'export default 1;',
    'export const a: any = 1;',
    'export const b = [1].at(0)!;',
    "export { c } from './circle.ts';",
    "console.log('x');",
    'const unused = 1;',
    'async function later(): Promise<void> {}',
    'later();',
  ],
  'src/cache/circle.ts': ["import type { Two } from './two.ts';", 'export type One = Two;', 'export const c = 1;'],
  'src/cache/two.ts': ["import type { One } from './circle.ts';", 'export type Two = One;'],
  'src/time/clock.ts': ['export const times = [Date.now(), performance.now()];'],
  'src/testing/clock.ts': ['export const times = [Date.now(), performance.now(), Math.random()];'],
  'src/policy/slots.ts': ['export const first = (slots: Uint32Array): number => slots[0]!;'],
  'src/doors/lmdb.ts': ["export { c } from '../cache/circle.ts';"],
};

test('each rule of the house fires, and none where it does not apply', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tiercel-lint-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of ['biome.json', 'scripts/lint', '.gitignore']) await cp(join(root, name), join(folder, name), { recursive: true });
  for (const [file, lines] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${lines.join('\n')}\n`);
  }
  const command = [join(root, 'node_modules/.bin/biome'), 'lint', '--reporter=github', '--max-diagnostics=none'];
  const output: string = await execute(process.execPath, command, { cwd: folder }).then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout,
  );
  const told = [...output.matchAll(/::error title=([^,]*),file=([^,]*),line=(\d+)/g)];
  const found = told.map(([, rule = '', file = '', line]) => `${file.slice(file.indexOf('src/'))}:${line} ${rule.split('/').at(-1)}`);
  expect(found.sort()).toMatchInlineSnapshot(`
    [
      "src/cache/circle.ts:1 noImportCycles",
      "src/cache/clock.ts:1 plugin",
      "src/cache/clock.ts:10 plugin",
      "src/cache/clock.ts:12 noRestrictedImports",
      "src/cache/clock.ts:2 plugin",
      "src/cache/clock.ts:3 plugin",
      "src/cache/clock.ts:4 plugin",
      "src/cache/clock.ts:5 plugin",
      "src/cache/clock.ts:6 noRestrictedGlobals",
      "src/cache/clock.ts:7 noRestrictedGlobals",
      "src/cache/clock.ts:8 noRestrictedGlobals",
      "src/cache/clock.ts:9 noRestrictedGlobals",
      "src/cache/shape.ts:1 noDefaultExport",
      "src/cache/shape.ts:2 noExplicitAny",
      "src/cache/shape.ts:3 noNonNullAssertion",
      "src/cache/shape.ts:4 noBarrelFile",
      "src/cache/shape.ts:5 noConsole",
      "src/cache/shape.ts:6 noUnusedVariables",
      "src/cache/shape.ts:8 noFloatingPromises",
      "src/cache/two.ts:1 noImportCycles",
    ]
  `);
});
