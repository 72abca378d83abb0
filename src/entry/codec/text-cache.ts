/** Texts of at most this many characters are remembered. */
export const MAX_REMEMBERED_LENGTH = 32;

/** A power of two. */
const SLOTS = 1_024;

/**
 * Short ASCII texts that were read before, found by their bytes.
 *
 * Names of properties and symbols of instruments come again in every value; to
 * find one here costs a tenth of decoding it, and all who read it share it. Each
 * text has one slot, where the next of the same hash takes its place.
 */
export class TextCache {
  readonly #slots: string[] = new Array<string>(SLOTS).fill('');
  readonly #remember: (text: string) => string;

  /** @param remember turns a text into the one to be kept. */
  constructor(remember: (text: string) => string = (text) => text) {
    this.#remember = remember;
  }

  /** The text of `length` bytes from `start`; `undefined` when they are not all ASCII. */
  read(view: DataView, start: number, length: number): string | undefined {
    let hash = length;
    let bits = 0;
    for (let at = start; at < start + length; at++) {
      const byte = view.getUint8(at);
      bits |= byte;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (bits > 0x7f) return undefined;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#slots[slot] ?? '';
    if (isSame(known, view, start, length)) return known;
    const text = this.#remember(asciiText(view, start, length));
    this.#slots[slot] = text;
    return text;
  }
}

/** The text itself as engines keep names of properties: to store under it then needs no look-up. */
export function internalized(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}

function isSame(text: string, view: DataView, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(i) !== view.getUint8(start + i)) return false;
  }
  return true;
}

function asciiText(view: DataView, start: number, length: number): string {
  return Buffer.from(view.buffer, view.byteOffset + start, length).toString('latin1');
}
