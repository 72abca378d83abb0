import { BusError, ClosedError, textOf } from '../../errors.ts';
import { withDeadline } from '../../guard/deadline.ts';
import { chance } from '../../time/chance.ts';
import { type Cancel, type Clock, systemClock } from '../../time/clock.ts';
import type { Bus, BusListener, BusMark } from '../bus.ts';
import { SafeListener } from '../safe-listener.ts';
import type { NatsOptions, NatsWarning } from './nats-options.ts';
import { type NatsSettings, settingsOf } from './nats-settings.ts';
import { isOutage, reasonOf } from './outage.ts';
import { Session, type Ways } from './session.ts';
import type { LogMemory } from './stream-log.ts';

const NAME = 'nats';

/** Of a message. What is longer belongs into a tier; a server takes as much, unless it was told otherwise. */
const MAX_MESSAGE_BYTES = 1_024 ** 2;

/** Left free in the longest message that the server takes, for what JetStream may put before it. */
const MARGIN_BYTES = 1_024;

/** A lost server is dialled again after this, doubled each time up to the second; half of it is left to chance. */
const REDIAL_MS = 50;
const MAX_REDIAL_MS = 2_000;

/** A connection that lasted so long has nothing to do with the last loss. */
const LASTING_MS = 5_000;

/** A mark is one question to JetStream, a replay up to 10 000. */
const MARK_DEADLINE_MS = 1_000;
const REPLAY_DEADLINE_MS = 5_000;

/** Carries messages over NATS, to all processes of a fleet that name the same channel. */
export function nats(options: NatsOptions = {}): NatsBus {
  return new NatsBus(options);
}

/**
 * A bus over NATS: messages and beats over its core, and a JetStream stream, where
 * there is one, to be told again what was missed.
 *
 * Messages and beats have a subject each, and come back in the order in which the
 * server took them, for they come over one connection. In a cluster of servers
 * that order holds for each publisher; across publishers it holds up to the time
 * that servers take to reach each other.
 */
export class NatsBus implements Bus {
  readonly name: string = NAME;
  readonly reach = 'fleet';
  readonly #settings: NatsSettings;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #onWarning: (warning: NatsWarning) => void;
  /** What was warned of last, by kind: it is not said again until it changes, or things were well. */
  readonly #warned = new Map<string, string>();
  readonly #memory: LogMemory = { isTorn: false };
  #maxMessageBytes = MAX_MESSAGE_BYTES - MARGIN_BYTES;
  #listener: SafeListener | undefined;
  #session: Session | undefined;
  #downReason = 'it has not connected yet';
  /** When it was connected, while it is. */
  #upAt: number | undefined;
  #redials = 0;
  #cancelRedial: Cancel = () => {};
  #closing: Promise<void> | undefined;

  /** @throws ConfigError when an option cannot be used. */
  constructor(options: NatsOptions = {}) {
    this.#settings = settingsOf(options);
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? chance;
    this.#onWarning = options.onWarning ?? (({ message }) => process.emitWarning(message, 'TiercelWarning'));
  }

  get maxMessageBytes(): number {
    return this.#maxMessageBytes;
  }

