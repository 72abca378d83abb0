import { ConfigError, ValueError } from '../errors.ts';
import { CIPHER_BYTES } from './cipher.ts';
import type { Codec } from './codec/codec.ts';
import type { Codecs } from './codec/codecs.ts';
import { type Entry, NO_TAGS, type SealedEntry } from './entry.ts';
import { decryptPayload, encryptPayload } from './envelope-cipher.ts';
import * as header from './envelope-header.ts';
import { OFFSETS } from './envelope-header.ts';
import { NO_PAYLOAD, type OpenOptions, type Payload, pack, type SealOptions, unpack } from './envelope-payload.ts';
import { readTexts, textsLength, writeTexts } from './envelope-texts.ts';
import type { KeyRing } from './key-ring.ts';
import type { Version } from './version.ts';

/**
 * Why bytes are no entry of a key. Each is a miss and a counter.
 *
 * - `foreign`: not written by Tiercel
 * - `version`: written by a later version
 * - `truncated`: shorter or longer than they were
 * - `checksum`: damaged, or written for another key
 * - `cipher`: not encrypted, though its kind is sensitive; or half marked as encrypted
 * - `cipher-key`: encrypted with a key that is not known here
 * - `cipher-tag`: encrypted, and altered since, or for another key
 * - `tombstone`: no entry, but the mark of one that was deleted
 * - `codec`: of a codec or a compression that is not known here
 * - `size`: longer than the limit, or than they said, once decompressed
 * - `value`: of no sense to their codec, or with a header of none
 */
export type EnvelopeFault =
  | 'foreign'
  | 'version'
  | 'truncated'
  | 'checksum'
  | 'cipher'
  | 'cipher-key'
  | 'cipher-tag'
  | 'tombstone'
  | 'codec'
  | 'size'
  | 'value';

/**
 * Turns an entry into what tiers keep.
 *
 * A negative entry has an encrypted payload too, though an empty one: nobody but who
 * has the key can say that the source has nothing.
 *
 * @throws ValueError when its value cannot be kept or is too long.
 */
