/** Why an entry left memory (after Caffeine's RemovalCause). */
export type RemovalCause = 'explicit' | 'replaced' | 'expired' | 'evicted';

/** How a load ended. */
export type LoadResult = 'loaded' | 'negative' | 'not-modified' | 'failed' | 'timeout';

/** An entry left memory. */
export interface RemoveEvent {
  readonly cache: string;
  readonly namespace: string;
  readonly kind: string;
  readonly key: string;
  readonly cause: RemovalCause;
}

/** A load ended. */
export interface LoadEvent {
  readonly cache: string;
  readonly namespace: string;
  readonly kind: string;
  readonly key: string;
  readonly result: LoadResult;
  /** How long it waited for its turn before its source was asked: 0 with fewer than `maxConcurrentLoads` under way. */
  readonly queuedMs: number;
  /** How long its source took; 0 when it never was asked. */
  readonly durationMs: number;
  readonly error?: unknown;
}

/**
 * Entries were removed on request in this process, or made stale and kept (`keep`):
 * keys of one kind, or what has a tag, matches a pattern, or is in the namespace, whatever its kind.
 */
export type InvalidateEvent = { readonly cache: string; readonly namespace: string; readonly keep: boolean } & (
  | { readonly by: 'keys'; readonly kind: string; readonly keys: readonly string[] }
  | { readonly by: 'tags'; readonly tags: readonly string[] }
  | { readonly by: 'pattern'; readonly pattern: string }
  | { readonly by: 'all' }
);

/** Something went wrong with a remote tier, or its breaker changed; the cache went on without it. What concerns the tier as a whole has no namespace. */
export type TierEvent =
  /** A call failed, or ran out of time. */
  | {
      readonly cache: string;
      readonly tier: string;
      readonly what: 'failed';
      readonly call: 'getMany' | 'setMany' | 'deleteMany' | 'scan' | 'lease' | 'flush' | 'close';
      readonly error: unknown;
    }
  /** Calls stop going through to it, or do again. */
  | {
      readonly cache: string;
      readonly tier: string;
      readonly what: 'breaker';
      readonly from: 'closed' | 'half-open' | 'open';
      readonly to: 'closed' | 'half-open' | 'open';
    }
  /** It handed back bytes that are not used; `reason` says in a word what is wrong with them. What is no entry, but the mark of a tag or of clearing, has no kind and no key. */
  | {
      readonly cache: string;
      readonly namespace: string;
      readonly tier: string;
      readonly what: 'refused';
      readonly reason: string;
      readonly kind: string | undefined;
      readonly key: string | undefined;
    }
  /** A value that was loaded could not be made bytes for it, and stays in memory. */
  | {
      readonly cache: string;
      readonly namespace: string;
      readonly tier: string;
      readonly what: 'unsealable';
      readonly kind: string;
      readonly key: string;
      readonly error: unknown;
    };

/** Whether this process is in step with the others has changed. */
export interface BusEvent {
  readonly cache: string;
  readonly bus: string;
  /** `starting`, `live`, `suspect`, `closed`. */
  readonly state: string;
  /** Why it is not in step; empty when it is. */
  readonly reason: string;
}

/**
 * What a cache tells, by event. What concerns entries bears their namespace, by its whole name.
 * Keys are arguments within their kind, and plain keys of the kind `''`; values are never told.
 */
export interface CacheEvents {
  readonly remove: RemoveEvent;
  readonly load: LoadEvent;
  readonly invalidate: InvalidateEvent;
  readonly tier: TierEvent;
  readonly bus: BusEvent;
}

/** The name of an event. */
export type CacheEventName = keyof CacheEvents;

/** What an event says when it concerns entries, and so a namespace; `never` for one that does not. */
export type NamespaceEvent<E extends CacheEventName> = Extract<CacheEvents[E], { readonly namespace: string }>;

/** What an event says when it concerns what all namespaces share. */
export type SharedEvent<E extends CacheEventName> = Exclude<CacheEvents[E], { readonly namespace: string }>;
