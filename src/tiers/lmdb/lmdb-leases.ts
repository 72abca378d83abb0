import type { Leases } from '../leases.ts';
import { leaseRequest } from './lease-table.ts';
import { leaseKey } from './store-keys.ts';

/** Has the thread of the tier write; brings a number for each. */
type Write = (requests: readonly { readonly key: string; readonly bytes: Uint8Array }[]) => Promise<Float64Array>;

/**
 * Leases in the file of the tier, among the processes of a host. They are asked
 * for as entries are written, and wait like these for whoever holds the lock.
 */
export class LmdbLeases implements Leases {
  readonly #write: Write;

  constructor(write: Write) {
    this.#write = write;
  }

  async acquire(keys: readonly string[], holder: string, ttlMs: number): Promise<number[]> {
    const answers = await this.#ask(keys, leaseRequest(holder, ttlMs));
    // The tier keeps nothing under a key that is too long, so nobody could wait for it.
    let at = 0;
    return keys.map((key) => (leaseKey(key) === undefined ? 0 : (answers[at++] ?? 0)));
  }

  async release(keys: readonly string[], holder: string): Promise<void> {
    await this.#ask(keys, leaseRequest(holder, 'release'));
  }

  async #ask(keys: readonly string[], bytes: Uint8Array): Promise<Float64Array> {
    const requests = keys.map(leaseKey).filter((key) => key !== undefined);
    return requests.length === 0 ? new Float64Array() : this.#write(requests.map((key) => ({ key, bytes })));
  }
}