  listen(listener: BusListener): void {
    if (this.#closing !== undefined) throw new ClosedError();
    if (this.#listener) throw new BusError(NAME, 'it has its listener already; make a bus for each');
    this.#listener = new SafeListener(NAME, listener);
    this.#dial(this.#listener);
  }

  publish(message: Uint8Array): Promise<void> {
    return this.#send(this.#settings.subjects.news, message);
  }

  beat(beat: Uint8Array): Promise<void> {
    return this.#send(this.#settings.subjects.beat, beat);
  }

  async mark(): Promise<BusMark | undefined> {
    const { log } = this.#ways();
    return this.#inTime(log.mark(), MARK_DEADLINE_MS);
  }

  async replay(since: BusMark): Promise<boolean> {
    const { log } = this.#ways();
    const abort = new AbortController();
    const tell = (bytes: Uint8Array): void => {
      if (!abort.signal.aborted) this.#listener?.message(bytes);
    };
    try {
      const isWhole = await this.#inTime(log.replay(since, tell, abort.signal), REPLAY_DEADLINE_MS);
      // A log that was lost on the way has read nothing behind that.
      if (!isWhole) this.#ways();
      return isWhole;
    } finally {
      abort.abort();
    }
  }

  /** Lets what was sent arrive, and hangs up. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#cancelRedial();
    this.#listener?.silence();
    this.#closing ??= this.#session?.close() ?? Promise.resolve();
    return this.#closing;
  }

  #dial(listener: SafeListener): void {
    try {
      this.#session = new Session({
        bus: NAME,
        settings: this.#settings,
        memory: this.#memory,
        clock: this.#clock,
        random: this.#random,
        onUp: (maxPayload) => this.#up(listener, maxPayload),
        onMessage: (bytes) => listener.message(bytes),
        onBeat: (bytes) => listener.beat(bytes),
        onWarning: (warning) => this.#warn(warning),
        onOver: (reason) => this.#down(listener, reason),
      });
    } catch (error) {
      this.#down(listener, error);
    }
  }

  #up(listener: SafeListener, maxPayload: number): void {
    this.#maxMessageBytes = Math.max(1, Math.min(maxPayload, MAX_MESSAGE_BYTES) - MARGIN_BYTES);
    this.#upAt = this.#clock.monotonic();
    this.#warned.delete('refused');
    listener.connected();
  }

  #down(listener: SafeListener, reason: unknown): void {
    this.#session = undefined;
    const isLoss = this.#upAt !== undefined;
    const lastReason = this.#downReason;
    this.#downReason = reasonOf(reason);
    if (this.#closing !== undefined) return;
    if (this.#upAt !== undefined && this.#clock.monotonic() - this.#upAt >= LASTING_MS) this.#redials = 0;
    this.#upAt = undefined;
    const delayMs = Math.min(REDIAL_MS * 2 ** this.#redials, MAX_REDIAL_MS) * (0.5 + this.#random() / 2);
    this.#redials += 1;
    this.#cancelRedial = this.#clock.after(delayMs, () => this.#dial(listener));
    if (!isOutage(reason)) this.#warn({ kind: 'refused', message: `No connection to NATS: ${this.#downReason}` });
    if (isLoss || this.#downReason !== lastReason) listener.disconnected(this.#downReason);
  }

  #warn(warning: NatsWarning): void {
    const { kind, message } = warning;
    if (this.#closing !== undefined || this.#warned.get(kind) === message) return;
    this.#warned.set(kind, message);
    try {
      this.#onWarning(warning);
    } catch (error) {
      process.emitWarning(`An observer of bus "${NAME}" threw: ${textOf(error)}`, 'TiercelWarning');
    }
  }

  #send(subject: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.#maxMessageBytes) {
      return Promise.reject(
        new BusError(NAME, `${bytes.length} bytes are too many for one message; send no more than ${this.#maxMessageBytes}`),
      );
    }
    try {
      return this.#ways().outbox.send(subject, bytes);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #ways(): Ways {
    if (this.#closing !== undefined) throw new ClosedError();
    const ways = this.#session?.ways;
    if (!ways) throw new BusError(NAME, `not connected: ${this.#downReason}`);
    if (this.#settings.jetstream === 'required' && !ways.log.isOn)
      throw new BusError(NAME, `JetStream is required, and there is none: ${ways.log.trouble}`);
    return ways;
  }

  async #inTime<T>(call: Promise<T>, deadlineMs: number): Promise<T> {
    try {
      return await withDeadline(
        call,
        deadlineMs,
        this.#clock,
        () => new BusError(NAME, `JetStream did not answer within ${deadlineMs} ms`),
      );
    } catch (cause) {
      throw cause instanceof BusError ? cause : new BusError(NAME, `JetStream failed: ${textOf(cause)}`, { cause });
    }
  }
}
