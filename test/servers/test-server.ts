import type { ChildServer } from './child-server.ts';

/** A free port may be taken by somebody else before the server has it. */
const START_ATTEMPTS = 5;

/** Starts a server on one port after another, until nobody else took it meanwhile. */
export async function onFreePort<S>(start: () => Promise<S>): Promise<S> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === START_ATTEMPTS || !/in use|EADDRINUSE/i.test(String(error))) throw error;
    }
  }
}

/** A server of a test's own, in a process that can be killed, held still, and started again. */
export class TestServer implements AsyncDisposable {
  readonly port: number;
  #child: ChildServer;
  readonly #launch: () => Promise<ChildServer>;

  /** @param launch starts it anew, on the same port. */
  constructor(port: number, child: ChildServer, launch: () => Promise<ChildServer>) {
    this.port = port;
    this.#child = child;
    this.#launch = launch;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Ends it by SIGKILL. */
  kill(): Promise<void> {
    return this.#child.kill();
  }

  /** Holds it still by SIGSTOP: its sockets stay open, and nothing is answered. */
  stop(): void {
    this.#child.stop();
  }

  /** Lets it go on after {@link TestServer.stop}. */
  cont(): void {
    this.#child.cont();
  }

  /** Starts it again on its port; after {@link TestServer.kill}, or at once. */
  async restart(): Promise<void> {
    await this.kill();
    this.#child = await this.#launch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
