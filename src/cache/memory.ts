import type { Eviction } from '../telemetry/evictions.ts';
import type { Access, LocalTier, LocalTierChange, LocalTierUsage } from '../tiers/local-tier.ts';

/** Unless told, so many evictions are handed out. */
const DEFAULT_LIMIT = 50;

/** The memory of a cache: how full it is, what left it and why, and the means to change it while it is in use. All namespaces share it. */
export class Memory {
  readonly #tier: LocalTier;
  readonly #assertOpen: () => void;

  /** @internal Made by the cache. */
  constructor(tier: LocalTier, assertOpen: () => void) {
    this.#tier = tier;
    this.#assertOpen = assertOpen;
  }

  /** How full it is. */
  get usage(): LocalTierUsage {
    return this.#tier.usage;
  }

  /**
   * Gives it other bounds, or another policy, from now on. What is too much leaves at once, and
   * nothing else; what was used most stays the last to leave. What is not named stays as it is, but
   * for `maxEntryBytes` that was never named: it is a quarter of the bytes there are. Tables of a memory that is
   * made smaller stay as large as they were.
   *
   * @throws ConfigError naming what is at fault; nothing has changed then.
   */
  resize(change: LocalTierChange): void {
    this.#assertOpen();
    this.#tier.resize(change);
  }

  /**
   * Tells `follower` of every use of an entry and every coming of one, on the turn it happens, until the
   * returned function is called: the stream that a trace of the cache is made of. It should be quick.
   */
  follow(follower: (access: Access) => void): () => void {
    this.#assertOpen();
    return this.#tier.follow(follower);
  }

  /** The last entries that left because there was no room for them, newest first. The last 256 are remembered. @param limit default 50. */
  evictions(limit: number = DEFAULT_LIMIT): Eviction[] {
    return this.#tier.evictions(limit);
  }
}
