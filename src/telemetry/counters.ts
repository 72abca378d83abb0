/**
 * What was asked of one kind and how it was answered, since the start.
 *
 * `hits + stale + misses + errors` is the number of requests, always: each read
 * of a key counts once, when it is answered.
 */
export class KindCounters {
  /** Answered with a fresh value, from any tier. */
  hits = 0;
  /** Answered with a stale value, within its grace. */
  stale = 0;
  /** Answered by a load, or with nothing. */
  misses = 0;
  /** Answered with an error. */
  errors = 0;

  /** Of the hits, those from a tier beyond memory. */
  remoteHits = 0;
  /** Of the misses, those where a load replaced a stale value. */
  refreshed = 0;
  /** Of the hits, those that said "the source has nothing". */
  negativeHits = 0;
  /** Reads that joined a load another read had begun. */
  joined = 0;

  /** Loads that ended well, "nothing there" and "not modified" among them. */
  loads = 0;
  loadErrors = 0;
  loadTimeouts = 0;
  /** Loads that were delivered but not stored: invalidated, overtaken, or asked not to. */
  fenced = 0;
  /** Values that their kind did not believe: loaded or written, and kept nowhere. */
  refused = 0;
  /** Milliseconds that loads took, in sum. */
  loadMs = 0;
  /** Loads begun before the value was stale, so that nobody waited. */
  refreshesAhead = 0;
  /** Loads made with the lease of their key: no other process loaded it meanwhile. */
  leases = 0;
  /** Loads not made, for another process had brought the value. */
  loadedElsewhere = 0;

  /** Entries written by `set` and by loads. */
  writes = 0;
  /** Writes refused because a newer value was there. */
  outdated = 0;

  /** Removals from memory, by cause. */
  explicit = 0;
  replaced = 0;
  expired = 0;
  evicted = 0;
  /** Entries too large for memory, which were not admitted. */
  oversized = 0;

  get requests(): number {
    return this.hits + this.stale + this.misses + this.errors;
  }
}

/** What was asked of one remote tier and how it answered. */
export class TierCounters {
  /** Keys found. */
  hits = 0;
  /** Keys absent. */
  misses = 0;
  /** Calls that failed or ran out of time: treated as misses. */
  errors = 0;
  /** Bytes handed back that were refused: corrupt, foreign, of another key, in a form unknown. */
  refused = 0;
  writes = 0;
  writeErrors = 0;
}
