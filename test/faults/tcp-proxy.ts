import { connect, createServer, type Server, type Socket } from 'node:net';
import { seeded } from '../../src/testing/seeded.ts';
import { Lane, type LaneFaults, NO_FAULTS } from './tcp-lane.ts';

/** The way bytes go through a proxy: `up` to the server, `down` from it. */
export type Direction = 'up' | 'down';

/** Where a proxy leads, and what chance does in it. */
export interface TcpProxyOptions {
  readonly targetPort: number;
  /** @default '127.0.0.1' */
  readonly targetHost?: string;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** What chance does is the same for a seed. @default 1 */
  readonly seed?: number;
}

interface Passage {
  readonly client: Socket;
  readonly server: Socket;
  readonly up: Lane;
  readonly down: Lane;
}

/**
 * Stands between a client and a server, and makes the network between them as bad as it is told.
 *
 * Faults hold for the connections there are and for those that come, until {@link heal}.
 * What is held back is not lost: like a network that retransmits, it goes on once healed.
 */
export class TcpProxy implements AsyncDisposable {
  readonly #options: TcpProxyOptions;
  readonly #random: () => number;
  readonly #passages = new Set<Passage>();
  readonly #faults: Record<Direction, LaneFaults> = { up: NO_FAULTS, down: NO_FAULTS };
  #server: Server | undefined;
  #port = 0;
  #accepted = 0;

  private constructor(options: TcpProxyOptions) {
    this.#options = options;
    this.#random = seeded(options.seed ?? 1);
  }

  /** A proxy that listens on a free port. */
  static async open(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options);
    await proxy.#listen();
    return proxy;
  }

  /** The port it listens on, the same for life. */
  get port(): number {
    return this.#port;
  }

  /** Connections that were accepted since it was opened. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#passages.size;
  }

  /** Each chunk takes `ms` longer, each way, and up to `jitterMs` more; the order is kept. */
  latency(ms: number, jitterMs = 0): void {
    this.#change(['up', 'down'], { delayMs: ms, jitterMs });
  }

  /** Connections stay open and new ones are accepted, and not a byte goes through. */
  blackHole(): void {
    this.#change(['up', 'down'], { isCut: true });
  }

  /** Nothing goes through in one direction. */
  cut(direction: Direction): void {
    this.#change([direction], { isCut: true });
  }

  /** Each byte has one bit flipped with the chance `rate`. */
  corrupt(rate: number, direction?: Direction): void {
    this.#change(direction ? [direction] : ['up', 'down'], { corruption: rate });
  }

  /** No more than so many bytes a second go through, each way and connection. */
  throttle(bytesPerSecond: number): void {
    this.#change(['up', 'down'], { bytesPerSecond });
  }

  /** Every open connection ends at once, with a reset on both sides; new ones are accepted. */
  reset(): void {
    for (const { client, server } of this.#passages) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** New connections are refused, and the open ones are reset. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.reset();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  /** Ends all faults; what was held back goes on its way. */
  async heal(): Promise<void> {
    for (const direction of ['up', 'down'] as const) this.#faults[direction] = NO_FAULTS;
    this.#tellLanes();
    await this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse();
  }

  async #listen(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
    this.#server = server;
    const { host = '127.0.0.1' } = this.#options;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, host, resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
    this.#port = address.port;
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    const { targetPort, targetHost = '127.0.0.1' } = this.#options;
    const server = connect({ port: targetPort, host: targetHost, allowHalfOpen: true, noDelay: true });
    const up = new Lane(client, server, () => this.#faults.up, this.#random);
    const down = new Lane(server, client, () => this.#faults.down, this.#random);
    const passage = { client, server, up, down };
    this.#passages.add(passage);
    const end = (): void => {
      this.#passages.delete(passage);
      up.stop();
      down.stop();
    };
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => other.resetAndDestroy());
      socket.once('close', () => {
        end();
        other.destroy();
      });
    }
  }

  #change(directions: readonly Direction[], faults: Partial<LaneFaults>): void {
    for (const direction of directions) this.#faults[direction] = { ...this.#faults[direction], ...faults };
    this.#tellLanes();
  }

  #tellLanes(): void {
    for (const { up, down } of this.#passages) {
      up.go();
      down.go();
    }
  }
}
