import { BusError, ClosedError, ConfigError } from '../../errors.ts';
import { nextTurn } from '../../time/event-turn.ts';
import type { Bus, BusListener, BusMark } from '../bus.ts';
import { SafeListener } from '../safe-listener.ts';
import { BusHub } from './bus-hub.ts';

/** What an in-process bus is made of. */
export interface InProcessBusOptions {
  /** Where it meets the others. */
  readonly hub: BusHub;
}

/**
 * A bus between the caches of one process: those whose buses share a hub are kept in step.
 *
 * @example
 * const hub = new BusHub();
 * const quotes = createCache({ bus: inProcessBus({ hub }) });
 * const orders = createCache({ bus: inProcessBus({ hub }) });
 */
export function inProcessBus(options: InProcessBusOptions): Bus {
  if (!(options?.hub instanceof BusHub)) throw new ConfigError('`hub` is no BusHub; make one for all buses that are to hear each other');
  return new InProcessBus(options.hub);
}

class InProcessBus implements Bus {
  readonly name = 'in-process';
  readonly reach = 'process';
  readonly maxMessageBytes: number = 1_024 * 1_024;
  readonly #hub: BusHub;
  #listener: SafeListener | undefined;
  #isClosed = false;

  constructor(hub: BusHub) {
    this.#hub = hub;
  }

  listen(listener: BusListener): void {
    if (this.#isClosed) throw new ClosedError();
    if (this.#listener) throw new BusError(this.name, 'it has its listener already; make a bus for each');
    this.#listener = new SafeListener(this.name, listener);
    this.#hub.join(this.#listener);
  }

  async publish(message: Uint8Array): Promise<void> {
    this.#assertSendable(message);
    this.#hub.publish(message);
  }

  async beat(beat: Uint8Array): Promise<void> {
    this.#assertSendable(beat);
    this.#hub.beat(beat);
  }

  async mark(): Promise<BusMark> {
    this.#connectedListener();
    return this.#hub.mark();
  }

  async replay(since: BusMark): Promise<boolean> {
    this.#connectedListener();
    await nextTurn();
    return this.#hub.replay(since, this.#connectedListener());
  }

  /** Leaves the hub. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    if (!this.#listener) return;
    this.#listener.silence();
    this.#hub.leave(this.#listener);
    this.#listener = undefined;
  }

  #assertSendable(bytes: Uint8Array): void {
    this.#connectedListener();
    if (bytes.length > this.maxMessageBytes) {
      throw new BusError(this.name, `a message has ${bytes.length} bytes, of at most ${this.maxMessageBytes}; send less at once`);
    }
    if (this.#hub.isFull) throw new BusError(this.name, 'too many messages wait to be told; await some of them before sending more');
  }

  #connectedListener(): SafeListener {
    if (this.#isClosed) throw new ClosedError();
    if (!this.#listener?.isConnected) throw new BusError(this.name, 'it is not connected; wait until the listener is told so');
    return this.#listener;
  }
}
