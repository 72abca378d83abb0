import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';

const run = join(import.meta.dirname, '../../scripts/run.mjs');

/** A process that runs `program` by `run`, as `npm start` runs the server. */
function launch(program: string) {
  const launcher = `import { run } from ${JSON.stringify(run)}; process.exitCode = await run(process.execPath, ['--eval', ${JSON.stringify(program)}]);`;
  return spawn(process.execPath, ['--input-type=module', '--eval', launcher], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('run', () => {
  test('passes the exit code on', async () => {
    const [code] = await once(launch('process.exit(7)'), 'exit');
    expect(code).toBe(7);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('passes %s on and waits for the program to end in its own way', async (signal) => {
    const launched = launch(`
      process.once('${signal}', () => { console.log('drained'); clearInterval(alive); process.exitCode = 3; });
      const alive = setInterval(() => {}, 1000);
      console.log('ready');
    `);
    const exit = once(launched, 'exit');
    launched.stdout.once('data', () => launched.kill(signal));
    expect(await text(launched.stdout)).toBe('ready\ndrained\n');
    expect(await exit).toEqual([3, null]);
  });

  test('tells of a program that a signal ended as a shell does', async () => {
    const [code] = await once(launch("process.kill(process.pid, 'SIGKILL')"), 'exit');
    expect(code).toBe(137);
  });
});
