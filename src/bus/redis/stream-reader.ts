import type { NodeConnection } from '../../redis/node-connection.ts';
import type { RedisReply } from '../../redis/redis-client.ts';
import type { Clock } from '../../time/clock.ts';
import { failureText } from './outbox.ts';
import type { Place } from './place.ts';
import type { ChannelKeys } from './redis-bus-settings.ts';
import { entriesUnder, type StreamEntry, type StreamId } from './stream-entries.ts';
import { logNameOf, MESSAGES_PER_READ } from './stream-log.ts';

/** Beats are looked for so often; each costs every process nothing until then. */
const LOOK_EVERY_MS = 200;

/** What a reader is given by its bus. */
export interface StreamReaderSetting {
  /** Its own: a read that blocks holds up all that is sent behind it. */
  readonly connection: NodeConnection;
  readonly keys: ChannelKeys;
  readonly clock: Clock;
  /** Messages behind this place are told, and beats behind this id. */
  readonly from: Place;
  readonly beatsFrom: StreamId;
  readonly onMessage: (bytes: Uint8Array) => void;
  readonly onBeat: (bytes: Uint8Array) => void;
  /** It has ended by itself, and tells nothing more: the log is another one, or the answer was an error. */
  readonly onOver: (reason: string, isLogLost: boolean) => void;
}

/**
 * Tells what comes into the streams of a channel.
 *
 * It waits for messages by a read that blocks until there are some, or until it
 * is time to look for beats. That look is one read of both streams, which Redis
 * carries out as a whole: so beats are told behind every message that was there
 * when they were. Where there were more messages than one read brings, the beats
 * are left for the next.
 */
export class StreamReader {
  readonly #setting: StreamReaderSetting;
  #newsAt: StreamId;
  #beatsAt: StreamId;
  #told = 0;
  #looksAt: number;
  #isOver = false;

  constructor(setting: StreamReaderSetting) {
    this.#setting = setting;
    this.#newsAt = setting.from.at;
    this.#beatsAt = setting.beatsFrom;
    this.#looksAt = setting.clock.monotonic();
  }

  /** How far it has told the messages. */
  get place(): Place {
    const { log, added } = this.#setting.from;
    return { log, at: this.#newsAt, added: added === undefined ? undefined : added + this.#told };
  }

  /** The last beat that was told. */
  get beatsAt(): StreamId {
    return this.#beatsAt;
  }

  /** Whether the log it was given is what its connection reads. It tells nothing. @throws Error when Redis refuses. */
  async canRead(): Promise<boolean> {
    const [, name] = await this.#read();
    return name === this.#setting.from.log;
  }

  /** Begins to read and to tell. */
  start(): void {
    void this.#run();
  }

  /** Tells nothing from now on. */
  stop(): void {
    this.#isOver = true;
  }

  async #run(): Promise<void> {
    const { clock } = this.#setting;
    try {
      while (!this.#isOver) {
        const waitMs = Math.ceil(this.#looksAt - clock.monotonic());
        if (waitMs > 0) await this.#await(waitMs);
        else await this.#look();
      }
    } catch (error) {
      this.#end(failureText(error), false);
    }
  }

  /** Tells what comes, until something has or the time is over, by the server's clock. */
  async #await(waitMs: number): Promise<void> {
    const { connection, keys, clock } = this.#setting;
    const count = ['COUNT', String(MESSAGES_PER_READ)];
    const reply = await connection.send(0, ['XREAD', ...count, 'BLOCK', String(waitMs), 'STREAMS', keys.news, this.#newsAt]);
    if (reply === null) this.#looksAt = clock.monotonic();
    else this.#tellNews(entriesUnder(keys.news, reply));
  }

  async #look(): Promise<void> {
    const { keys, clock, from, onBeat } = this.#setting;
    const [reply, name] = await this.#read();
    const news = entriesUnder(keys.news, reply);
    this.#tellNews(news);
    if (name !== from.log) return this.#end('its log was deleted, flushed or evicted, and is made anew', true);
    if (news.length === MESSAGES_PER_READ) return;
    const beats = entriesUnder(keys.beats, reply);
    for (const { id, bytes } of beats) {
      if (this.#isOver) return;
      if (bytes) onBeat(bytes);
      this.#beatsAt = id;
    }
    if (beats.length < MESSAGES_PER_READ) this.#looksAt = clock.monotonic() + LOOK_EVERY_MS;
  }

  /** What is in both streams, and the name of the log after that: one that is still the same was the same when it was read. */
  #read(): Promise<readonly [RedisReply, string | undefined]> {
    const { connection, keys } = this.#setting;
    const count = ['COUNT', String(MESSAGES_PER_READ)];
    const read = connection.send(0, ['XREAD', ...count, 'STREAMS', keys.news, keys.beats, this.#newsAt, this.#beatsAt]);
    return Promise.all([read, logNameOf(connection, keys.news)]);
  }

  #tellNews(entries: readonly StreamEntry[]): void {
    for (const { id, bytes } of entries) {
      if (this.#isOver) return;
      if (bytes) this.#setting.onMessage(bytes);
      this.#newsAt = id;
      this.#told += 1;
    }
  }

  #end(reason: string, isLogLost: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#setting.onOver(reason, isLogLost);
  }
}
