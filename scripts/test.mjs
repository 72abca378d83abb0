import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideForTests } from './machine.mjs';
import { pinnedNode, run, tool } from './run.mjs';
import { setup } from './setup.mjs';
import { closingLine, tallyOf } from './tally.mjs';

/**
 * Runs the tests with vitest's own `options`: file names, `-t name`, `--coverage`.
 *
 * @param {readonly string[]} options
 */
async function test(options) {
  const folder = mkdtempSync(join(tmpdir(), 'tiercel-test-'));
  const reportFile = join(folder, 'report.json');
  try {
    await setup();
    await provideForTests(options);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
    const exitCode = await run(pinnedNode, [tool('vitest'), 'run', ...reporters, ...options]);
    return tallyOf(readReport(reportFile), exitCode);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return tallyOf(undefined, 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

const tally = await test(process.argv.slice(2));
console.log(`\n${closingLine(tally)}`);
process.exitCode = tally.failed === 0 ? 0 : 1;
