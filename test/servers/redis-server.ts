import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Certificates, makeCertificates } from './certificates.ts';
import { ChildServer } from './child-server.ts';
import { freePort } from './free-port.ts';
import { onFreePort, TestServer } from './test-server.ts';

const run = promisify(execFile);

/** How a Redis is set up. */
export interface RedisServerOptions {
  /** Lines of redis.conf, without port and folder: `maxmemory 4mb`. */
  readonly config?: readonly string[];
  /** Lines of an ACL file: `user app on >secret ~tiercel:* +get`. The default user stays as it is unless one says otherwise. */
  readonly users?: readonly string[];
  /** Serves TLS alone, with certificates made for it. @default false */
  readonly tls?: boolean;
  /** Runs as a Sentinel. @default false */
  readonly isSentinel?: boolean;
  /** Runs as a node of a cluster, alone at first. @default false */
  readonly isClusterNode?: boolean;
  /** Whose programs run: `redis-server` and `redis-cli`, or those of Valkey. @default 'redis' */
  readonly make?: 'redis' | 'valkey';
}

/** What is started, and started again. */
type Program = Required<Pick<RedisServerOptions, 'make' | 'isSentinel'>>;

/**
 * A `redis-server` on a free port of the loopback, with a folder of its own.
 *
 * @example
 * await using server = await RedisServer.start();
 * await using tier = redis({ url: server.url });
 */
export class RedisServer extends TestServer {
  readonly folder: string;
  /** There when it serves TLS. */
  readonly certificates: Certificates | undefined;
  readonly #program: Program;

  private constructor(folder: string, port: number, certificates: Certificates | undefined, program: Program, child: ChildServer) {
    super(port, child, () => launch(folder, program));
    this.folder = folder;
    this.certificates = certificates;
    this.#program = program;
  }

  /** Resolves when it answers. It keeps nothing on disk. */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const { config = [], users = [], tls = false, isSentinel = false, isClusterNode = false, make = 'redis' } = options;
    const program = { make, isSentinel };
    const folder = mkdtempSync(join(tmpdir(), 'tiercel-redis-'));
    const certificates = tls ? await makeCertificates(folder) : undefined;
    if (users.length > 0) writeFileSync(join(folder, 'users.acl'), `${users.join('\n')}\n`);
    return onFreePort(async () => {
      const port = await freePort();
      const lines = [
        'bind 127.0.0.1',
        `dir ${folder}`,
        ...(isSentinel ? [] : ['save ""', 'appendonly no', 'repl-diskless-sync-delay 0']),
        ...(users.length > 0 ? [`aclfile ${join(folder, 'users.acl')}`] : []),
        ...portLines(port, certificates),
        ...(isClusterNode ? await clusterLines() : []),
        ...config,
      ];
      writeFileSync(join(folder, 'redis.conf'), `${lines.join('\n')}\n`);
      return new RedisServer(folder, port, certificates, program, await launch(folder, program));
    });
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** `redis://127.0.0.1:port`, or `rediss://`. */
  get url(): string {
    return `${this.certificates ? 'rediss' : 'redis'}://${this.address}`;
  }

  /** What redis-cli prints for a command. */
  async cli(...args: string[]): Promise<string> {
    const tls = this.certificates ? ['--tls', '--cacert', this.certificates.caFile] : [];
    const { stdout } = await run(`${this.#program.make}-cli`, ['-h', '127.0.0.1', '-p', String(this.port), ...tls, ...args]);
    return stdout.trimEnd();
  }

  async flushAll(): Promise<void> {
    await this.cli('FLUSHALL');
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function portLines(port: number, certificates: Certificates | undefined): string[] {
  if (!certificates) return [`port ${port}`];
  const { caFile, certFile, keyFile } = certificates;
  return [
    'port 0',
    `tls-port ${port}`,
    `tls-ca-cert-file ${caFile}`,
    `tls-cert-file ${certFile}`,
    `tls-key-file ${keyFile}`,
    'tls-auth-clients no',
  ];
}

/** Its nodes talk to each other on a port of their own. */
async function clusterLines(): Promise<string[]> {
  return ['cluster-enabled yes', `cluster-port ${await freePort()}`, 'cluster-node-timeout 1000', 'cluster-replica-validity-factor 0'];
}

function launch(folder: string, { make, isSentinel }: Program): Promise<ChildServer> {
  const args = [join(folder, 'redis.conf'), ...(isSentinel ? ['--sentinel'] : [])];
  return ChildServer.start({ command: `${make}-server`, args, ready: isSentinel ? /\+monitor/ : /Ready to accept connections/ });
}
