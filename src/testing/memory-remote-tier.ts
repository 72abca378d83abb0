import type { SealedEntry } from '../entry/entry.ts';
import type { Precedence } from '../entry/envelope-header.ts';
import type { Pattern } from '../entry/pattern.ts';
import type { Version } from '../entry/version.ts';
import { ClosedError } from '../errors.ts';
import type { Answer } from '../tiers/answer.ts';
import type { Leases } from '../tiers/leases.ts';
import { takesPlace } from '../tiers/precedence.ts';
import type { RemoteTier } from '../tiers/remote-tier.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { MemoryLeases } from './memory-leases.ts';

/** What a remote tier in memory is made of. */
export interface MemoryRemoteTierOptions {
  /** @default 'remote' */
  readonly name?: string;
  /** @default 'fleet' */
  readonly reach?: 'host' | 'fleet';
  /** How long a deleted key stays closed to older writes that arrive late. @default 300_000 */
  readonly tombstoneMs?: number;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** What is kept under a key: an entry, or a tombstone, which has no bytes. */
interface Kept extends Precedence {
  readonly bytes: Uint8Array | undefined;
  readonly deadAt: number;
}

/** How many keys a scan tells at a time. */
const SCAN_RUN = 100;

/**
 * A remote tier that is not remote: the contract in a `Map`, for tests.
 *
 * Tests of several caches share one as they would share a server. It answers
 * reads at once; where that is too good to be true, put a FaultyTier around it.
 */
export class MemoryRemoteTier implements RemoteTier {
  readonly name: string;
  readonly reach: 'host' | 'fleet';
  readonly isUp = true;
  readonly leases: Leases;
  readonly #clock: Clock;
  readonly #tombstoneMs: number;
  readonly #kept = new Map<string, Kept>();
  #isClosed = false;

  constructor(options: MemoryRemoteTierOptions = {}) {
    this.name = options.name ?? 'remote';
    this.reach = options.reach ?? 'fleet';
    this.#clock = options.clock ?? systemClock;
    this.leases = new MemoryLeases(this.#clock);
    this.#tombstoneMs = options.tombstoneMs ?? 300_000;
  }

  getMany(keys: readonly string[]): Answer<(Uint8Array | undefined)[]> {
    if (this.#isClosed) return Promise.reject(new ClosedError());
    return keys.map((key) => copyOf(this.#alive(key)?.bytes));
  }

  async setMany(entries: readonly SealedEntry[]): Promise<boolean[]> {
    this.#assertOpen();
    return entries.map(({ key, bytes, version, eventAt, deadAt }) => this.#put(key, { bytes: copyOf(bytes), version, eventAt, deadAt }));
  }

  async deleteMany(keys: readonly string[], version: Version): Promise<void> {
    this.#assertOpen();
    const deadAt = this.#clock.now() + this.#tombstoneMs;
    for (const key of keys) this.#put(key, { bytes: undefined, version, eventAt: undefined, isTombstone: true, deadAt });
  }

  async *scan(pattern: Pattern): AsyncIterable<string[]> {
    this.#assertOpen();
    const keys = [...this.#kept.keys()].filter((key) => pattern.matches(key) && this.#alive(key)?.bytes !== undefined);
    for (let at = 0; at < keys.length; at += SCAN_RUN) yield keys.slice(at, at + SCAN_RUN);
  }

  async flush(): Promise<void> {
    this.#assertOpen();
  }

  /** Loses everything, marks of deletions included, as a server does that is emptied behind everybody's back. */
  lose(): void {
    this.#kept.clear();
  }

  /** Refuses calls from then on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
  }

  #put(key: string, incoming: Kept): boolean {
    if (!takesPlace(incoming, this.#alive(key))) return false;
    this.#kept.set(key, incoming);
    return true;
  }

  #alive(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    return kept && kept.deadAt > this.#clock.now() ? kept : undefined;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new ClosedError();
  }
}

/** A Buffer's own `slice` would be a view. */
function copyOf(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes && new Uint8Array(bytes);
}
