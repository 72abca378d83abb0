/** Why an entry left memory (after Caffeine's RemovalCause). */
export type RemovalCause = 'explicit' | 'replaced' | 'expired' | 'evicted';

/** How a load ended. */
export type LoadResult = 'loaded' | 'negative' | 'not-modified' | 'failed' | 'timeout';

/** What a cache tells, by event. Keys are arguments within their kind; values are never told. */
export interface CacheEvents {
  /** An entry left memory. */
  readonly remove: { readonly cache: string; readonly kind: string; readonly key: string; readonly cause: RemovalCause };
  /** A load ended, `durationMs` after its source was asked. */
  readonly load: {
    readonly cache: string;
    readonly kind: string;
    readonly key: string;
    readonly result: LoadResult;
    readonly durationMs: number;
    readonly error?: unknown;
  };
  /** Entries were invalidated or expired on request; `selector` names them as `key:…`, `tag:…`, `pattern:…`, `all`. */
  readonly invalidate: { readonly cache: string; readonly kind: string; readonly selector: string; readonly keep: boolean };
  /** Whether this process is in step with the others has changed: `starting`, `live`, `suspect`, `closed`; `reason` says why it is not. */
  readonly bus: { readonly cache: string; readonly bus: string; readonly state: string; readonly reason: string };
  /** A tier failed a call, or handed back bytes that were refused. The cache went on without it. */
  readonly tier: {
    readonly cache: string;
    readonly tier: string;
    readonly call: string;
    readonly reason: string;
    readonly error?: unknown;
  };
}

/** The name of an event. */
export type CacheEventName = keyof CacheEvents;
