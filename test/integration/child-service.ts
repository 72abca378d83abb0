import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The command line, run unbuilt. */
const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

/** How a command ended, and what it printed. */
export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder of its own for one test. */
export function scratch(): { readonly path: string; write(name: string, text: string): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tiercel-test-'));
  return {
    path,
    write: (name, text) => {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The environment of a child: this one's, without what would set something. */
function environment(own: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(CACHE_|TIERCEL_|NO_COLOR|FORCE_COLOR)|^(REDIS|NATS)_URL$/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...own };
}

/** Runs a command to its end. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd: string = tmpdir()): Promise<Finished> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  return finished(child);
}

/** Runs a command that reads its standard input. */
export async function feed(args: readonly string[], input: string): Promise<Finished> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: tmpdir(), env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return finished(child);
}

/** Waits for a child's end, and hands back what it printed. */
async function finished(child: ChildProcess): Promise<Finished> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (part) => {
    out += part;
  });
  child.stderr?.on('data', (part) => {
    err += part;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

/** A service in a process of its own. */
export interface ChildService {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<Finished>;
}

/** Starts `tiercel serve` on a free port, with a store in `folder`, and waits until it listens. */
export function serve(folder: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<ChildService> {
  return serveAsSet(folder, ['--data', join(folder, 'store'), ...args], env);
}

/** The same with the store that the settings name, if any. */
export async function serveAsSet(folder: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<ChildService> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--json', '--port', '0', ...args], {
    cwd: folder,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = finished(child);
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (part) => {
      text += part;
      if (text.includes('\n')) resolve((JSON.parse(text.slice(0, text.indexOf('\n'))) as { url: string }).url);
    });
    void ended.then(({ code, err }) => reject(new Error(`The service ended with ${code}: ${err}`)));
  });
  return { url, child, ended };
}
