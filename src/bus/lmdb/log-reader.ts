import type { LmdbStore } from '../../lmdb/store.ts';
import { contentOf, headKey, type LogHead, readHead, recordKey, type TrackName } from './log-head.ts';

/** What is read in one go, before others have their turn. */
const MAX_RUN = 512;
const MAX_RUN_BYTES = 1_024 * 1_024;

/** Reads the log of a channel: at once, and waiting for nobody. */
export class LogReader {
  readonly #store: LmdbStore;
  readonly #channel: string;

  constructor(store: LmdbStore, channel: string) {
    this.#store = store;
    this.#channel = channel;
  }

  /**
   * The head of the log as the latest write left it; `undefined` when there is no
   * log. What is read after it, in the same turn of the event loop, is of the
   * same instant.
   */
  head(): LogHead | undefined {
    this.#store.refresh();
    return readHead(this.#store.borrow(headKey(this.#channel)));
  }

  /** Some of what has the numbers `from` up to `end`, in order, to own: at least one where there is any. */
  run(track: TrackName, from: number, end: number): Uint8Array[] {
    const found: Uint8Array[] = [];
    let bytes = 0;
    for (let at = from; at < end && found.length < MAX_RUN && bytes < MAX_RUN_BYTES; at += 1) {
      const record = this.#store.get(recordKey(this.#channel, track, at));
      if (!record) break;
      found.push(contentOf(record));
      bytes += record.length;
    }
    return found;
  }
}
