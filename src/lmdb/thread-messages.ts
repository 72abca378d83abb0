/** What the writer is told. `now` is the wall clock of who has it write, in milliseconds. */
export type ToWriter =
  /** Write a batch (see `packed-entries.ts`). */
  | { readonly kind: 'write'; readonly packed: ArrayBuffer; readonly now: number }
  /** Look through some more of the store for what may go: what ended before `now`. */
  | { readonly kind: 'tend'; readonly now: number }
  | { readonly kind: 'close' };

/** What the writer tells. Batches are answered in their order, with a number for each entry. */
export type FromWriter =
  | { readonly kind: 'open' }
  | { readonly kind: 'not-open'; readonly failure: WriterFailure }
  | { readonly kind: 'written'; readonly answers: Float64Array }
  | { readonly kind: 'failed'; readonly failure: WriterFailure }
  | { readonly kind: 'counts'; readonly counts: WriterCounts }
  | { readonly kind: 'closed' };

/** How the writer starts. */
export interface WriterStart {
  readonly path: string;
  readonly reservedBytes: number;
  /** What its script wants to know. */
  readonly settings: unknown;
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
  /** After its end. */
  readonly swept: number;
  /** Alive, for room. */
  readonly dropped: number;
}
