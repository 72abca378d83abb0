/** The weight of a value in bytes, at least 0. */
export type Weigher<V> = (value: V) => number;

/** A value is walked this far; what is left is taken to be like what was seen. */
const MAX_VISITS = 256;

const WORD = 8;
const OBJECT_HEADER = 32;
const VIEW_HEADER = 128;

/**
 * About how many bytes of memory a value takes in V8: strings by their length,
 * views by their buffers, records and lists by their parts. It looks at 256
 * parts at most and extends the rest from those, so that its cost is bounded;
 * what is shared within the value is counted as often as it is met.
 */
export function estimateBytes(value: unknown): number {
  return new Estimate().of(value);
}

class Estimate {
  #visitsLeft = MAX_VISITS;

  of(value: unknown): number {
    switch (typeof value) {
      case 'string':
        return 16 + value.length * 2;
      case 'object':
        return value === null ? WORD : this.#ofObject(value);
      case 'bigint':
        return 24;
      default:
        return WORD;
    }
  }

  #ofObject(value: object): number {
    if (this.#visitsLeft <= 0) return OBJECT_HEADER;
    if (Array.isArray(value)) return OBJECT_HEADER + this.#ofParts(value, value.length, WORD);
    if (ArrayBuffer.isView(value)) return VIEW_HEADER + value.byteLength;
    if (value instanceof ArrayBuffer) return VIEW_HEADER + value.byteLength;
    if (value instanceof Map) return 64 + this.#ofParts(value.keys(), value.size, 24) + this.#ofParts(value.values(), value.size, 0);
    if (value instanceof Set) return 64 + this.#ofParts(value, value.size, 24);
    if (value instanceof Date) return 96;
    const parts = Object.values(value);
    return OBJECT_HEADER + this.#ofParts(parts, parts.length, WORD);
  }

  #ofParts(parts: Iterable<unknown>, count: number, wordsEach: number): number {
    let seen = 0;
    let bytes = 0;
    for (const part of parts) {
      if (this.#visitsLeft <= 0) break;
      this.#visitsLeft -= 1;
      seen += 1;
      bytes += this.of(part);
    }
    return count * wordsEach + (seen === 0 ? count * WORD : (bytes / seen) * count);
  }
}
