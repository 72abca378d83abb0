import { type Entry, isFresh } from '../../entry/entry.ts';
import type { Cancel, Clock } from '../../time/clock.ts';
import { afterTurns } from '../../time/event-turn.ts';
import type { Found } from '../store/found.ts';
import type { KindStore } from '../store/kind-store.ts';
import type { Flight } from './flight.ts';

/** A lease ends by itself after this, should its holder die; it is renewed three times as often. */
const LEASE_MS = 3_000;
/** Who waits looks again after this at the latest, for the news may not come. */
const LOOK_AGAIN_MS = 500;
/** The same while the bus is not proven live. */
const LOOK_SOON_MS = 100;

/** The lease of a key, and the flight that has it. */
interface Held<V> {
  readonly flight: Flight<V>;
  stopRenewing: Cancel;
}

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
  readonly #held = new Map<string, Held<V>>();

  constructor(store: KindStore<K, V>, clock: Clock, isLive: () => boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#isLive = isLive;
  }

  /**
   * Takes the lease for a flight, or waits for what its holder brings, at most until `until`, monotonic. Never rejects.
   * The lease is the flight's until that is over, however long its loader goes on.
   */
  async settle(flight: Flight<V>, until: number): Promise<LeaseOutcome<V>> {
    while (!flight.isOver) {
      const leftMs = (await this.#lease([flight], until))?.[0];
      if (leftMs === undefined) return 'without';
      if (leftMs === 0) this.#hold(flight);
      else if (this.#clock.monotonic() >= until) return 'without';
      else await this.#news(flight, Math.min(leftMs, until - this.#clock.monotonic()));
      // Whoever had it before may have brought the value between our looking and our asking.
      const found = (await this.look([flight])).get(flight);
      if (found) {
        this.#release(flight);
        return { found };
      }
      if (leftMs === 0) return 'mine';
    }
    return 'without';
  }

  /**
   * Takes the leases of many flights in one trip, at most until `until`, monotonic: those
   * that may load now; the others have each its own way. Never rejects.
   */
  async settleMany(flights: readonly Flight<V>[], until: number): Promise<ReadonlyMap<Flight<V>, LeaseOutcome<V> | 'theirs'>> {
    const left = await this.#lease(flights, until);
    const brought = left === undefined ? new Map<Flight<V>, Found<V>>() : await this.look(flights);
    const outcomes = new Map<Flight<V>, LeaseOutcome<V> | 'theirs'>();
    for (const [at, flight] of flights.entries()) {
      const isMine = left?.[at] === 0;
      const found = brought.get(flight);
      if (isMine) this.#hold(flight);
      if (found) {
        this.#release(flight);
        outcomes.set(flight, { found });
      } else {
        outcomes.set(flight, isMine ? 'mine' : left === undefined ? 'without' : 'theirs');
      }
    }
    return outcomes;
  }

  /** What other processes have brought meanwhile of what the flights set out for. */
  async look(flights: readonly Flight<V>[]): Promise<ReadonlyMap<Flight<V>, Found<V>>> {
    const found = await this.#store.searchMany(flights.map(({ key }) => key));
    const now = this.#clock.monotonic();
    const brought = new Map<Flight<V>, Found<V>>();
    for (const flight of flights) {
      const there = found.get(flight.key);
      if (there && isFresh(there.entry, now) && isUseful(there.entry, flight)) brought.set(flight, there);
    }
    return brought;
  }

  /** A tier that is slow to lend must not use up the time in which the source could answer. */
  #lease(flights: readonly Flight<V>[], until: number): Promise<readonly number[] | undefined> {
    const keys = flights.map(({ key }) => key);
    return new Promise((resolve) => {
      const leftMs = Math.max(0, until - this.#clock.monotonic());
      // A blocked event loop rings before it delivers what came meanwhile.
      const cancel = this.#clock.after(leftMs, () => afterTurns(2, () => resolve(undefined)), true);
      void this.#store.lease(keys, LEASE_MS).then((left) => {
        cancel();
        resolve(left);
      });
    });
  }

  /** There is news of a key: who waits for it looks again. */
  told(key: string): void {
    this.#waiting.get(key)?.();
  }

  #news(flight: Flight<V>, leftMs: number): Promise<void> {
    const { key } = flight;
    return new Promise((resolve) => {
      const waitMs = Math.min(leftMs, this.#isLive() ? LOOK_AGAIN_MS : LOOK_SOON_MS);
      const end = (): void => {
        cancel();
        if (this.#waiting.get(key) === end) this.#waiting.delete(key);
        resolve();
      };
      const cancel = this.#clock.after(waitMs, end, true);
      this.#waiting.set(key, end);
      flight.landed.then(end, end);
    });
  }

  /** A flight that has taken the place of another of its key takes over the lease. */
  #hold(flight: Flight<V>): void {
    this.#held.get(flight.key)?.stopRenewing();
    const held = { flight, stopRenewing: (): void => {} };
    this.#held.set(flight.key, held);
    this.#renewLater(held);
    const release = (): void => this.#release(flight);
    flight.landed.then(release, release);
  }

  #renewLater(held: Held<V>): void {
    held.stopRenewing = this.#clock.after(LEASE_MS / 3, () => {
      void this.#store.lease([held.flight.key], LEASE_MS);
      this.#renewLater(held);
    });
  }

  /** The next may have its turn. */
  #release(flight: Flight<V>): void {
    const held = this.#held.get(flight.key);
    if (held?.flight !== flight) return;
    held.stopRenewing();
    this.#held.delete(flight.key);
    this.#store.releaseLease(flight.key);
  }
}

/** What is no newer than what the flight set out to replace is no use: it was due for refresh, or too old for the reader. */
function isUseful<V>(found: Entry<V>, { standIn }: Flight<V>): boolean {
  return standIn === undefined || found.askedAt > standIn.askedAt;
}
