import type { Version } from './version.ts';

/**
 * A value and all that is known of it.
 *
 * `askedAt`, `staleAt` and `deadAt` are milliseconds of one clock: the monotonic
 * one within a process, the wall clock in bytes and in answers to people.
 * `eventAt` is the source's own time, epoch milliseconds.
 */
export interface Entry<V = unknown> {
  readonly key: string;
  /** `undefined` in a negative entry: the source was asked and has nothing. */
  readonly value: V | undefined;
  readonly isNegative: boolean;
  /** When the value was true at its source; `undefined` when the source did not say. */
  readonly eventAt: number | undefined;
  /** When the source was asked: an entry's age counts from here. */
  readonly askedAt: number;
  /** Until then the entry is fresh. */
  readonly staleAt: number;
  /** Until then a stale entry may stand in; from then on it is as if it were not there. */
  readonly deadAt: number;
  readonly version: Version;
  readonly tags: readonly string[];
  /** Who answered: a provider's name. */
  readonly source: string | undefined;
  /** The value cannot change any more: a closed bar, a past fundamental. */
  readonly isFinal: boolean;
  /** Why the entry lives as long as it does, for people. */
  readonly why: string;
}

/** What a tier that keeps bytes is given: it never looks inside `bytes`. */
export interface SealedEntry {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly version: Version;
  readonly eventAt: number | undefined;
  /** From then on the tier may drop the entry unasked. */
  readonly deadAt: number;
}

export const NO_TAGS: readonly string[] = Object.freeze([]);

/** The entry with its instants moved by `ms`, from one clock to another. */
export function shifted<V>(entry: Entry<V>, ms: number): Entry<V> {
  return { ...entry, askedAt: entry.askedAt + ms, staleAt: entry.staleAt + ms, deadAt: entry.deadAt + ms };
}

/** Whether the entry is fresh at `now`. */
export function isFresh(entry: Entry, now: number): boolean {
  return now < entry.staleAt;
}

/** Whether the entry may be handed out at all at `now`. */
export function isAlive(entry: Entry, now: number): boolean {
  return now < entry.deadAt;
}
