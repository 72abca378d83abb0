import { join, resolve } from 'node:path';
import { toBytes } from '../../entry/size.ts';
import { assertNames, BusError, ClosedError, ConfigError, textOf } from '../../errors.ts';
import { withDeadline } from '../../guard/deadline.ts';
import { type OpenStore, StoreKeeper } from '../../lmdb/store-keeper.ts';
import { chance } from '../../time/chance.ts';
import { type Cancel, type Clock, systemClock } from '../../time/clock.ts';
import { toMs } from '../../time/duration.ts';
import type { Bus, BusListener, BusMark } from '../bus.ts';
import { SafeListener } from '../safe-listener.ts';
import { Bell } from './bell.ts';
import { LMDB_BUS_OPTIONS, type LmdbBusOptions, type LmdbBusStats } from './lmdb-bus-options.ts';
import { LogFollower } from './log-follower.ts';
import type { TrackName } from './log-head.ts';
import { LogReader } from './log-reader.ts';
import type { Errand, LogThreadSettings } from './log-thread.ts';

const NAME = 'lmdb';

/** Its file, by the form of what is kept. */
const FILE = 'bus-1';

const MAX_MESSAGE_BYTES = 1_024 * 1_024;

/** Messages that wait may take this many bytes together; further ones are refused. */
const MAX_WAITING_BYTES = 8 * 1_024 * 1_024;

/** The log is looked at this often, though no bell was heard, and so is whether its file is still there. */
const LOOK_EVERY_MS = 100;

/** How often what is too old is removed from a log that nobody writes to. */
const TEND_EVERY_MS = 10_000;

/** After a loss, or a failure to connect, the next attempt comes after half to one and a half of this. */
const RETRY_MS = 200;

/** A log that is there is read without waiting any longer for the thread that writes. */
const START_PATIENCE_MS = 500;

const CHANNEL = /^[A-Za-z0-9_.-]{1,64}$/;
const NOTHING = new Uint8Array(0);

/** A log that was opened, and how far it has been told. */
interface Connection {
  readonly open: OpenStore;
  readonly follower: LogFollower;
}

/** A bus between the processes of one host, with no server: a log in an embedded store. */
export function lmdbBus(options: LmdbBusOptions = {}): LmdbBus {
  return new LmdbBus(options);
}

/**
 * A bus in LMDB, a file that the processes of a host map into memory.
 *
 * Who publishes appends to the log, and touches a file that the others watch.
 * Reading waits for nobody. Appending goes through a thread of its own, for it
 * may have to wait for another process; after the deadline nobody waits for it.
 */
export class LmdbBus implements Bus {
  readonly name: string = NAME;
  readonly reach = 'host';
  readonly maxMessageBytes: number;
  readonly #channel: string;
  readonly #deadlineMs: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #keeper: StoreKeeper;
  readonly #bell: Bell;
  readonly #timers: Record<'look' | 'tend' | 'retry', Cancel> = { look: () => {}, tend: () => {}, retry: () => {} };
  #listener: SafeListener | undefined;
  #connection: Connection | undefined;
  #lossTold = '';
  #pastOverruns = 0;
  #closing: Promise<void> | undefined;

