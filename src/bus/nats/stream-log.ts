import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager, jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import { Empty, headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { textOf } from '../../errors.ts';
import type { Cancel, Clock } from '../../time/clock.ts';
import { nextTurn } from '../../time/event-turn.ts';
import type { BusMark } from '../bus.ts';
import type { NatsWarning } from './nats-options.ts';
import type { NatsSettings } from './nats-settings.ts';
import type { ConfirmingLog } from './outbox.ts';
import { markOf, StreamReplay, TEAR } from './stream-replay.ts';
import { differences, unfit, wantedShape } from './stream-shape.ts';

/** The client gives up a question to JetStream after this; who asked may have done so before. */
const API_TIMEOUT_MS = 1_000;

/** A log that is not there is looked for again after this, doubled each time up to the second. */
const RETAKE_MS = 1_000;
const MAX_RETAKE_MS = 30_000;
/** One that was there, and is silent: a cluster elects a leader within seconds. */
const MAX_RETAKE_LOST_MS = 2_000;

/** Another process made the stream, of another shape, between our looking and our making. */
const NAME_IN_USE = 10058;

/** What is known of the log, and outlives a connection. */
export interface LogMemory {
  /** Messages of ours went out that it was not asked to confirm, and may lack. */
  isTorn: boolean;
}

/** What a log is given by the session it belongs to. */
export interface StreamLogSetting {
  readonly connection: NatsConnection;
  readonly settings: NatsSettings;
  readonly memory: LogMemory;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onWarning: (warning: NatsWarning) => void;
}

/**
 * The messages of the last while, in a JetStream stream that the server fills by
 * itself from the subject they are published on.
 *
 * It is there to repair gaps and for nothing else. What it has may be told again;
 * what it lacks is no proof that nothing was said: a stream may lose what it
 * confirmed (Jepsen on NATS 2.12.1, 2025). So it vouches for an unbroken run
 * of its sequence, and whoever listens counts for himself.
 *
 * A stream without a leader takes nothing, and shows no gap afterwards. Whoever
 * published meanwhile marks the place with a tear before it uses the stream
 * again, and no replay vouches across that.
 */
export class StreamLog implements ConfirmingLog {
  readonly #setting: StreamLogSetting;
  readonly #manager: Promise<JetStreamManager>;
  #isOn = false;
  #wasOn = false;
  /** Why it is not on. */
  #trouble = 'it was not asked for yet';
  #taking: Promise<void> | undefined;
  #retakeMs = RETAKE_MS;
  #cancelRetake: Cancel = () => {};
  #isClosed = false;

  constructor(setting: StreamLogSetting) {
    this.#setting = setting;
    this.#manager = jetstreamManager(setting.connection, { checkAPI: false, timeout: API_TIMEOUT_MS });
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  get trouble(): string {
    return this.#trouble;
  }

  keeps(subject: string): boolean {
    return this.#isOn && subject === this.#setting.settings.subjects.news;
  }

  /** Finds the stream or makes it; when neither can be, looks again later. Does not reject. */
  take(): Promise<void> {
    this.#cancelRetake();
    this.#taking ??= this.#take().finally(() => {
      this.#taking = undefined;
    });
    return this.#taking;
  }

  async publish(subject: string, payload: Uint8Array): Promise<string | undefined> {
    try {
      const { connection, settings } = this.#setting;
      return troubleIn(await connection.request(subject, payload, { timeout: settings.deadlineMs + API_TIMEOUT_MS }));
    } catch (error) {
      return textOf(error);
    }
  }

  doubt(reason: string): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#trouble = reason;
    void this.take();
  }

  passedBy(subject: string): void {
    const { memory, settings } = this.#setting;
    if (subject !== settings.subjects.news) return;
    memory.isTorn = true;
    // It was taken while the message was on its way.
    this.doubt('it was not asked for a message');
  }

  /** @throws Error when JetStream does not answer, although it did. */
  async mark(): Promise<BusMark | undefined> {
    await this.#taking;
    return this.#isOn ? markOf(await this.#find()) : undefined;
  }

  /** As {@link Bus.replay}. It ends early, in `false`, once `signal` is aborted. @throws Error as {@link StreamLog.mark}. */
  async replay(since: BusMark, tell: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<boolean> {
    await this.#taking;
    if (!this.#isOn) return false;
    const replay = new StreamReplay({
      manager: await this.#manager,
      subject: this.#setting.settings.subjects.news,
      find: () => this.#find(),
      tell,
      signal,
    });
    return replay.run(since);
  }

  close(): void {
    this.#isClosed = true;
    this.#isOn = false;
    this.#cancelRetake();
  }

  async #take(): Promise<void> {
    const { clock, random, onWarning, settings } = this.#setting;
    if (settings.jetstream === 'off') return;
    try {
      const { config } = await this.#find();
      await this.#tear();
      if (this.#isClosed) return;
      this.#isOn = true;
      this.#wasOn = true;
      this.#retakeMs = RETAKE_MS;
      const differing = differences(config, settings);
      if (differing.length === 0) return;
      onWarning({ kind: 'stream-differs', message: `The stream "${settings.streamName}" is used as it is: ${differing.join(', ')}` });
    } catch (error) {
      this.#isOn = false;
      this.#trouble = plain(error);
      // What fails because the connection does is no fault of the log: we are closed within the turn.
      await nextTurn();
      if (this.#isClosed) return;
      this.#cancelRetake = clock.after(this.#retakeMs * (0.5 + random() / 2), () => void this.take());
      this.#retakeMs = Math.min(this.#retakeMs * 2, this.#wasOn ? MAX_RETAKE_LOST_MS : MAX_RETAKE_MS);
      onWarning({ kind: 'no-log', message: `JetStream keeps no messages, so what is missed cannot be told again: ${this.#trouble}` });
    }
  }

  /** Marks that something may be missing before this place. @throws Error when the stream does not take it. */
  async #tear(): Promise<void> {
    const { connection, memory, settings } = this.#setting;
    if (!memory.isTorn) return;
    const tear = headers();
    tear.set(TEAR, 'messages may be missing before this one');
    memory.isTorn = false;
    try {
      const trouble = troubleIn(await connection.request(settings.subjects.news, Empty, { headers: tear, timeout: API_TIMEOUT_MS }));
      if (trouble !== undefined) throw new Error(trouble);
    } catch (error) {
      memory.isTorn = true;
      throw error;
    }
  }

  /** The stream as it is now, made if it was not there. @throws Error when it cannot be had, or is of no use. */
  async #find(): Promise<StreamInfo> {
    const { settings } = this.#setting;
    const { streams } = await this.#manager;
    const info = await streams
      .info(settings.streamName)
      .catch(whenCode(JetStreamApiCodes.StreamNotFound, () => streams.add(wantedShape(settings))))
      .catch(whenCode(NAME_IN_USE, () => streams.info(settings.streamName)));
    const fault = unfit(info.config, settings);
    if (fault !== undefined) throw new Error(fault);
    return info;
  }
}

function whenCode<T>(code: number, action: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (error instanceof JetStreamApiError && error.code === code) return action();
    throw error;
  };
}

/** What is wrong in the answer of a stream to a message, if anything is. */
function troubleIn(reply: Msg): string | undefined {
  const answer: unknown = reply.json();
  if (typeof answer !== 'object' || answer === null) return 'its answer cannot be read';
  if ('error' in answer) return JSON.stringify(answer.error);
  return 'seq' in answer ? undefined : 'its answer cannot be read';
}

function plain(error: unknown): string {
  return error instanceof Error && error.name === 'TimeoutError' ? 'it does not answer' : textOf(error);
}
