/** What was asked of a cache or of a part of it, counted in full; both only grow. */
export interface Traffic {
  /** Requests that found their entry. */
  readonly hits: number;
  /** Entries that came: each stands for a request that did not find it. */
  readonly arrivals: number;
}
