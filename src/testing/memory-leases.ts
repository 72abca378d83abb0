import type { Leases } from '../tiers/leases.ts';
import type { Clock } from '../time/clock.ts';

interface Lease {
  readonly holder: string;
  readonly endsAt: number;
}

/** Leases in a `Map`, for the tier in memory that stands in for a server in tests. */
export class MemoryLeases implements Leases {
  readonly #clock: Clock;
  readonly #held = new Map<string, Lease>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async acquire(keys: readonly string[], holder: string, ttlMs: number): Promise<number[]> {
    const now = this.#clock.monotonic();
    return keys.map((key) => {
      const held = this.#held.get(key);
      if (held && held.holder !== holder && held.endsAt > now) return held.endsAt - now;
      this.#held.set(key, { holder, endsAt: now + ttlMs });
      return 0;
    });
  }

  async release(keys: readonly string[], holder: string): Promise<void> {
    for (const key of keys) {
      if (this.#held.get(key)?.holder === holder) this.#held.delete(key);
    }
  }
}
