import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/**
 * AES-256 in Galois/Counter Mode (NIST SP 800-38D), as encrypted payloads have it:
 *
 *     nonce (12 bytes)  ciphertext (as long as the plaintext)  tag (16 bytes)
 *
 * Keys are KeyObjects: with raw bytes every call would make one anew, which takes as
 * long as the cipher.
 */
const ALGORITHM = 'aes-256-gcm';
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Without this length Node takes a tag of 4 bytes for a whole one, which a forger can guess. */
const TAG = { authTagLength: TAG_BYTES } as const;

/** How much longer a payload is once encrypted. */
export const CIPHER_BYTES: number = NONCE_BYTES + TAG_BYTES;

/** Writes `plain`, encrypted under a nonce that was never used with this key, into `target` from `at` on. */
export function encryptInto(
  target: Uint8Array,
  at: number,
  plain: Uint8Array,
  secret: KeyObject,
  nonce: Uint8Array,
  bound: Uint8Array,
): void {
  const cipher = createCipheriv(ALGORITHM, secret, nonce, TAG);
  cipher.setAAD(bound);
  target.set(nonce, at);
  target.set(cipher.update(plain), at + NONCE_BYTES);
  cipher.final();
  target.set(cipher.getAuthTag(), at + NONCE_BYTES + plain.length);
}

/** What was encrypted with this key and bound to these bytes; `undefined` when any of the three is another. */
export function decrypt(packed: Uint8Array, secret: KeyObject, bound: Uint8Array): Uint8Array | undefined {
  const tagAt = packed.length - TAG_BYTES;
  if (tagAt < NONCE_BYTES) return undefined;
  try {
    const decipher = createDecipheriv(ALGORITHM, secret, packed.subarray(0, NONCE_BYTES), TAG);
    decipher.setAAD(bound);
    decipher.setAuthTag(packed.subarray(tagAt));
    const plain = decipher.update(packed.subarray(NONCE_BYTES, tagAt));
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}
