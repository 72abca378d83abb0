import { FORMAT_VERSION, OFFSETS } from './envelope-header.ts';
import type { KeyRing } from './key-ring.ts';

/** Before the full key in what a payload is bound to. */
const FORMAT: string = `Tc${FORMAT_VERSION}:`;

/**
 * All of an envelope that its encrypted payload is bound to: the header from its flags
 * on, the texts, the format and the full key. So a ciphertext moved to another key,
 * given another life, or relabelled is none any more.
 *
 * The checksum stays out, for it covers the payload. The lengths in the header tell
 * where the texts end, so no two envelopes are bound to the same bytes.
 */
function boundBytes(bytes: Uint8Array, payloadAt: number, key: string): Uint8Array {
  const headLength = payloadAt - OFFSETS.flags;
  const bound = Buffer.allocUnsafe(headLength + FORMAT.length + Buffer.byteLength(key));
  bound.set(bytes.subarray(OFFSETS.flags, payloadAt));
  bound.write(FORMAT + key, headLength);
  return bound;
}

/** Encrypts `plain` as the payload of an envelope whose header and texts are written. */
export function encryptPayload(keys: KeyRing, bytes: Uint8Array, payloadAt: number, plain: Uint8Array, key: string): void {
  keys.encryptInto(bytes, payloadAt, plain, boundBytes(bytes, payloadAt, key));
}

/** The payload that was encrypted, or why it cannot be had. It never throws. */
export function decryptPayload(
  keys: KeyRing | undefined,
  bytes: Uint8Array,
  payloadAt: number,
  key: string,
): Uint8Array | 'cipher-key' | 'cipher-tag' {
  const id = bytes[OFFSETS.cipherKey] ?? 0;
  if (!keys?.has(id)) return 'cipher-key';
  return keys.decrypt(id, bytes.subarray(payloadAt), boundBytes(bytes, payloadAt, key)) ?? 'cipher-tag';
}
