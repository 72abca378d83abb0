import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withLock } from './lock.mjs';
import { root, run } from './run.mjs';

/**
 * The programs that tests start and npm does not bring. One is needed when a
 * test file has its `mark`; any of its `commands` on the PATH will do. What only
 * root can use is asked for of root alone.
 *
 * @type {readonly { purpose: string, mark: RegExp, commands: readonly string[], debian: string, forRoot?: boolean }[]}
 */
const programs = [
  {
    purpose: 'open the dashboard in a browser',
    mark: /chromium|playwright/i,
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    debian: 'chromium',
  },
  {
    purpose: 'keep entries in a real Redis',
    mark: /servers\/redis/,
    commands: ['redis-server'],
    debian: 'redis-server',
  },
  {
    purpose: 'make certificates for it',
    mark: /servers\/redis/,
    commands: ['openssl'],
    debian: 'openssl',
  },
  {
    purpose: 'carry messages over a real NATS',
    mark: /servers\/nats/,
    commands: ['nats-server'],
    debian: 'nats-server',
  },
  {
    purpose: 'lose packets of a network namespace',
    mark: /network-namespace/,
    commands: ['nft'],
    debian: 'nftables',
    forRoot: true,
  },
  {
    purpose: 'let a clock jump',
    mark: /libfaketime/,
    commands: ['faketime'],
    debian: 'faketime',
    forRoot: true,
  },
];

/**
 * Sees to it that the programs are there that the tests with `filters` in their
 * path need: all tests when no path has any. Debian's packages are installed
 * where this process may do so; else the error says what to install.
 *
 * @param {readonly string[]} filters
 */
export async function provideForTests(filters) {
  const texts = testFiles(filters).map((file) => readFileSync(file, 'utf8'));
  const isRoot = process.getuid?.() === 0;
  const usable = programs.filter(({ forRoot }) => isRoot || forRoot !== true);
  const missing = usable.filter(({ mark, commands }) => !commands.some(isOnPath) && texts.some((text) => mark.test(text)));
  if (missing.length === 0) return;
  if (isRoot && isOnPath('apt-get')) await withLock(() => install(missing.map(({ debian }) => debian)));
  const lacking = missing.filter(({ commands }) => !commands.some(isOnPath));
  if (lacking.length === 0) return;
  const needs = lacking.map(({ purpose, commands }) => `  ${commands.join(' or ')}, to ${purpose}`);
  const remedy = `sudo apt-get update && sudo apt-get install --yes ${lacking.map(({ debian }) => debian).join(' ')}`;
  throw new Error(`The tests need what is not on the PATH:\n${needs.join('\n')}\nOn Debian: ${remedy}`);
}

/** @param {readonly string[]} filters */
function testFiles(filters) {
  const folder = join(root, 'test');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith('.ts'));
  const chosen = files.filter((file) => filters.some((filter) => file.includes(filter)));
  return chosen.length === 0 ? files : chosen;
}

/** @param {readonly string[]} packages */
async function install(packages) {
  console.error(`Installing ${packages.join(', ')} with apt-get…`);
  const options = {
    stdio: /** @type {['ignore', 'ignore', 'inherit']} */ (['ignore', 'ignore', 'inherit']),
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  const patience = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  await run('apt-get', [...patience, 'update'], options);
  await run('apt-get', [...patience, 'install', '--yes', '--no-install-recommends', ...packages], options);
}

/** @param {string} command */
function isOnPath(command) {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
