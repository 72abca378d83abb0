import { randomUUID } from 'node:crypto';
import type { BusMark } from '../bus.ts';

/** The messages in a log take no more room than this, however few that makes. */
const KEPT_BYTES = 64 * 1_024 * 1_024;

/** A bounded log of messages in memory: what is too old is forgotten, and it knows that it was. */
export class MessageLog {
  /** Tells this log from one made anew. */
  readonly name: string = randomUUID();
  readonly #keep: number;
  readonly #messages = new Map<number, Uint8Array>();
  #first = 0;
  #end = 0;
  #bytes = 0;

  /** @param keep how many messages it holds at most. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  get mark(): BusMark {
    return { log: this.name, at: String(this.#end) };
  }

  /** Takes the bytes as they are; they must not change any more. */
  append(bytes: Uint8Array): void {
    this.#messages.set(this.#end++, bytes);
    this.#bytes += bytes.length;
    while (this.#messages.size > this.#keep || this.#bytes > KEPT_BYTES) {
      this.#bytes -= this.#messages.get(this.#first)?.length ?? 0;
      this.#messages.delete(this.#first++);
    }
  }

  /** What it still has behind `since`, and whether that is all there was. A mark of another log stands before everything. */
  since({ log, at }: BusMark): { readonly messages: readonly Uint8Array[]; readonly isWhole: boolean } {
    const from = log === this.name ? Number(at) : Number.NaN;
    const isWhole = from >= this.#first && from <= this.#end;
    return { messages: [...this.#messages].filter(([place]) => !isWhole || place >= from).map(([, bytes]) => bytes), isWhole };
  }
}