  /** @throws ConfigError when the folder cannot be made or written to, or an option cannot be used. */
  constructor(options: LmdbBusOptions = {}) {
    assertNames(options, LMDB_BUS_OPTIONS, 'lmdbBus');
    const path = resolve(options.path ?? '.tiercel');
    const maxBytes = toBytes(options.maxBytes ?? '16mb', 'maxBytes');
    const keepMs = toMs(options.keepFor ?? '10m', 'keepFor');
    const onWarning = options.onWarning ?? (({ message }) => process.emitWarning(message, 'TiercelWarning'));
    this.#channel = channelOf(options.channel ?? 'tiercel');
    this.#deadlineMs = toMs(options.deadline ?? '250ms', 'deadline');
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? chance;
    this.maxMessageBytes = Math.min(MAX_MESSAGE_BYTES, Math.floor(maxBytes / 4));
    const bellPath = join(path, `${FILE}.bell`);
    this.#bell = new Bell(bellPath, () => this.#connection?.follower.follow());
    const settings: LogThreadSettings = { channel: this.#channel, keepMs, maxBytes, bellPath };
    this.#keeper = new StoreKeeper({
      path,
      file: FILE,
      reservedBytes: 4 * maxBytes,
      thread: { script: new URL('./log-thread.ts', import.meta.url), settings, maxWaitingBytes: MAX_WAITING_BYTES },
      clock: this.#clock,
      errorOf: (message, cause) => new BusError(NAME, message, cause),
      onWarning: (warning) => {
        if (warning.kind === 'reopened') this.#lose(warning.message);
        onWarning(warning);
      },
    });
  }

  get stats(): LmdbBusStats {
    const { open, follower } = this.#connection ?? {};
    const { first, next, bytes } = open ? (new LogReader(open.store, this.#channel).head()?.messages ?? EMPTY) : EMPTY;
    const { swept, quarantined, reopened, writeErrors } = this.#keeper.counts;
    return {
      isConnected: this.#connection !== undefined,
      isPrompt: this.#bell.isHeard,
      logged: next - first,
      loggedBytes: bytes,
      pendingWrites: open?.writer.pending ?? 0,
      writeErrors,
      overruns: this.#pastOverruns + (follower?.overruns ?? 0),
      swept,
      quarantined,
      reopened,
    };
  }

  listen(listener: BusListener): void {
    if (this.#closing !== undefined) throw new ClosedError();
    if (this.#listener) throw new BusError(NAME, 'it has its listener already; make a bus for each');
    this.#listener = new SafeListener(NAME, listener);
    this.#lookLater();
    this.#tendLater();
    void this.#connect();
  }

  publish(message: Uint8Array): Promise<void> {
    return this.#append('messages', message);
  }

  beat(beat: Uint8Array): Promise<void> {
    return this.#append('beats', beat);
  }

  async mark(): Promise<BusMark> {
    return this.#ask((follower) => follower.mark());
  }

  async replay(since: BusMark): Promise<boolean> {
    return this.#ask((follower) => follower.replay(since));
  }

  /** Closes the log when what was published is in it, or cannot get there. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const cancel of Object.values(this.#timers)) cancel();
    this.#bell.close();
    this.#listener?.silence();
    this.#connection?.follower.end();
    await this.#keeper.close();
    this.#connection = undefined;
  }

  async #append(track: TrackName, bytes: Uint8Array): Promise<void> {
    const { open } = this.#connected();
    if (bytes.length > this.maxMessageBytes) {
      throw new BusError(NAME, `a message has ${bytes.length} bytes, of at most ${this.maxMessageBytes}; send less at once`);
    }
    const written = open.writer.write([{ key: track satisfies Errand, bytes: Uint8Array.from(bytes) }]);
    await withDeadline(written, this.#deadlineMs, this.#clock, () => {
      return new BusError(NAME, `nothing was written within ${this.#deadlineMs} ms; another process may hold the lock of its log`);
    });
  }

  /** What the follower of the log makes of it, as long as it is the log that all others have. */
  async #ask<T>(question: (follower: LogFollower) => T | Promise<T>): Promise<T> {
    this.#connected();
    this.#keeper.check();
    const { follower } = this.#connected();
    try {
      return await question(follower);
    } catch (cause) {
      if (this.#closing !== undefined) throw new ClosedError();
      this.#fail(follower, cause);
      throw new BusError(NAME, textOf(cause), { cause });
    }
  }

  #connected(): Connection {
    if (this.#closing !== undefined) throw new ClosedError();
    if (!this.#connection) throw new BusError(NAME, 'it is not connected; wait until the listener is told so');
    return this.#connection;
  }

  async #connect(): Promise<void> {
    try {
      const open = await this.#keeper.open();
      const reader = new LogReader(open.store, this.#channel);
      await this.#ready(open, reader);
      if (this.#closing !== undefined || !this.#listener) return;
      const head = reader.head();
      if (!head || this.#keeper.current !== open) throw new Error('its log was lost as soon as it was opened');
      const follower = new LogFollower(reader, head, this.#listener, (cause) => this.#fail(follower, cause));
      this.#connection = { open, follower };
      this.#lossTold = '';
      this.#bell.listen();
      this.#listener.connected();
      follower.follow();
    } catch (cause) {
      this.#tellLoss(textOf(cause));
      this.#connectLater();
    }
  }

  /** Has the thread started, so that the first message need not wait for it, and the log made where there is none. */
  async #ready({ writer }: OpenStore, reader: LogReader): Promise<void> {
    const found = writer.write([{ key: 'found' satisfies Errand, bytes: NOTHING }]);
    // Beside a stopped process that holds the lock, what is there can be read all the same.
    if (reader.head()) await withDeadline(found, START_PATIENCE_MS, this.#clock, () => new Error('late')).catch(() => {});
    else await found;
  }

  #connectLater(): void {
    if (this.#closing !== undefined) return;
    this.#timers.retry = this.#clock.after(RETRY_MS * (0.5 + this.#random()), () => void this.#connect());
  }

  /** Takes note that the log could not be read. */
  #fail(follower: LogFollower, cause: unknown): void {
    if (follower !== this.#connection?.follower) return;
    this.#keeper.failed(cause);
    this.#lose(textOf(cause));
  }

  #lose(reason: string): void {
    if (!this.#connection) return;
    const { follower } = this.#connection;
    follower.end();
    this.#pastOverruns += follower.overruns;
    this.#connection = undefined;
    this.#tellLoss(reason);
    this.#connectLater();
  }

  #tellLoss(reason: string): void {
    if (reason === this.#lossTold) return;
    this.#lossTold = reason;
    this.#listener?.disconnected(reason);
  }

  #lookLater(): void {
    this.#timers.look = this.#clock.after(LOOK_EVERY_MS, () => {
      this.#keeper.check();
      if (this.#connection) this.#bell.listen();
      this.#connection?.follower.follow();
      if (this.#closing === undefined) this.#lookLater();
    });
  }

  #tendLater(): void {
    this.#timers.tend = this.#clock.after(TEND_EVERY_MS, () => {
      this.#keeper.tend();
      this.#tendLater();
    });
  }
}

const EMPTY = { first: 0, next: 0, bytes: 0 };

function channelOf(channel: string): string {
  if (typeof channel === 'string' && CHANNEL.test(channel)) return channel;
  throw new ConfigError(`\`channel\` is ${JSON.stringify(channel)}; use 1 to 64 letters, digits, "_", "-", "."`);
}
