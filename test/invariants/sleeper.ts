import type { Bus } from '../../src/bus/bus.ts';
import type { Clock } from '../../src/time/clock.ts';

/**
 * A process that may be stopped, as by SIGSTOP: time goes on, and what would have
 * happened in it waits, timers and messages, until it goes on.
 */
export class Sleeper {
  readonly clock: Clock;
  isAsleep = false;
  readonly #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      recent: () => clock.recent(),
      after: (delayMs, action, holds) => {
        let isOff = false;
        const act = (): void => {
          if (!isOff) action();
        };
        const cancel = clock.after(delayMs, () => this.#happen(act), holds);
        return () => {
          isOff = true;
          cancel();
        };
      },
    };
  }

  /** The bus as this process hears it. */
  hearing(bus: Bus): Bus {
    return {
      name: bus.name,
      reach: bus.reach,
      maxMessageBytes: bus.maxMessageBytes,
      listen: (listener) =>
        bus.listen({
          connected: () => this.#happen(() => listener.connected()),
          disconnected: (reason) => this.#happen(() => listener.disconnected(reason)),
          message: (bytes) => this.#happen(() => listener.message(bytes)),
          beat: (bytes) => this.#happen(() => listener.beat(bytes)),
        }),
      publish: (message) => bus.publish(message),
      beat: (beat) => bus.beat(beat),
      mark: () => bus.mark(),
      replay: (since) => bus.replay(since),
      [Symbol.asyncDispose]: async () => bus[Symbol.asyncDispose](),
    };
  }

  /** Goes on: what waited happens, in its order. */
  wake(): void {
    this.isAsleep = false;
    for (const what of this.#waiting.splice(0)) what();
  }

  #happen(what: () => void): void {
    if (this.isAsleep) this.#waiting.push(what);
    else what();
  }
}
