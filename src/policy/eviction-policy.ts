/** The place of an entry in memory, from 1 up; 0 is no place. */
export type Slot = number;

/** No slot. */
export const NONE: Slot = 0;

/**
 * Decides which entry leaves when room is needed.
 *
 * A policy sees slots, never keys or values, and keeps what it knows of them in
 * typed arrays. The tier tells it of every entry that comes, is used, or goes.
 */
export interface EvictionPolicy {
  readonly name: string;
  /** Makes room for slots up to and including `lastSlot`. */
  grow(lastSlot: Slot): void;
  /** An entry came into `slot`. */
  inserted(slot: Slot): void;
  /** The entry in `slot` was used. */
  touched(slot: Slot): void;
  /** The entry in `slot` is gone, for whatever reason. */
  removed(slot: Slot): void;
  /** The slot that should go next, or {@link NONE} when there is none. It stays until it is removed. */
  victim(): Slot;
}

/** The policies there are. */
export type PolicyName = 'lru' | 'sieve';
