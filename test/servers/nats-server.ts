import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from './certificates.ts';
import { ChildServer } from './child-server.ts';
import { freePort } from './free-port.ts';

/** A free port may be taken by somebody else before the server has it. */
const START_ATTEMPTS = 5;

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
export class NatsServer implements AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  /** There when it serves TLS. */
  readonly certificates: Certificates | undefined;
  #options: NatsServerOptions;
  #child: ChildServer;

  private constructor(
    folder: string,
    port: number,
    certificates: Certificates | undefined,
    options: NatsServerOptions,
    child: ChildServer,
  ) {
    this.folder = folder;
    this.port = port;
    this.certificates = certificates;
    this.#options = options;
    this.#child = child;
  }

  /** Resolves when it takes connections. */
  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const folder = mkdtempSync(join(tmpdir(), 'tiercel-nats-'));
    const certificates = options.tls ? await makeCertificates(folder) : undefined;
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port ?? (await freePort());
      try {
        return new NatsServer(folder, port, certificates, options, await launch(folder, port, certificates, options));
      } catch (error) {
        if (attempt === START_ATTEMPTS || !/in use/i.test(String(error))) throw error;
      }
    }
  }

  /** `nats://127.0.0.1:port`, or `tls://localhost:port`. */
  get url(): string {
    return this.certificates ? `tls://localhost:${this.port}` : `nats://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Ends it by SIGKILL. What its streams keep stays in its folder. */
  kill(): Promise<void> {
    return this.#child.kill();
  }

  /** Holds it still by SIGSTOP: its sockets stay open, and nothing is answered. */
  stop(): void {
    this.#child.stop();
    while (isRunning(this.pid));
  }

  /** Lets it go on after {@link NatsServer.stop}. */
  cont(): void {
    this.#child.cont();
  }

  /** Starts it again on its port, set up as before or otherwise; after {@link NatsServer.kill}, or at once. */
  async restart(options: NatsServerOptions = this.#options): Promise<void> {
    await this.kill();
    this.#options = options;
    this.#child = await launch(this.folder, this.port, this.certificates, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The signal is sent, and each thread of the process obeys in its own time. */
function isRunning(pid: number): boolean {
  const threads = `/proc/${pid}/task`;
  return existsSync(threads) && readdirSync(threads).some((thread) => !/\) [TZX] /.test(readFileSync(`${threads}/${thread}/stat`, 'utf8')));
}

function configure(folder: string, port: number, certificates: Certificates | undefined, options: NatsServerOptions): void {
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

function launch(folder: string, port: number, certificates: Certificates | undefined, options: NatsServerOptions): Promise<ChildServer> {
  configure(folder, port, certificates, options);
  return ChildServer.start({ command: 'nats-server', args: ['-c', join(folder, 'nats.conf')], ready: /Server is ready/ });
}
