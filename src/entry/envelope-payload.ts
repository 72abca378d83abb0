import { ValueError } from '../errors.ts';
import type { Codec } from './codec/codec.ts';
import type { Codecs } from './codec/codecs.ts';
import { builtInCompressions, type Compression, type Compressions, fastestCompression } from './compression.ts';
import type { KeyRing } from './key-ring.ts';

/** How values become bytes. */
export interface SealOptions {
  /** @default zstd, or deflate where this Node has no zstd */
  readonly compression?: Compression;
  /** Shorter values stay as they are; `Infinity` compresses none. @default 2048 */
  readonly compressFromBytes?: number;
  /** Longer values are refused; at most 4 GB. @default 16 MB */
  readonly maxValueBytes?: number;
  /** Whether the payload is encrypted. @default false */
  readonly isSensitive?: boolean;
  /** Encrypt it. */
  readonly keys?: KeyRing | undefined;
}

/** How bytes become values. */
export interface OpenOptions {
  /** @default what this Node can read */
  readonly compressions?: Compressions;
  /** Values that are longer once decompressed are refused. @default 64 MB */
  readonly maxPlainBytes?: number;
  /** Whether a payload that is not encrypted is refused. @default false */
  readonly isSensitive?: boolean;
  /** Read encrypted payloads, whether they had to be encrypted or not. */
  readonly keys?: KeyRing | undefined;
}

/** Below this, compression saves nothing worth its time. */
const DEFAULT_COMPRESS_FROM_BYTES = 2_048;
const DEFAULT_MAX_VALUE_BYTES: number = 16 * 1_024 * 1_024;
export const DEFAULT_MAX_PLAIN_BYTES: number = 64 * 1_024 * 1_024;

/** A value as an envelope holds it. */
export interface Payload {
  readonly bytes: Uint8Array;
  /** How many bytes it has before compression. */
  readonly plainLength: number;
  readonly codecId: number;
  /** Zero for none. */
  readonly compressionId: number;
}

/** The payload of an entry that has no value. */
export const NO_PAYLOAD: Payload = { bytes: new Uint8Array(0), plainLength: 0, codecId: 0, compressionId: 0 };

/** Encodes a value, and compresses it if that makes it shorter. @throws ValueError when it cannot be kept or is too long. */
export function pack(value: unknown, codec: Codec, options: SealOptions): Payload {
  const plain = options.isSensitive ? encodedInSecret(value, codec) : codec.encode(value);
  const plainLength = plain.length;
  const limit = options.maxValueBytes ?? DEFAULT_MAX_VALUE_BYTES;
  if (plainLength > limit) {
    throw new ValueError(`The value has ${plainLength} bytes and may have ${limit}; split it, or raise \`maxValueBytes\``, '$');
  }
  if (plainLength >= (options.compressFromBytes ?? DEFAULT_COMPRESS_FROM_BYTES)) {
    const compression = options.compression ?? fastestCompression;
    const bytes = compression.compress(plain);
    if (bytes.length < plainLength) return { bytes, plainLength, codecId: codec.id, compressionId: compression.id };
  }
  return { bytes: plain, plainLength, codecId: codec.id, compressionId: 0 };
}

/** What a codec says of a value may quote it, if only its names: of a sensitive one it is not told. */
function encodedInSecret(value: unknown, codec: Codec): Uint8Array {
  try {
    return codec.encode(value);
  } catch {
    throw new ValueError('A value of a sensitive kind cannot be kept; try it in a kind that is not, to be told which part', '$');
  }
}

/** A value that was packed, in a box, for it may be anything; or why it cannot be had. It never throws. */
export function unpack(payload: Payload, codecs: Codecs, options: OpenOptions): { readonly value: unknown } | 'codec' | 'size' | 'value' {
  const codec = codecs.get(payload.codecId);
  if (!codec) return 'codec';
  if (payload.plainLength > (options.maxPlainBytes ?? DEFAULT_MAX_PLAIN_BYTES)) return 'size';
  const plain = payload.compressionId === 0 ? payload.bytes : decompress(payload, options.compressions ?? builtInCompressions);
  if (typeof plain === 'string') return plain;
  if (plain.length !== payload.plainLength) return 'value';
  try {
    return { value: codec.decode(plain) };
  } catch {
    return 'value';
  }
}

function decompress(payload: Payload, compressions: Compressions): Uint8Array | 'codec' | 'size' | 'value' {
  const compression = compressions.get(payload.compressionId);
  if (!compression) return 'codec';
  if (payload.plainLength === 0) return 'value';
  try {
    // What it said it is long, and not a byte more: a bomb ends there.
    return compression.decompress(payload.bytes, payload.plainLength);
  } catch (cause) {
    return cause instanceof RangeError ? 'size' : 'value';
  }
}
