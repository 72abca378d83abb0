import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A server that says nothing of being ready for so long is not going to be. */
const START_DEADLINE_MS = 15_000;

/** What a server is started with. */
export interface ChildCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** What it prints, on either stream, when it is ready. */
  readonly ready: RegExp;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A server in a process of its own. It does not outlive this one. */
export class ChildServer {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when it is ready. @throws Error with what it printed when it ends before, or takes too long. */
  static async start({ command, args, ready }: ChildCommand): Promise<ChildServer> {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => child.kill('SIGKILL'), START_DEADLINE_MS);
    let printed = '';
    const read = (chunk: Buffer): void => {
      if (printed.length < 100_000) printed += chunk.toString();
      if (ready.test(printed)) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${command} ended before it was ready:\n${printed}`)));
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
    return new ChildServer(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends it at once, in whatever state it is. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }

  /** Holds it still: its sockets stay open, and nothing is answered. */
  stop(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Lets it go on. */
  cont(): void {
    this.#child.kill('SIGCONT');
  }
}
