import { FLAG_TOMBSTONE, FORMAT_VERSION, HEADER_LENGTH, MAGIC, OFFSETS } from '../../entry/envelope-header.ts';
import type { Version } from '../../entry/version.ts';
import { DAY } from '../../time/duration.ts';

/** Begins the keys that are none of entries: no namespace begins so. */
const APART = '~';

/** The second byte of a stub, where an envelope has that of its magic. */
const STUB_MAGIC = 0x6c;

/** The first four bytes of an envelope, and of a stub, as a script in Redis compares them. */
export const ENVELOPE_START: readonly number[] = [...MAGIC, FORMAT_VERSION, 0];
export const STUB_START: readonly number[] = [MAGIC[0], STUB_MAGIC, FORMAT_VERSION, 0];

/** What lives longer has no end: Redis refuses instants that it cannot count to. */
const LONGEST_MS = 36_500 * DAY;

/**
 * Names and forms of what a tier keeps in Redis, all of it under one prefix.
 *
 * An entry's envelope stands under its key. That of a large one stands under a
 * key of its own, which names the version and so is written once and never
 * changed; under the entry's key there is a stub, the envelope's header with
 * another magic. Stub and envelope are one if their headers are.
 */
export class RedisLayout {
  readonly prefix: string;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  entryKey(key: string): string {
    return this.prefix + key;
  }

  /** Where the envelope of a large entry stands. */
  largeKey(key: string, version: Version): string {
    return `${this.prefix}${APART}large:${version.stamp}-${version.origin}:${key}`;
  }

  leaseKey(key: string): string {
    return `${this.prefix}${APART}lease:${key}`;
  }

  /** The key of the entry that stands under a key of Redis; `undefined` when none does. */
  keyOf(redisKey: string): string | undefined {
    const at = this.prefix.length;
    return redisKey.startsWith(this.prefix) && redisKey[at] !== APART ? redisKey.slice(at) : undefined;
  }
}

/** For how many milliseconds Redis keeps what dies at `deadAt`, as it takes them; `undefined` for ever. */
export function expiryOf(deadAt: number, now: number): string | undefined {
  const ms = deadAt - now;
  return ms > LONGEST_MS ? undefined : String(Math.max(1, Math.ceil(ms)));
}

/** What stands in the place of a large envelope. */
export function stubOf(envelope: Uint8Array): Buffer {
  const stub = Buffer.from(envelope.subarray(0, HEADER_LENGTH));
  stub[OFFSETS.magic + 1] = STUB_MAGIC;
  return stub;
}

export function isStub(bytes: Uint8Array): boolean {
  return bytes.length === HEADER_LENGTH && bytes[OFFSETS.magic] === MAGIC[0] && bytes[OFFSETS.magic + 1] === STUB_MAGIC;
}

/** Whether the stub was made of the envelope. */
export function isStubOf(stub: Buffer, envelope: Uint8Array): boolean {
  return stub.equals(stubOf(envelope));
}

/** The version that a stub, or the header of an envelope, names. */
export function versionIn(header: Buffer): Version {
  return { stamp: header.readDoubleLE(OFFSETS.stamp), origin: header.readUInt32LE(OFFSETS.origin) };
}

/** Whether bytes are a tombstone, or an entry or stub that is dead at `now`. What is neither is for the cache to refuse. */
export function isGone(bytes: Buffer, now: number): boolean {
  if (bytes.length < HEADER_LENGTH || bytes[0] !== MAGIC[0] || (bytes[1] !== MAGIC[1] && bytes[1] !== STUB_MAGIC)) return false;
  if (bytes[OFFSETS.formatVersion] !== FORMAT_VERSION || bytes[OFFSETS.reserved] !== 0) return false;
  return ((bytes[OFFSETS.flags] ?? 0) & FLAG_TOMBSTONE) !== 0 || bytes.readDoubleLE(OFFSETS.deadAt) <= now;
}
