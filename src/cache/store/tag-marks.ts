import type { Version } from '../../entry/version.ts';

/** Tags are remembered up to this many; what is forgotten counts against every tagged entry that is older. */
const MAX_TAGS = 100_000;
/** Of a tag's expiries so many are remembered, the last. */
const MAX_EXPIRIES = 8;

/** What a tag did to entries that are no newer: nothing, made them stale, or removed them. */
export type TagVerdict = 'clear' | 'stale' | 'gone';

/** The stamp at which a tag last removed entries, 0 for never, and those at which it made them stale, oldest first. */
interface TagMark {
  goneAt: number;
  readonly staleAt: number[];
}

/**
 * When each tag was invalidated or expired: entries carry tags, and an entry
 * that is no newer than the mark of one of its tags is affected. To invalidate a
 * tag is therefore one write, however many entries carry it.
 */
export class TagMarks {
  readonly #marks = new Map<string, TagMark>();
  readonly #maxTags: number;
  /** How many marks were made: who finds it unchanged has missed none. */
  count = 0;
  /** What is known of tags that were forgotten. */
  readonly #floor: { goneAt: number; staleAt: number } = { goneAt: 0, staleAt: 0 };

  constructor(maxTags: number = MAX_TAGS) {
    this.#maxTags = maxTags;
  }

  get size(): number {
    return this.#marks.size;
  }

  /** Entries with `tag` that are no newer than `stamp` are gone, or stale when they are kept. Tells whether that is news. */
  mark(tag: string, stamp: number, keep: boolean): boolean {
    const mark = this.#marks.get(tag) ?? { goneAt: 0, staleAt: [] };
    if (stamp <= (keep ? lastOf(mark) : mark.goneAt)) {
      if (keep) addExpiry(mark, stamp);
      return false;
    }
    if (keep) addExpiry(mark, stamp);
    else mark.goneAt = stamp;
    this.count += 1;
    this.#marks.delete(tag);
    this.#marks.set(tag, mark);
    if (this.#marks.size > this.#maxTags) this.#forgetOldest();
    return true;
  }

  /** What the marks say of an entry with these tags and this version. */
  verdict(tags: readonly string[], version: Version): TagVerdict {
    const { stamp } = version;
    if (tags.length === 0) return 'clear';
    if (isUpTo(stamp, this.#floor.goneAt)) return 'gone';
    let verdict: TagVerdict = isUpTo(stamp, this.#floor.staleAt) ? 'stale' : 'clear';
    for (const tag of tags) {
      const mark = this.#marks.get(tag);
      if (!mark) continue;
      if (isUpTo(stamp, mark.goneAt)) return 'gone';
      if (isUpTo(stamp, lastOf(mark))) verdict = 'stale';
    }
    return verdict;
  }

  /** The stamp of the first expiry that made an entry with these tags and this version stale, as far as is remembered; 0 for none. */
  staleSince(tags: readonly string[], version: Version): number {
    const { stamp } = version;
    let first = isUpTo(stamp, this.#floor.staleAt) ? this.#floor.staleAt : Number.POSITIVE_INFINITY;
    for (const tag of tags) {
      const at = this.#marks.get(tag)?.staleAt.find((expiry) => stamp <= expiry);
      if (at !== undefined && at < first) first = at;
    }
    return first === Number.POSITIVE_INFINITY ? 0 : first;
  }

  /** When a tag made entries stale before `stamp`, oldest first, as far as is remembered. */
  expiries(tag: string, stamp: number): readonly number[] {
    return this.#marks.get(tag)?.staleAt.filter((expiry) => expiry < stamp) ?? [];
  }

  #forgetOldest(): void {
    for (const [tag, mark] of this.#marks) {
      this.#floor.goneAt = Math.max(this.#floor.goneAt, mark.goneAt);
      this.#floor.staleAt = Math.max(this.#floor.staleAt, lastOf(mark));
      this.#marks.delete(tag);
      return;
    }
  }
}

/** Earlier expiries may be learnt of later. */
function addExpiry({ staleAt }: TagMark, stamp: number): void {
  if (stamp <= 0 || staleAt.includes(stamp)) return;
  staleAt.push(stamp);
  staleAt.sort((a, b) => a - b);
  if (staleAt.length > MAX_EXPIRIES) staleAt.shift();
}

function lastOf(mark: TagMark): number {
  return mark.staleAt.at(-1) ?? 0;
}

/** Whether a stamp is no later than a mark; 0 is no mark. */
function isUpTo(stamp: number, markedAt: number): boolean {
  return markedAt > 0 && stamp <= markedAt;
}
