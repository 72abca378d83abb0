/** The place of an entry in memory, from 1 up; 0 is no place. */
export type Slot = number;

/** No slot. */
export const NONE: Slot = 0;

/**
 * Decides which entry leaves when room is needed.
 *
 * A policy sees slots and hashes of keys, never keys or values, and keeps what it
 * knows of them in typed arrays. The tier tells it of every entry that comes, is
 * used, or goes. A new entry comes first and others leave for it then, so a policy
 * may hold one entry more than there is room for, and knows whom the room is for.
 */
export interface EvictionPolicy {
  readonly name: PolicyName;
  /** Whether it makes use of hashes; who has none to give saves making them. */
  readonly usesHashes: boolean;
  /** There is room for so many entries, as far as is known. Told before the first entry comes, and again when it changes. */
  resize(capacity: number): void;
  /** Makes room for slots up to and including `lastSlot`. */
  grow(lastSlot: Slot): void;
  /**
   * An entry came into `slot`.
   *
   * @param hash of its key, of 32 bits, the same for the same key: by it a policy knows who comes back.
   */
  inserted(slot: Slot, hash: number): void;
  /** The entry in `slot` was used. */
  touched(slot: Slot): void;
  /** The entry in `slot` is gone, for whatever reason but room. */
  removed(slot: Slot): void;
  /** The entry in `slot` is gone, for there was no room for it. */
  evicted(slot: Slot): void;
  /** The slot that should go next, or {@link NONE} when there is none. It stays until it is removed. */
  victim(): Slot;
  /** Why it is the turn of `victim`, the slot last told as such. */
  reason(victim: Slot): EvictionReason;
}

/**
 * Why it is an entry's turn to leave: it came first; it was not used for longest; it was used
 * least; or it came lately, and was asked for less often than what would have to leave for it.
 */
export type EvictionReason = 'oldest' | 'idle' | 'rare' | 'not-admitted';

/** What a policy may be told besides. */
export interface PolicyOptions {
  /** What the entry in a slot weighs: `hybrid` then admits by frequency per byte, so that many small entries are kept rather than one large one. */
  readonly weightOf?: (slot: Slot) => number;
}

/** The policies there are. */
export type PolicyName = 'lru' | 'fifo' | 'lfu' | 'sieve' | 's3-fifo' | 'hybrid';
