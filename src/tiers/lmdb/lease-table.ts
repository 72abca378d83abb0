import type { LmdbStore } from '../../lmdb/store.ts';
import { LEASE_MARK } from './store-keys.ts';

/** A lease as it is kept: when it ends by the wall clock, its term, both in milliseconds, and its holder. */
const TERM_AT = 8;
const HOLDER_AT = 16;

/** The term that asks for a lease to be given up. */
const RELEASE = -1;

/** A sweep looks at no more leases than this. */
const SWEEP_COUNT = 4_096;
const SWEEP_RUN = 256;

/** Asks for a lease of `ttlMs` for `holder`, or gives it up; on its way to the thread that writes. */
export function leaseRequest(holder: string, ttlMs: number | 'release'): Uint8Array {
  return leaseOf(0, ttlMs === 'release' ? RELEASE : ttlMs, Buffer.from(holder));
}

/**
 * Leases in the store of the tier, for the thread that writes: each is compared
 * and taken within one write, so of many who ask one has it.
 *
 * Ends are told by the wall clock, the only one that processes share. It may be
 * set back, so no lease stands for longer than its term from now.
 */
export class LeaseTable {
  readonly #store: LmdbStore;
  #sweepFrom: string = LEASE_MARK;

  constructor(store: LmdbStore) {
    this.#store = store;
  }

  /** Does as a request says; only within a write. @returns how many milliseconds are left of another's lease, else 0. */
  ask(key: Uint8Array, request: Uint8Array, now: number): number {
    const asked = Buffer.from(request.buffer, request.byteOffset, request.length);
    const termMs = asked.readDoubleLE(TERM_AT);
    const holder = asked.subarray(HOLDER_AT);
    const held = this.#heldAt(key);
    const isOwn = held !== undefined && holder.equals(held.subarray(HOLDER_AT));
    if (termMs === RELEASE) {
      if (isOwn) this.#store.remove(key);
      return 0;
    }
    const leftMs = held && !isOwn ? left(held, now) : 0;
    if (leftMs <= 0) this.#store.put(key, leaseOf(now + termMs, termMs, holder));
    else if (held && endOf(held) > now + leftMs) this.#store.put(key, leaseOf(now + leftMs, leftMs, Buffer.from(held.subarray(HOLDER_AT))));
    return Math.max(0, leftMs);
  }

  /** Removes leases that have ended, some more of them with each call. */
  sweep(now: number): void {
    for (let seen = 0; seen < SWEEP_COUNT; seen += SWEEP_RUN) {
      const keys = this.#store.keysFrom(this.#sweepFrom, SWEEP_RUN).filter((key) => key.startsWith(LEASE_MARK));
      const ended = keys.filter((key) => this.#hasEnded(key, now));
      if (ended.length > 0) this.#remove(ended, now);
      const last = keys.at(-1);
      this.#sweepFrom = keys.length < SWEEP_RUN || last === undefined ? LEASE_MARK : `${last}\u0000`;
      if (this.#sweepFrom === LEASE_MARK) return;
    }
  }

  #remove(keys: readonly string[], now: number): void {
    this.#store.write(keys.length, 0, () => {
      for (const key of keys) if (this.#hasEnded(key, now)) this.#store.remove(key);
    });
  }

  #hasEnded(key: string, now: number): boolean {
    const held = this.#heldAt(key);
    return held === undefined || left(held, now) <= 0;
  }

  /** What is too short for a lease is none. The bytes are lent. */
  #heldAt(key: string | Uint8Array): Buffer | undefined {
    const bytes = this.#store.borrow(key);
    return bytes && bytes.length >= HOLDER_AT ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : undefined;
  }
}

function endOf(lease: Buffer): number {
  return lease.readDoubleLE(0);
}

function left(lease: Buffer, now: number): number {
  return Math.min(endOf(lease) - now, lease.readDoubleLE(TERM_AT));
}

function leaseOf(endsAt: number, termMs: number, holder: Uint8Array): Buffer {
  const lease = Buffer.alloc(HOLDER_AT + holder.length);
  lease.writeDoubleLE(endsAt, 0);
  lease.writeDoubleLE(termMs, TERM_AT);
  lease.set(holder, HOLDER_AT);
  return lease;
}
