import { textOf } from '../errors.ts';
import type { BusListener } from './bus.ts';

/**
 * The listener as a bus tells it: what it throws hurts nobody, and once silenced it hears nothing.
 *
 * Every bus puts one around the listener it is given. That the listener throws
 * is a fault of its own, and warned of once: whoever stumbles over one message
 * does so over thousands.
 */
export class SafeListener implements BusListener {
  readonly #bus: string;
  #listener: BusListener | undefined;
  #isConnected = false;
  #hasWarned = false;

  /** @param bus the name of the bus, for the warning. */
  constructor(bus: string, listener: BusListener) {
    this.#bus = bus;
    this.#listener = listener;
  }

  /** What it was told last. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  connected(): void {
    this.#isConnected = this.#listener !== undefined;
    this.#tell((listener) => listener.connected());
  }

  disconnected(reason: string): void {
    this.#isConnected = false;
    this.#tell((listener) => listener.disconnected(reason));
  }

  message(bytes: Uint8Array): void {
    this.#tell((listener) => listener.message(bytes));
  }

  beat(bytes: Uint8Array): void {
    this.#tell((listener) => listener.beat(bytes));
  }

  /** From now on nothing is told: the bus is closed. */
  silence(): void {
    this.#listener = undefined;
    this.#isConnected = false;
  }

  #tell(what: (listener: BusListener) => void): void {
    if (this.#listener === undefined) return;
    try {
      what(this.#listener);
    } catch (error) {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      process.emitWarning(
        `The listener of bus "${this.#bus}" threw, and later errors of it are not told: ${textOf(error)}`,
        'TiercelWarning',
      );
    }
  }
}
