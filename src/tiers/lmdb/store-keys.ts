import { MAX_KEY_BYTES } from '../../lmdb/store.ts';

/** The first key that an entry may have: its keys hold no control characters. What stands before it is not an entry's. */
export const FIRST_KEY = ' ';

/** What stands before the key of a lease; so scans and sweeps of entries, which begin at {@link FIRST_KEY}, never meet one. */
export const LEASE_MARK = '\u0001';

/** Whether an entry may have this key. Most are far from the limit, and need not be counted. */
export function isEntryKey(key: string): boolean {
  if (key < FIRST_KEY) return false;
  return key.length * 3 <= MAX_KEY_BYTES || (key.length <= MAX_KEY_BYTES && Buffer.byteLength(key) <= MAX_KEY_BYTES);
}

/** The key of the lease of `key`; `undefined` when it is too long. */
export function leaseKey(key: string): string | undefined {
  return LEASE_MARK.length + Buffer.byteLength(key) <= MAX_KEY_BYTES ? `${LEASE_MARK}${key}` : undefined;
}

/** Whether what the writer was given is about a lease. */
export function isLeaseKey(key: Uint8Array): boolean {
  return key[0] === LEASE_MARK.charCodeAt(0);
}
