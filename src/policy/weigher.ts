/** The weight of a value in bytes, at least 0. */
export type Weigher<V> = (value: V) => number;

/** A value is walked this far; what is left is taken to be like what was seen. */
const MAX_LOOKS = 256;
/** Of a list, a map or a set, this many parts stand for all; of a record, the first of {@link MAX_LOOKS}. */
const SAMPLE = 16;

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
  return (typeof value === 'object' && value !== null && bytesOfFlatRecord(value)) || bytesOf(value, MAX_LOOKS);
}

/** The same for a record of scalars, which most values are, without a list on the way; 0 for anything else. */
function bytesOfFlatRecord(record: object): number {
  if (Object.getPrototypeOf(record) !== Object.prototype) return 0;
  let bytes = OBJECT_HEADER;
  let looks = 0;
  for (const name in record) {
    const part = (record as Record<string, unknown>)[name];
    if (typeof part === 'object' && part !== null) return 0;
    bytes += WORD + bytesOf(part, 0);
    looks += 1;
    if (looks === MAX_LOOKS) return OBJECT_HEADER + ((bytes - OBJECT_HEADER) / looks) * Object.keys(record).length;
  }
  return bytes;
}

function bytesOf(value: unknown, looks: number): number {
  switch (typeof value) {
    case 'string':
      return 16 + value.length * 2;
    case 'object':
      return value === null ? WORD : bytesOfObject(value, looks);
    case 'bigint':
      return 24;
    default:
      return WORD;
  }
}

function bytesOfObject(value: object, looks: number): number {
  if (Array.isArray(value)) return OBJECT_HEADER + bytesOfParts(value.slice(0, SAMPLE), value.length, WORD, looks);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return VIEW_HEADER + value.byteLength;
  if (value instanceof Map)
    return (
      64 + bytesOfParts(first(value.keys()), value.size, 24, looks / 2) + bytesOfParts(first(value.values()), value.size, 0, looks / 2)
    );
  if (value instanceof Set) return 64 + bytesOfParts(first(value), value.size, 24, looks);
  if (value instanceof Date) return 96;
  const names = Object.keys(value);
  const parts = names.slice(0, looks).map((name) => (value as Record<string, unknown>)[name]);
  return OBJECT_HEADER + bytesOfParts(parts, names.length, WORD, looks);
}

/** What is left of the looks is shared among the parts that have parts. */
function bytesOfParts(sample: readonly unknown[], count: number, wordsEach: number, looks: number): number {
  const seen = sample.slice(0, looks);
  if (seen.length === 0) return count * (wordsEach + WORD);
  const deep = seen.filter((part) => typeof part === 'object' && part !== null).length;
  const share = Math.floor((looks - seen.length) / Math.max(1, deep));
  const bytes = seen.reduce<number>((sum, part) => sum + bytesOf(part, share), 0);
  return count * (wordsEach + bytes / seen.length);
}

function first(parts: Iterable<unknown>): unknown[] {
  const sample: unknown[] = [];
  for (const part of parts) {
    if (sample.length === SAMPLE) break;
    sample.push(part);
  }
  return sample;
}
