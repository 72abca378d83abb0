import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { ChildServer } from './child-server.ts';
import { freePort } from './free-port.ts';
import { RedisServer } from './redis-server.ts';

/** A free port may be taken by somebody else before the server has it. */
const START_ATTEMPTS = 5;

/**
 * Valkey, compiled to WebAssembly, on a free port of the loopback: the server itself, where none is installed.
 *
 * It has no TLS, no files, no Sentinel and no cluster, and its time goes in steps of up to 100 ms.
 *
 * @example
 * await using server = await ValkeyServer.start();
 * await using tier = redis({ url: server.url });
 */
export class ValkeyServer implements AsyncDisposable {
  readonly port: number;
  #child: ChildServer;

  private constructor(port: number, child: ChildServer) {
    this.port = port;
    this.#child = child;
  }

  /** Resolves when it answers. */
  static async start(): Promise<ValkeyServer> {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      try {
        return new ValkeyServer(port, await launch(port));
      } catch (error) {
        if (attempt === START_ATTEMPTS || !/EADDRINUSE/.test(String(error))) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** What it answers to a command, as text. */
  async cli(...command: string[]): Promise<string> {
    // What redis-cli is told beside the command: to follow a cluster.
    const args = command.filter((word) => word !== '-c');
    const client = createClient({ url: this.url, socket: { reconnectStrategy: false } }).on('error', () => {});
    try {
      await client.connect();
      return String(await client.sendCommand(args));
    } finally {
      client.destroy();
    }
  }

  async flushAll(): Promise<void> {
    await this.cli('FLUSHALL');
  }

  /** Ends it by SIGKILL: what it kept is gone. */
  kill(): Promise<void> {
    return this.#child.kill();
  }

  /** Holds it still by SIGSTOP: its sockets stay open, and nothing is answered. */
  stop(): void {
    this.#child.stop();
  }

  /** Lets it go on after {@link ValkeyServer.stop}. */
  cont(): void {
    this.#child.cont();
  }

  /** Starts it again on its port, empty; after {@link ValkeyServer.kill}, or at once. */
  async restart(): Promise<void> {
    await this.kill();
    this.#child = await launch(this.port);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** Starts Valkey of each make that this machine has, by its name. */
export const valkeys: readonly (readonly [string, () => Promise<ValkeyServer | RedisServer>])[] = [
  ['Valkey in WebAssembly', () => ValkeyServer.start()],
  ...(spawnSync('valkey-server', ['--version']).status === 0 ? [['Valkey', () => RedisServer.start({ make: 'valkey' })] as const] : []),
];

function launch(port: number): Promise<ChildServer> {
  const args = ['--no-warnings', join(import.meta.dirname, 'valkey-process.ts'), String(port)];
  return ChildServer.start({ command: process.execPath, args, ready: /^it listens$/m });
}
