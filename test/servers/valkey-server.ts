import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { ChildServer } from './child-server.ts';
import { freePort } from './free-port.ts';
import { RedisServer } from './redis-server.ts';
import { onFreePort, TestServer } from './test-server.ts';

/**
 * Valkey, compiled to WebAssembly, on a free port of the loopback: the server itself, where none is installed.
 *
 * It has no TLS, no files, no Sentinel and no cluster, and its time goes in steps of up to 100 ms.
 *
 * @example
 * await using server = await ValkeyServer.start();
 * await using tier = redis({ url: server.url });
 */
export class ValkeyServer extends TestServer {
  /** Resolves when it answers. */
  static start(): Promise<ValkeyServer> {
    return onFreePort(async () => {
      const port = await freePort();
      return new ValkeyServer(port, await launch(port), () => launch(port));
    });
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
