import type { Version } from '../../entry/version.ts';

/** Tags are remembered up to this many; what is forgotten counts against every tagged entry that is older. */
const MAX_TAGS = 100_000;

/** What a tag did to entries that are no newer: nothing, made them stale, or removed them. */
export type TagVerdict = 'clear' | 'stale' | 'gone';

/** The stamps at which a tag last removed entries, and last made them stale; 0 for never. */
interface TagMark {
  goneAt: number;
  staleAt: number;
}

/**
 * When each tag was last invalidated or expired: entries carry tags, and an
 * entry that is no newer than the mark of one of its tags is affected. To
 * invalidate a tag is therefore one write, however many entries carry it.
 */
export class TagMarks {
  readonly #marks = new Map<string, TagMark>();
  readonly #maxTags: number;
  /** How many marks were made: who finds it unchanged has missed none. */
  count = 0;
  /** What is known of tags that were forgotten. */
  readonly #floor: TagMark = { goneAt: 0, staleAt: 0 };

  constructor(maxTags: number = MAX_TAGS) {
    this.#maxTags = maxTags;
  }

  get size(): number {
    return this.#marks.size;
  }

  /** Entries with `tag` that are no newer than `stamp` are gone, or stale when they are kept. Tells whether that is news. */
  mark(tag: string, stamp: number, keep: boolean): boolean {
    const mark = this.#marks.get(tag) ?? { goneAt: 0, staleAt: 0 };
    const field = keep ? 'staleAt' : 'goneAt';
    if (stamp <= mark[field]) return false;
    mark[field] = stamp;
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
    let verdict: TagVerdict = stamp <= this.#floor.staleAt ? 'stale' : 'clear';
    if (stamp <= this.#floor.goneAt) return 'gone';
    for (const tag of tags) {
      const mark = this.#marks.get(tag);
      if (!mark) continue;
      if (stamp <= mark.goneAt) return 'gone';
      if (stamp <= mark.staleAt) verdict = 'stale';
    }
    return verdict;
  }

  /** The stamp at which entries with these tags were last made stale; 0 for never. */
  staleSince(tags: readonly string[]): number {
    return tags.reduce((latest, tag) => Math.max(latest, this.#marks.get(tag)?.staleAt ?? 0), this.#floor.staleAt);
  }

  #forgetOldest(): void {
    for (const [tag, { goneAt, staleAt }] of this.#marks) {
      this.#floor.goneAt = Math.max(this.#floor.goneAt, goneAt);
      this.#floor.staleAt = Math.max(this.#floor.staleAt, staleAt);
      this.#marks.delete(tag);
      return;
    }
  }
}
