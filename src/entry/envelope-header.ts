import { checksumOf } from './checksum.ts';
import { compareVersions, type Version } from './version.ts';

/**
 * Where the fields of an envelope stand; numbers are little-endian.
 *
 * After the header come the texts, each with its length in 32 bits before it: why,
 * the source if the flags tell of one, the tags. After the texts comes the payload.
 * Tiers that compare where the bytes are kept, as Redis does, read `flags` to
 * `eventAt` at these places; they do not move within a format version.
 */
export const OFFSETS = {
  /** Two bytes: "Tc". */
  magic: 0,
  formatVersion: 2,
  /** Zero in this version. */
  reserved: 3,
  /**
   * CRC-32 of the full key and of all that follows, so that bytes moved under
   * another key are refused. It tells damage, not intent: who can write to the
   * store can compute it. Encryption proves the writer.
   */
  checksum: 4,
  flags: 8,
  codec: 9,
  /** Zero for none. */
  compression: 10,
  /** The encryption key; zero for none. */
  cipherKey: 11,
  origin: 12,
  stamp: 16,
  askedAt: 24,
  staleAt: 32,
  /** Infinity for never. */
  deadAt: 40,
  /** NaN for unknown. */
  eventAt: 48,
  /** How many bytes the payload has before compression. */
  plainLength: 56,
  payloadLength: 60,
  textsLength: 64,
} as const;

export const HEADER_LENGTH = 68;
export const FORMAT_VERSION = 1;
/** The first two bytes of every envelope: "Tc". */
export const MAGIC: readonly [number, number] = [0x54, 0x63];

export const FLAG_NEGATIVE = 1;
export const FLAG_FINAL = 2;
export const FLAG_TOMBSTONE = 4;
export const FLAG_SOURCE = 8;
/** The payload is encrypted, with the key that `cipherKey` names. */
export const FLAG_ENCRYPTED = 16;
export const KNOWN_FLAGS: number = FLAG_NEGATIVE | FLAG_FINAL | FLAG_TOMBSTONE | FLAG_SOURCE | FLAG_ENCRYPTED;

/** What decides which of two entries under a key stays. */
export interface Precedence {
  readonly version: Version;
  readonly eventAt: number | undefined;
  readonly isTombstone?: boolean;
}

/** What a tier reads of an envelope without opening it. */
export interface Header extends Precedence {
  readonly deadAt: number;
  readonly isTombstone: boolean;
}

/**
 * The header of an envelope; `undefined` when the bytes are none of a version known here.
 *
 * @param key when given, the checksum must be right too: a damaged header could otherwise keep newer entries out.
 */
export function peekHeader(bytes: Uint8Array, key?: string): Header | undefined {
  if (bytes.length < HEADER_LENGTH || !isEnvelope(bytes) || !isKnownFormat(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (key !== undefined && view.getUint32(OFFSETS.checksum, true) !== checksum(bytes, key)) return undefined;
  return {
    version: { stamp: view.getFloat64(OFFSETS.stamp, true), origin: view.getUint32(OFFSETS.origin, true) },
    eventAt: readEventAt(view),
    deadAt: view.getFloat64(OFFSETS.deadAt, true),
    isTombstone: (view.getUint8(OFFSETS.flags) & FLAG_TOMBSTONE) !== 0,
  };
}

/**
 * Whether `incoming` takes the place of what is stored: it has the later `eventAt`
 * where both have one, else the newer version. A tombstone is compared by version
 * alone. The same entry again is not newer.
 */
export function isNewer(incoming: Precedence, stored: Precedence | undefined): boolean {
  if (!stored) return true;
  if (!incoming.isTombstone && !stored.isTombstone && incoming.eventAt !== undefined && stored.eventAt !== undefined) {
    if (incoming.eventAt !== stored.eventAt) return incoming.eventAt > stored.eventAt;
  }
  return compareVersions(incoming.version, stored.version) > 0;
}

/** Whether the bytes start as an envelope does. */
export function isEnvelope(bytes: Uint8Array): boolean {
  return bytes[OFFSETS.magic] === MAGIC[0] && bytes[OFFSETS.magic + 1] === MAGIC[1];
}

/** Whether an envelope is of the format version written here. */
export function isKnownFormat(bytes: Uint8Array): boolean {
  return bytes[OFFSETS.formatVersion] === FORMAT_VERSION && bytes[OFFSETS.reserved] === 0;
}

/** The checksum of an envelope under `key`. */
export function checksum(bytes: Uint8Array, key: string): number {
  return checksumOf(key, bytes, OFFSETS.flags);
}

/** When the value was true at its source, if that is known. */
export function readEventAt(view: DataView): number | undefined {
  const eventAt = view.getFloat64(OFFSETS.eventAt, true);
  return Number.isNaN(eventAt) ? undefined : eventAt;
}
