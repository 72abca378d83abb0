import type { Comparison } from '../analytics/ghost-runs.ts';
import type { Curve } from '../analytics/part-curves.ts';
import type { Eviction } from '../telemetry/evictions.ts';
import type { Access, LocalTier, LocalTierChange, LocalTierUsage } from '../tiers/local-tier.ts';

/** Unless told, so many evictions are handed out. */
const DEFAULT_LIMIT = 50;

/** The memory of a cache: how full it is, what left it and why, and the means to change it while it is in use. All namespaces share it. */
export class Memory {
  readonly #tier: LocalTier;
  readonly #assertOpen: () => void;
  readonly #partitionOf: (kind: string) => { readonly curve: Curve | undefined };

  /** @internal Made by the cache. */
  constructor(tier: LocalTier, assertOpen: () => void, partitionOf: (kind: string) => { readonly curve: Curve | undefined }) {
    this.#partitionOf = partitionOf;
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

  /**
   * What a smaller or a larger memory would hit under LRU, for each of thirteen sizes from half to four times the
   * present one: of a kind of the cache's namespace, with as much of the room as it takes now, or of all kinds.
   * `undefined` while too little is known, without `sampling`, and of all kinds where some have parts of their own.
   *
   * @throws ConfigError when there is no such kind.
   */
  curve(kind?: string): Curve | undefined {
    return kind === undefined ? this.#tier.curve() : this.#partitionOf(kind).curve;
  }

  /**
   * Has the other policies run beside the one in use for a while, without values and on a sample of what is asked,
   * and the one in use with half and with twice the room. Tells whether they do: not while there is room for all.
   */
  compare(): boolean {
    this.#assertOpen();
    return this.#tier.compare();
  }

  /** What they told, or tell as far as they are: of the part of memory that a kind has of its own, or of the one that the rest share. @throws ConfigError when there is no such kind. */
  comparison(kind?: string): Comparison | undefined {
    if (kind !== undefined) this.#partitionOf(kind);
    return this.#tier.comparison(kind);
  }

  /** The last entries that left because there was no room for them, newest first. The last 256 are remembered. @param limit default 50. */
  evictions(limit: number = DEFAULT_LIMIT): Eviction[] {
    return this.#tier.evictions(limit);
  }
}
