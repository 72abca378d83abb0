import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The Node.js that package.json pins, once it is installed; the machine's own may be older. */
export const pinnedNode = join(root, 'node_modules', 'node', 'bin', 'node');

/** The command-line program `name` of an installed package, to be run by {@link pinnedNode}. @param {string} name */
export function tool(name) {
  return join(root, 'node_modules', '.bin', name);
}

/** The environment without this repository's node_modules on the PATH: for what may replace that folder. */
export function machineEnvironment() {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(join(root, 'node_modules') + sep));
  return { ...process.env, PATH: path.join(delimiter) };
}

/**
 * Runs a program in the repository to its end and tells its exit code. Signals
 * that ask this process to end are passed on, so that the program may end in
 * its own way first.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    /** A terminal sends its interrupt to the whole group, the child included. @param {NodeJS.Signals} signal */
    const passOn = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    for (const signal of signals) process.on(signal, passOn);
    const settle = () => {
      for (const signal of signals) process.off(signal, passOn);
    };
    child.once('error', (error) => {
      settle();
      reject(new Error(`Cannot run ${command}: ${error.message}`, { cause: error }));
    });
    child.once('close', (code, signal) => {
      settle();
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']);
    });
  });
}
