import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type ConnectionOptions, connect, type NatsConnection } from '@nats-io/transport-node';

/** Node.js tells here of every socket that is opened. */
const SOCKETS = 'net.client.socket';

interface Socket {
  destroy(): void;
}

/**
 * One attempt to connect, and what became of it.
 *
 * When a server takes the connection and then says nothing, as one that is
 * stopped does, the client gives up in time but leaves the socket open, out of
 * everybody's reach; and it cannot be called off. So the sockets that are opened
 * on behalf of this attempt are noted, and destroyed with it.
 */
export class Line {
  /** Rejects when no server takes us. */
  readonly connection: Promise<NatsConnection>;
  readonly #sockets: Socket[] = [];
  #isCut = false;

  constructor(options: ConnectionOptions) {
    const attempt = new AsyncLocalStorage<Line>();
    const note = (message: unknown): void => {
      if (attempt.getStore() === this) this.#note((message as { readonly socket: Socket }).socket);
    };
    subscribe(SOCKETS, note);
    this.connection = attempt
      .run(this, () => connect(options))
      .finally(() => {
        unsubscribe(SOCKETS, note);
        attempt.disable();
      });
  }

  /** Ends the attempt, or the connection that came of it, at once. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #note(socket: Socket): void {
    this.#sockets.push(socket);
    if (this.#isCut) queueMicrotask(() => socket.destroy());
  }
}
