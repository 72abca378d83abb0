import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager, jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { textOf } from '../../errors.ts';
import type { Cancel, Clock } from '../../time/clock.ts';
import type { BusMark } from '../bus.ts';
import type { NatsWarning } from './nats-options.ts';
import type { NatsSettings } from './nats-settings.ts';
import type { ConfirmingLog } from './outbox.ts';
import { markOf, StreamReplay } from './stream-replay.ts';
import { differences, unfit, wantedShape } from './stream-shape.ts';

/** The client gives up a question to JetStream after this; who asked may have done so before. */
const API_TIMEOUT_MS = 1_000;

/** A log that is not there is looked for again after this, doubled each time up to the second. */
const RETAKE_MS = 1_000;
const MAX_RETAKE_MS = 30_000;

/** Another process made the stream, of another shape, between our looking and our making. */
const NAME_IN_USE = 10058;

/** What a log is given by the session it belongs to. */
export interface StreamLogSetting {
  readonly connection: NatsConnection;
  readonly settings: NatsSettings;
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
 */
export class StreamLog implements ConfirmingLog {
  readonly #setting: StreamLogSetting;
  readonly #manager: Promise<JetStreamManager>;
  #isOn = false;
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
      if (this.#isClosed) return;
      this.#isOn = true;
      this.#retakeMs = RETAKE_MS;
      const differing = differences(config, settings);
      if (differing.length === 0) return;
      onWarning({ kind: 'stream-differs', message: `The stream "${settings.streamName}" is used as it is: ${differing.join(', ')}` });
    } catch (error) {
      if (this.#isClosed) return;
      this.#isOn = false;
      this.#trouble = plain(error);
      this.#cancelRetake = clock.after(this.#retakeMs * (0.5 + random() / 2), () => void this.take());
      this.#retakeMs = Math.min(this.#retakeMs * 2, MAX_RETAKE_MS);
      onWarning({ kind: 'no-log', message: `JetStream keeps no messages, so what is missed cannot be told again: ${this.#trouble}` });
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
