/** What the writer is told. `now` is the wall clock of the tier, in milliseconds. */
export type ToWriter =
  /** Write a batch (see `packed-entries.ts`): each entry, unless a newer one is there. */
  | { readonly kind: 'write'; readonly packed: ArrayBuffer; readonly now: number }
  /** Look through some more of the store for what is dead; what died before `now` may go. */
  | { readonly kind: 'sweep'; readonly now: number }
  | { readonly kind: 'close' };

/** What the writer tells. Batches are answered in their order. */
export type FromWriter =
  | { readonly kind: 'open' }
  | { readonly kind: 'not-open'; readonly failure: WriterFailure }
  | { readonly kind: 'written'; readonly stored: Uint8Array }
  | { readonly kind: 'failed'; readonly failure: WriterFailure }
  | { readonly kind: 'counts'; readonly counts: WriterCounts }
  | { readonly kind: 'closed' };

/** How the writer starts. */
export interface WriterStart {
  readonly path: string;
  readonly reservedBytes: number;
  readonly maxBytes: number;
  /** See {@link ThreadGate}. */
  readonly gate: Int32Array;
}

/** An error in a form that travels between threads. */
export interface WriterFailure {
  readonly message: string;
  /** LMDB's code, or the system's. */
  readonly code: number | string | undefined;
}

/** What the writer removed since it started. */
export interface WriterCounts {
  /** Entries and tombstones removed after their end. */
  readonly swept: number;
  /** Entries removed alive, for room. */
  readonly dropped: number;
}
