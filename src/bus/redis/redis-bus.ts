import { BusError, ClosedError } from '../../errors.ts';
import { withDeadline } from '../../guard/deadline.ts';
import type { NodeConnection } from '../../redis/node-connection.ts';
import { openNode } from '../../redis/open-redis.ts';
import type { Cancel, Clock } from '../../time/clock.ts';
import type { Bus, BusListener, BusMark } from '../bus.ts';
import { SafeListener } from '../safe-listener.ts';
import { EchoWatch } from './echo-watch.ts';
import { asBusError, failureText, Outbox } from './outbox.ts';
import { type Place, resumed } from './place.ts';
import type { RedisBusOptions, RedisBusStats } from './redis-bus-options.ts';
import { type RedisBusSettings, settingsOf } from './redis-bus-settings.ts';
import { msOf, type StreamId } from './stream-entries.ts';
import { lastIdOf, StreamLog } from './stream-log.ts';
import { StreamReader } from './stream-reader.ts';
import { WarningDesk } from './warning-desk.ts';

const NAME = 'redis';

const MAX_MESSAGE_BYTES = 1_024 ** 2;

/** Of beats only the last of each process counts: a process that has not read them for a while needs no more. */
const KEPT_BEATS = 1_000;

/** Reading begins within this, or is tried again; a mark is one question, a replay up to 160. */
const BEGIN_DEADLINE_MS = 2_000;
const MARK_DEADLINE_MS = 1_000;
const REPLAY_DEADLINE_MS = 5_000;

/** Reading that could not begin, or ended, is begun again after half to one and a half of this. */
const RETRY_MS = 200;

/** What is too old is removed from the log this often in the time that messages are kept, and no less often than that. */
const TENDS_PER_KEEPING = 10;
const TEND_EVERY_MS = 60_000;

const NOT_READ_BACK = 'what is written is not read back; do both connections lead to the same server?';

/** What there is while it listens. */
interface Lines {
  readonly listener: SafeListener;
  readonly commands: NodeConnection;
  readonly reading: NodeConnection;
  readonly outbox: Outbox;
  readonly log: StreamLog;
}

/** Carries messages over Redis, to all processes of a fleet that name the same channel. */
export function redisBus(options: RedisBusOptions = {}): RedisBus {
  return new RedisBus(options);
}

/**
 * A bus over Redis Streams: one server, a master watched by Sentinels, or a cluster.
 *
 * Messages are in one stream, beats in another, of the same slot. There are two
 * connections: one is read from without end, the other takes what is sent and
 * asked. It is connected while both are; whatever ends the reading, it goes on
 * from the last message told when the log is still the same, and has all of it.
 */
export class RedisBus implements Bus {
  readonly name: string = NAME;
  readonly reach = 'fleet';
  readonly maxMessageBytes: number = MAX_MESSAGE_BYTES;
  readonly #settings: RedisBusSettings;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #warnings: WarningDesk;
  readonly #echo: EchoWatch;
  readonly #timers: Record<'retry' | 'tend', Cancel> = { retry: () => {}, tend: () => {} };
  #lines: Lines | undefined;
  #reader: StreamReader | undefined;
  #isBeginning = false;
  #endedAt: Place | undefined;
  #lossTold = 'it has not connected yet';
  #logsLost = 0;
  #closing: Promise<void> | undefined;

  /** @throws ConfigError when an option cannot be used. */
  constructor(options: RedisBusOptions = {}) {
    this.#settings = settingsOf(options);
    this.#clock = this.#settings.redis.clock;
    this.#random = this.#settings.redis.random;
    this.#warnings = new WarningDesk(NAME, options.onWarning);
    this.#echo = new EchoWatch(this.#clock);
  }

