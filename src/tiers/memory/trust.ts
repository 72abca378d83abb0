/**
 * How far memory may be believed, where other processes write too.
 *
 * Up to `until` all news have arrived, so every entry may. After it, news may be
 * missing: an entry then may be believed for `suspectMs` from when it was taken
 * in, and is stale from there on. Instants are monotonic.
 */
export interface Trust {
  until: number;
  readonly suspectMs: number;
}

/** The trust of a memory that no other process has anything to do with. */
export const FULL_TRUST: Trust = Object.freeze({ until: Number.POSITIVE_INFINITY, suspectMs: Number.POSITIVE_INFINITY });
