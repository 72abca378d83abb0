import { type Entry, isFresh } from '../../entry/entry.ts';
import type { Cancel, Clock } from '../../time/clock.ts';
import type { KindStore } from '../store/kind-store.ts';
import type { Found } from '../store/remote-stack.ts';
import type { Flight } from './flight.ts';

/** A lease ends by itself after this, should its holder die; it is renewed three times as often. */
const LEASE_MS = 3_000;
/** Who waits looks again after this at the latest, for the news may not come. */
const LOOK_AGAIN_MS = 500;
/** The same while the bus is not proven live. */
const LOOK_SOON_MS = 100;

/** How a flight comes by the right to load: it has it, may go without, or need not load, for another process did. */
export type LeaseOutcome<V> = { readonly found: Found<V> } | 'mine' | 'without';

/**
 * Single flight across processes: of all that want a key, the one with its lease
 * loads, and the others wait for what it brings.
 *
 * Leases and their idea are those of Nishtala et al., "Scaling Memcache at
 * Facebook" (NSDI 2013). They are a courtesy: who cannot have one, or waited for
 * long enough, loads all the same.
 */
export class FleetLeases<K, V> {
  readonly #store: KindStore<K, V>;
  readonly #clock: Clock;
  readonly #isLive: () => boolean;
  readonly #waiting = new Map<string, () => void>();
  readonly #renewals = new Map<string, Cancel>();

  constructor(store: KindStore<K, V>, clock: Clock, isLive: () => boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#isLive = isLive;
  }

  /** Takes the lease for a flight, or waits for what its holder brings, at most until `until`, monotonic. Never rejects. */
  async settle(flight: Flight<V>, until: number): Promise<LeaseOutcome<V>> {
    const { key } = flight;
    while (!flight.isOver) {
      const leftMs = (await this.#store.lease([key], LEASE_MS))?.[0];
      if (leftMs === undefined) return 'without';
      if (leftMs === 0) this.#renewLater(key);
      else if (this.#clock.monotonic() >= until) return 'without';
      else await this.#news(key, Math.min(leftMs, until - this.#clock.monotonic()));
      // Whoever had it before may have brought the value between our looking and our asking.
      const found = await this.#store.search(key);
      if (found && isFresh(found.entry, this.#clock.monotonic()) && isUseful(found.entry, flight)) {
        if (leftMs === 0) this.release(key);
        return { found };
      }
      if (leftMs === 0) return 'mine';
    }
    return 'without';
  }

  /** Takes the leases of many flights in one trip: those that may load now; the others have each its own way. Never rejects. */
  async settleMany(flights: readonly Flight<V>[]): Promise<ReadonlyMap<Flight<V>, LeaseOutcome<V> | 'theirs'>> {
    const keys = flights.map(({ key }) => key);
    const left = await this.#store.lease(keys, LEASE_MS);
    const found = left === undefined ? new Map<string, Found<V>>() : await this.#store.searchMany(keys);
    const now = this.#clock.monotonic();
    const outcomes = new Map<Flight<V>, LeaseOutcome<V> | 'theirs'>();
    for (const [at, flight] of flights.entries()) {
      const isMine = left?.[at] === 0;
      const there = found.get(flight.key);
      if (isMine) this.#renewLater(flight.key);
      if (there && isFresh(there.entry, now) && isUseful(there.entry, flight)) {
        if (isMine) this.release(flight.key);
        outcomes.set(flight, { found: there });
      } else {
        outcomes.set(flight, isMine ? 'mine' : left === undefined ? 'without' : 'theirs');
      }
    }
    return outcomes;
  }

  /** The load has ended: the next may have its turn. */
  release(key: string): void {
    const stop = this.#renewals.get(key);
    if (!stop) return;
    stop();
    this.#renewals.delete(key);
    this.#store.releaseLease(key);
  }

  /** There is news of a key: who waits for it looks again. */
  told(key: string): void {
    this.#waiting.get(key)?.();
  }

  #news(key: string, leftMs: number): Promise<void> {
    return new Promise((resolve) => {
      const waitMs = Math.min(leftMs, this.#isLive() ? LOOK_AGAIN_MS : LOOK_SOON_MS);
      const end = (): void => {
        cancel();
        this.#waiting.delete(key);
        resolve();
      };
      const cancel = this.#clock.after(waitMs, end, true);
      this.#waiting.set(key, end);
    });
  }

  #renewLater(key: string): void {
    this.#renewals.get(key)?.();
    const stop = this.#clock.after(LEASE_MS / 3, () => {
      void this.#store.lease([key], LEASE_MS);
      this.#renewLater(key);
    });
    this.#renewals.set(key, stop);
  }
}

/** What is no newer than what the flight set out to replace is no use: it was due for refresh, or too old for the reader. */
function isUseful<V>(found: Entry<V>, { standIn }: Flight<V>): boolean {
  return standIn === undefined || found.askedAt > standIn.askedAt;
}