  get stats(): RedisBusStats {
    return {
      isConnected: this.#reader !== undefined,
      reconnects: (this.#lines?.commands.reconnects ?? 0) + (this.#lines?.reading.reconnects ?? 0),
      unconfirmedBytes: this.#lines?.outbox.unconfirmedBytes ?? 0,
      logsLost: this.#logsLost,
    };
  }

  listen(listener: BusListener): void {
    if (this.#closing !== undefined) throw new ClosedError();
    if (this.#lines) throw new BusError(NAME, 'it has its listener already; make a bus for each');
    const { redis, keys, deadlineMs } = this.#settings;
    const status = { connected: () => this.#begin(), disconnected: (reason: string) => this.#lose(reason) };
    const commands = openNode(keys.news, redis, status);
    this.#lines = {
      listener: new SafeListener(NAME, listener),
      commands,
      reading: openNode(keys.news, redis, status),
      outbox: new Outbox({ bus: NAME, connection: commands, clock: this.#clock, deadlineMs }),
      log: new StreamLog(commands, keys.news),
    };
    this.#tendLater();
  }

  async publish(message: Uint8Array): Promise<void> {
    const { keys, maxMessages } = this.#settings;
    await this.#send(keys.news, maxMessages, message);
    this.#warnings.succeeded();
  }

  async beat(beat: Uint8Array): Promise<void> {
    if (this.#reader && this.#echo.isOverdue(this.#reader.beatsAt)) this.#renew();
    this.#echo.wrote(await this.#send(this.#settings.keys.beats, KEPT_BEATS, beat));
  }

  async mark(): Promise<BusMark> {
    const { log } = this.#connected();
    return this.#inTime(log.mark(), MARK_DEADLINE_MS);
  }

  async replay(since: BusMark): Promise<boolean> {
    const { log, listener } = this.#connected();
    const abort = new AbortController();
    try {
      return await this.#inTime(
        log.replay(since, (bytes) => listener.message(bytes), abort.signal),
        REPLAY_DEADLINE_MS,
      );
    } finally {
      abort.abort();
    }
  }

  /** Hangs up when what was sent has its answer, or after a second. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const cancel of Object.values(this.#timers)) cancel();
    this.#reader?.stop();
    this.#reader = undefined;
    this.#warnings.close();
    if (!this.#lines) return;
    const { listener, commands, reading } = this.#lines;
    this.#lines = undefined;
    listener.silence();
    // Its last read blocks, and brings nothing that anybody hears.
    reading.renew('it is closed');
    await Promise.all([commands[Symbol.asyncDispose](), reading[Symbol.asyncDispose]()]);
  }

  async #send(key: string, keep: number, bytes: Uint8Array): Promise<StreamId> {
    const { outbox } = this.#connected();
    if (bytes.length > this.maxMessageBytes) {
      throw new BusError(NAME, `a message has ${bytes.length} bytes, of at most ${this.maxMessageBytes}; send less at once`);
    }
    try {
      return await outbox.add(key, keep, bytes);
    } catch (cause) {
      this.#warnings.failed(failureText(cause));
      throw asBusError(NAME, cause);
    }
  }

  #connected(): Lines {
    if (this.#closing !== undefined) throw new ClosedError();
    if (!this.#lines || !this.#reader) throw new BusError(NAME, `not connected: ${this.#lossTold}`);
    return this.#lines;
  }

  async #inTime<T>(call: Promise<T>, deadlineMs: number): Promise<T> {
    try {
      return await withDeadline(call, deadlineMs, this.#clock, () => new BusError(NAME, `no answer within ${deadlineMs} ms`));
    } catch (cause) {
      throw this.#closing === undefined ? asBusError(NAME, cause) : new ClosedError();
    }
  }

  /** Begins to read, if there is all that it needs and it does not read yet. */
  #begin(): void {
    if (this.#closing !== undefined || !this.#lines || this.#reader || this.#isBeginning) return;
    const { commands, reading } = this.#lines;
    if (!commands.isReady || !reading.isReady) return;
    this.#isBeginning = true;
    void this.#open(this.#lines).finally(() => {
      this.#isBeginning = false;
    });
  }

  /** Never rejects. */
  async #open(lines: Lines): Promise<void> {
    const { listener, commands, reading } = lines;
    try {
      const late = (): Error => new Error(`Redis did not show its streams within ${BEGIN_DEADLINE_MS} ms`);
      const reader = await withDeadline(this.#readerOf(lines), BEGIN_DEADLINE_MS, this.#clock, late);
      if (this.#closing !== undefined || !commands.isReady || !reading.isReady) return;
      this.#reader = reader;
      this.#lossTold = '';
      listener.connected();
      reader.start();
    } catch (error) {
      this.#lose(failureText(error));
    }
  }

  /** A reader that knows where to begin, by the one connection, and can, by the other. @throws Error when Redis refuses. */
  async #readerOf({ listener, commands, reading, log }: Lines): Promise<StreamReader> {
    const { keys } = this.#settings;
    const [beatsFrom, state] = await Promise.all([lastIdOf(commands, keys.beats), log.state()]);
    const reader = new StreamReader({
      connection: reading,
      keys,
      clock: this.#clock,
      from: resumed(this.#endedAt, state),
      beatsFrom,
      onMessage: (bytes) => listener.message(bytes),
      onBeat: (bytes) => listener.beat(bytes),
      onOver: (reason, isLogLost) => {
        if (isLogLost) this.#logsLost += 1;
        if (isLogLost) this.#warnings.logLost(keys.news);
        this.#lose(reason);
      },
    });
    if (await reader.canRead()) return reader;
    this.#renew();
    throw new Error(NOT_READ_BACK);
  }

  /** Reading has ended, or cannot begin; it is tried again. */
  #lose(reason: string): void {
    if (this.#closing !== undefined || !this.#lines) return;
    if (this.#reader) {
      this.#reader.stop();
      this.#endedAt = this.#reader.place;
      this.#reader = undefined;
      this.#echo.reset();
    }
    this.#timers.retry();
    this.#timers.retry = this.#clock.after(RETRY_MS * (0.5 + this.#random()), () => this.#begin());
    this.#warnings.failed(reason);
    if (reason === this.#lossTold) return;
    this.#lossTold = reason;
    this.#lines.listener.disconnected(reason);
  }

  #renew(): void {
    for (const connection of [this.#lines?.commands, this.#lines?.reading]) connection?.renew(NOT_READ_BACK);
  }

  #tendLater(): void {
    const { keepMs } = this.#settings;
    const delayMs = Math.min(keepMs / TENDS_PER_KEEPING, TEND_EVERY_MS) * (0.5 + this.#random());
    this.#timers.tend = this.#clock.after(delayMs, () => {
      // The server's clock is known by its last message, and until the next nothing gets too old to be kept.
      const oldestMs = this.#reader ? msOf(this.#reader.place.at) - keepMs : 0;
      if (oldestMs > 0) this.#lines?.log.trim(oldestMs).catch(() => {});
      this.#tendLater();
    });
  }
}
