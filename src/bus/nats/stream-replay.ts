import type { JetStreamManager, StoredMsg, StreamInfo } from '@nats-io/jetstream';
import type { BusMark } from '../bus.ts';

/** More than this is not read again: to drop what is in memory is cheaper. */
const MAX_REPLAYED = 10_000;

/** So many messages are asked for at once. */
const WINDOW = 128;

/** The header of what is no message: a publisher says that the stream may lack some before it. */
export const TEAR = 'Tiercel-Tear';

const PLACE = /^(\d{1,15}) (\S+)$/;

/** The end of a stream: its last sequence number, and when that message came. */
export function markOf({ config, created, state }: StreamInfo): BusMark {
  return { log: `${config.name} ${created}`, at: `${state.last_seq} ${String(state.last_ts)}` };
}

/** What a replay is given by its log. */
export interface StreamReplaySetting {
  readonly manager: JetStreamManager;
  /** A stream of the user's own may have other subjects, too. */
  readonly subject: string;
  readonly find: () => Promise<StreamInfo>;
  readonly tell: (bytes: Uint8Array) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads a stream again from a mark to its end, and vouches for it when nothing is missing.
 *
 * Each message is asked for by its number, for a consumer would go on behind a
 * gap without a word (the client's "ordered" one, too). The message at the mark
 * must be the one that was there then: a stream whose end was lost with its
 * server gives the same numbers to others.
 */
export class StreamReplay {
  readonly #setting: StreamReplaySetting;

  constructor(setting: StreamReplaySetting) {
    this.#setting = setting;
  }

  /** @throws Error when JetStream does not answer. */
  async run(since: BusMark): Promise<boolean> {
    const info = await this.#setting.find();
    const place = PLACE.exec(since.at);
    if (!place || markOf(info).log !== since.log) return false;
    const marked = Number(place[1]);
    const { first_seq: first, last_seq: last } = info.state;
    if (last < marked || (last > marked && first > marked + 1) || last - marked > MAX_REPLAYED) return false;
    if (marked >= first && marked > 0 && (await this.#read(info, marked))?.timestamp !== place[2]) return false;
    const isWhole = await this.#tellAll(info, marked + 1, last);
    return isWhole && markOf(await this.#setting.find()).log === since.log;
  }

  /** In order, up to the first that is not there, or a tear. */
  async #tellAll(info: StreamInfo, first: number, last: number): Promise<boolean> {
    const { signal, subject, tell } = this.#setting;
    const asked: Promise<StoredMsg | undefined>[] = [];
    let next = first;
    for (let at = first; at <= last; at += 1) {
      while (next <= last && asked.length < WINDOW) asked.push(this.#read(info, next++));
      const message = await asked.shift();
      if (signal.aborted || message?.seq !== at || message.header.has(TEAR)) return false;
      if (message.subject === subject) tell(new Uint8Array(message.data));
    }
    return true;
  }

  /** `undefined` when it is not there, and when it cannot be had. */
  async #read({ config }: StreamInfo, seq: number): Promise<StoredMsg | undefined> {
    const { direct, streams } = this.#setting.manager;
    try {
      const message = await (config.allow_direct ? direct.getMessage(config.name, { seq }) : streams.getMessage(config.name, { seq }));
      return message ?? undefined;
    } catch {
      return undefined;
    }
  }
}