export function seal(entry: Entry, codec: Codec, options: SealOptions = {}): SealedEntry {
  const { key, version, eventAt, deadAt, isNegative, source } = entry;
  const keys = options.isSensitive ? keysOf(options) : undefined;
  const payload = isNegative ? NO_PAYLOAD : pack(entry.value, codec, options);
  const payloadLength = payload.bytes.length + (keys ? CIPHER_BYTES : 0);
  const texts = source === undefined ? [entry.why, ...entry.tags] : [entry.why, source, ...entry.tags];
  assertTags(entry.tags);
  const textLength = textsLength(texts);
  const bytes = Buffer.allocUnsafe(header.HEADER_LENGTH + textLength + payloadLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let flags = isNegative ? header.FLAG_NEGATIVE : 0;
  if (entry.isFinal) flags |= header.FLAG_FINAL;
  if (source !== undefined) flags |= header.FLAG_SOURCE;
  if (keys) flags |= header.FLAG_ENCRYPTED;
  writeStart(view, flags, version, deadAt, eventAt);
  view.setUint8(OFFSETS.cipherKey, keys?.writingId ?? 0);
  view.setUint8(OFFSETS.codec, payload.codecId);
  view.setUint8(OFFSETS.compression, payload.compressionId);
  view.setFloat64(OFFSETS.askedAt, entry.askedAt, true);
  view.setFloat64(OFFSETS.staleAt, entry.staleAt, true);
  view.setUint32(OFFSETS.plainLength, payload.plainLength, true);
  view.setUint32(OFFSETS.payloadLength, payloadLength, true);
  view.setUint32(OFFSETS.textsLength, textLength, true);
  const payloadAt = writeTexts(bytes, header.HEADER_LENGTH, texts);
  if (keys) encryptPayload(keys, bytes, payloadAt, payload.bytes, key);
  else bytes.set(payload.bytes, payloadAt);
  view.setUint32(OFFSETS.checksum, header.checksum(bytes, key), true);
  return { key, bytes, version, eventAt, deadAt };
}

/** The mark that keeps older writes out after `key` was deleted; the tier may drop it from `deadAt` on. */
export function sealTombstone(key: string, version: Version, deadAt: number): SealedEntry {
  const bytes = Buffer.alloc(header.HEADER_LENGTH);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  writeStart(view, header.FLAG_TOMBSTONE, version, deadAt, undefined);
  view.setUint32(OFFSETS.checksum, header.checksum(bytes, key), true);
  return { key, bytes, version, eventAt: undefined, deadAt };
}

/** What an entry and a tombstone have in common. Whatever it leaves out is zero or written afterwards. */
function writeStart(view: DataView, flags: number, version: Version, deadAt: number, eventAt: number | undefined): void {
  view.setUint8(OFFSETS.magic, header.MAGIC[0]);
  view.setUint8(OFFSETS.magic + 1, header.MAGIC[1]);
  view.setUint8(OFFSETS.formatVersion, header.FORMAT_VERSION);
  view.setUint8(OFFSETS.reserved, 0);
  view.setUint8(OFFSETS.flags, flags);
  view.setUint8(OFFSETS.cipherKey, 0);
  view.setUint32(OFFSETS.origin, version.origin, true);
  view.setFloat64(OFFSETS.stamp, version.stamp, true);
  view.setFloat64(OFFSETS.deadAt, deadAt, true);
  view.setFloat64(OFFSETS.eventAt, eventAt ?? Number.NaN, true);
}

function keysOf({ keys }: SealOptions): KeyRing {
  if (keys) return keys;
  throw new ConfigError('There is no key to encrypt a sensitive value with; give `encryption: keyRing(…)`');
}

/** A tag that cannot be written as UTF-8 would come back as another, which no invalidation finds. */
function assertTags(tags: readonly string[]): void {
  for (const tag of tags) {
    if (!tag.isWellFormed()) throw new ValueError(`The tag ${JSON.stringify(tag)} holds half of a surrogate pair`, 'tags');
  }
}

/**
 * The entry that was sealed for `key`, or why these bytes are none.
 *
 * It never throws. The bytes may be used again afterwards.
 */
export function open(bytes: Uint8Array, key: string, codecs: Codecs, options: OpenOptions = {}): Entry | EnvelopeFault {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fault = faultOf(bytes, view, key);
  if (fault) return fault;
  const flags = view.getUint8(OFFSETS.flags);
  const payloadAt = bytes.length - view.getUint32(OFFSETS.payloadLength, true);
  const payload = payloadIn(bytes, payloadAt, key, options);
  if (typeof payload === 'string') return payload;
  const texts = readTexts(bytes, view, header.HEADER_LENGTH, payloadAt);
  const tagsAt = (flags & header.FLAG_SOURCE) === 0 ? 1 : 2;
  const why = texts?.[0];
  if (!texts || why === undefined || texts.length < tagsAt || !hasSense(view)) return 'value';

  const isNegative = (flags & header.FLAG_NEGATIVE) !== 0;
  const content = isNegative ? NO_VALUE : unpack(payloadOf(payload, view), codecs, options);
  if (typeof content === 'string') return content;
  return {
    key,
    value: content.value,
    isNegative,
    eventAt: header.readEventAt(view),
    askedAt: view.getFloat64(OFFSETS.askedAt, true),
    staleAt: view.getFloat64(OFFSETS.staleAt, true),
    deadAt: view.getFloat64(OFFSETS.deadAt, true),
    version: { stamp: view.getFloat64(OFFSETS.stamp, true), origin: view.getUint32(OFFSETS.origin, true) },
    tags: texts.length === tagsAt ? NO_TAGS : texts.slice(tagsAt),
    source: tagsAt === 2 ? texts[1] : undefined,
    isFinal: (flags & header.FLAG_FINAL) !== 0,
    why,
  };
}

const NO_VALUE = { value: undefined };

/** Why bytes are no entry of `key`, as far as their header tells. */
function faultOf(bytes: Uint8Array, view: DataView, key: string): EnvelopeFault | undefined {
  if (!header.isEnvelope(bytes)) return 'foreign';
  if (bytes.length > OFFSETS.reserved && !header.isKnownFormat(bytes)) return 'version';
  if (bytes.length < header.HEADER_LENGTH) return 'truncated';
  const length = header.HEADER_LENGTH + view.getUint32(OFFSETS.textsLength, true) + view.getUint32(OFFSETS.payloadLength, true);
  if (length !== bytes.length) return 'truncated';
  if (view.getUint32(OFFSETS.checksum, true) !== header.checksum(bytes, key)) return 'checksum';
  const flags = view.getUint8(OFFSETS.flags);
  if ((flags & ~header.KNOWN_FLAGS) !== 0) return 'version';
  if (((flags & header.FLAG_ENCRYPTED) !== 0) !== (view.getUint8(OFFSETS.cipherKey) !== 0)) return 'cipher';
  return (flags & header.FLAG_TOMBSTONE) !== 0 ? 'tombstone' : undefined;
}

/**
 * The payload as it was before it was encrypted, if it was. What need not be encrypted
 * and is, is read all the same: a kind that ceases to be sensitive loses nothing.
 */
function payloadIn(bytes: Uint8Array, payloadAt: number, key: string, { isSensitive, keys }: OpenOptions): Uint8Array | EnvelopeFault {
  if (bytes[OFFSETS.cipherKey] !== 0) return decryptPayload(keys, bytes, payloadAt, key);
  return isSensitive ? 'cipher' : bytes.subarray(payloadAt);
}

/** Whether version and instants are such as are written. The checksum tells damage; this tells bytes made by others. */
function hasSense(view: DataView): boolean {
  const stamp = view.getFloat64(OFFSETS.stamp, true);
  if (!Number.isSafeInteger(stamp) || stamp < 0 || !Number.isFinite(view.getFloat64(OFFSETS.askedAt, true))) return false;
  return !Number.isNaN(view.getFloat64(OFFSETS.staleAt, true)) && !Number.isNaN(view.getFloat64(OFFSETS.deadAt, true));
}

function payloadOf(bytes: Uint8Array, view: DataView): Payload {
  return {
    bytes,
    plainLength: view.getUint32(OFFSETS.plainLength, true),
    codecId: view.getUint8(OFFSETS.codec),
    compressionId: view.getUint8(OFFSETS.compression),
  };
}
