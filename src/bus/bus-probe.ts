import { textOf } from '../errors.ts';
import { withDeadline } from '../guard/deadline.ts';
import type { Clock } from '../time/clock.ts';
import type { Bus, BusListener } from './bus.ts';
import { type BusMessage, decodeMessage, encodeMessage, type UnreadMessage } from './link/bus-message.ts';

/** How a bus is probed. */
export interface BusProbeOptions {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Each step may take so long. */
  readonly deadlineMs: number;
  /** Others are listened for so long. */
  readonly listenMs: number;
}

/** What a probe found. */
export interface BusReport {
  /** What does not work; `undefined` when all does. */
  readonly failure: string | undefined;
  /** Milliseconds until a message of our own came back; -1 when none did. */
  readonly roundTripMs: number;
  /** Other processes that gave a sign of life. */
  readonly peers: number;
}

/**
 * Tries what a process does on a bus: to connect, to hear itself and to hear others.
 *
 * It tells nothing, and says at once that it will not be heard again, so that
 * nobody who is on the bus waits for it. The bus is closed at the end.
 */
export async function probeBus(bus: Bus, options: BusProbeOptions): Promise<BusReport> {
  const probe = new BusProbe(bus, options);
  let failure: string | undefined;
  try {
    await probe.run();
  } catch (error) {
    failure = textOf(error);
  }
  const late = (): Error => new Error('it took too long to close');
  await withDeadline(Promise.resolve(bus[Symbol.asyncDispose]()), options.deadlineMs, options.clock, late).catch(() => {});
  return { failure, roundTripMs: probe.roundTripMs, peers: probe.peers };
}

class BusProbe implements BusListener {
  roundTripMs = -1;
  readonly #bus: Bus;
  readonly #options: BusProbeOptions;
  readonly #publisher: string;
  readonly #others = new Set<string>();
  readonly #connected = Promise.withResolvers<void>();
  #reason = 'it does not answer';
  #heard: (message: BusMessage | UnreadMessage) => void = () => {};

  constructor(bus: Bus, options: BusProbeOptions) {
    this.#bus = bus;
    this.#options = options;
    this.#publisher = `doctor-${Math.floor(options.random() * 2 ** 52).toString(36)}`;
  }

  get peers(): number {
    return this.#others.size;
  }

  async run(): Promise<void> {
    const { clock, listenMs } = this.#options;
    this.#bus.listen(this);
    await this.#inTime(this.#connected.promise, () => `no connection: ${this.#reason}`);
    // First the beat: who may send none must not be waited for after its news.
    await this.#comesBack('beat', 0);
    const sentAt = clock.monotonic();
    await this.#comesBack('news', 1);
    this.roundTripMs = clock.monotonic() - sentAt;
    await this.#comesBack('beat', 1);
    await new Promise<void>((resolve) => clock.after(listenMs, resolve, true));
  }

  connected(): void {
    this.#connected.resolve();
  }

  disconnected(reason: string): void {
    this.#reason = reason;
  }

  message(bytes: Uint8Array): void {
    this.#hear(bytes);
  }

  beat(bytes: Uint8Array): void {
    this.#hear(bytes);
  }

  #hear(bytes: Uint8Array): void {
    const message = decodeMessage(bytes);
    if (!message) return;
    if (message.publisher === this.#publisher) this.#heard(message);
    else if (message.form === 'beat' && message.isLast) this.#others.delete(message.publisher);
    else this.#others.add(message.publisher);
  }

  async #comesBack(form: BusMessage['form'], sequence: number): Promise<void> {
    const { clock } = this.#options;
    const sender = { publisher: this.#publisher, epoch: 1, sequence };
    const heard = new Promise<void>((resolve) => {
      this.#heard = (message) => {
        if (message.form === form && message.sequence === sequence) resolve();
      };
    });
    const what = form === 'beat' ? 'a sign of life' : 'a message';
    const sent =
      form === 'beat'
        ? this.#bus.beat(encodeMessage({ form, ...sender, sentAt: clock.monotonic(), stamp: 0, isLast: true }))
        : this.#bus.publish(encodeMessage({ form, ...sender, notices: [] }));
    await this.#inTime(sent, () => `${what} cannot be sent: there is no answer`);
    await this.#inTime(heard, () => `${what} was sent, and does not come back: ${this.#reason}`);
  }

  #inTime<T>(call: Promise<T>, late: () => string): Promise<T> {
    const { clock, deadlineMs } = this.#options;
    return withDeadline(call, deadlineMs, clock, () => new Error(late()));
  }
}
