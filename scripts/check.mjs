import { run } from './run.mjs';
import { setup } from './setup.mjs';

/** The scripts of package.json that hold before a change goes in; `check --without test` leaves one out. */
const steps = ['lint', 'types', 'test', 'unused', 'build', 'package', 'docs:api', 'docs:links', 'examples'];

/** Runs every step, also after one failed, for all that is wrong should be told at once. @param {readonly string[]} chosen */
async function check(chosen) {
  const results = [];
  for (const step of chosen) {
    console.log(`\n── npm run ${step}`);
    const startedAt = performance.now();
    const exitCode = await run('npm', ['run', '--silent', step]);
    results.push({ step, exitCode, seconds: (performance.now() - startedAt) / 1_000 });
  }
  return results;
}

const without = process.argv[2] === '--without' ? process.argv.slice(3) : [];
try {
  await setup();
  const results = await check(steps.filter((step) => !without.includes(step)));
  console.log();
  for (const { step, exitCode, seconds } of results) {
    console.log(`  ${step.padEnd(12)}${seconds.toFixed(1).padStart(6)} s  ${exitCode === 0 ? 'ok' : 'FAILED'}`);
  }
  process.exitCode = results.every(({ exitCode }) => exitCode === 0) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
