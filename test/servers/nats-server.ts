import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from './certificates.ts';
import { ChildServer } from './child-server.ts';
import { freePort } from './free-port.ts';
import { onFreePort, TestServer } from './test-server.ts';

/** How a NATS server is set up. */
export interface NatsServerOptions {
  /** Whether it has JetStream, kept in its folder. @default true */
  readonly jetstream?: boolean;
  /** Lines of its configuration, without port and JetStream: `authorization { token: secret }`. */
  readonly config?: readonly string[];
  /** Serves TLS alone, with certificates made for it; `mutual` asks clients for theirs, too. @default false */
  readonly tls?: boolean | 'mutual';
  /** @default a free one */
  readonly port?: number;
}

/**
 * A `nats-server` on a free port of the loopback, with a folder of its own.
 *
 * @example
 * await using server = await NatsServer.start();
 * await using bus = nats({ servers: server.url });
 */
export class NatsServer extends TestServer {
  readonly folder: string;
  /** There when it serves TLS. */
  readonly certificates: Certificates | undefined;
  readonly #setup: Setup;

  private constructor(port: number, child: ChildServer, setup: Setup) {
    super(port, child, () => launch(port, setup));
    this.folder = setup.folder;
    this.certificates = setup.certificates;
    this.#setup = setup;
  }

  /** Resolves when it takes connections. */
  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const folder = mkdtempSync(join(tmpdir(), 'tiercel-nats-'));
    const setup = { folder, certificates: options.tls ? await makeCertificates(folder) : undefined, options };
    return onFreePort(async () => {
      const port = options.port ?? (await freePort());
      return new NatsServer(port, await launch(port, setup), setup);
    });
  }

  /** `nats://127.0.0.1:port`, or `tls://localhost:port`. */
  get url(): string {
    return this.certificates ? `tls://localhost:${this.port}` : `nats://127.0.0.1:${this.port}`;
  }

  override stop(): void {
    super.stop();
    while (isRunning(this.pid));
  }

  /** As before, or set up otherwise. What its streams keep stays in its folder. */
  override async restart(options?: NatsServerOptions): Promise<void> {
    if (options) this.#setup.options = options;
    await super.restart();
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a server is started with, and started again. */
interface Setup {
  readonly folder: string;
  readonly certificates: Certificates | undefined;
  options: NatsServerOptions;
}

/** The signal is sent, and each thread of the process obeys in its own time. */
function isRunning(pid: number): boolean {
  const threads = `/proc/${pid}/task`;
  return existsSync(threads) && readdirSync(threads).some((thread) => !/\) [TZX] /.test(readFileSync(`${threads}/${thread}/stat`, 'utf8')));
}

function configure(port: number, { folder, certificates, options }: Setup): void {
  const { jetstream = true, config = [], tls } = options;
  const lines = [
    `listen: "127.0.0.1:${port}"`,
    ...(jetstream ? [`jetstream { store_dir: "${folder}", max_mem: 64M, max_file: 256M }`] : []),
    ...(certificates ? [tlsLine(certificates, tls === 'mutual')] : []),
    ...config,
  ];
  writeFileSync(join(folder, 'nats.conf'), `${lines.join('\n')}\n`);
}

function tlsLine({ caFile, certFile, keyFile }: Certificates, verify: boolean): string {
  return `tls { cert_file: "${certFile}", key_file: "${keyFile}", ca_file: "${caFile}", verify: ${verify} }`;
}

function launch(port: number, setup: Setup): Promise<ChildServer> {
  configure(port, setup);
  return ChildServer.start({ command: 'nats-server', args: ['-c', join(setup.folder, 'nats.conf')], ready: /Server is ready/ });
}
