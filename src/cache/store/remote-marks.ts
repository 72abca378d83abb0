import type { Entry } from '../../entry/entry.ts';
import type { Version } from '../../entry/version.ts';
import { MAX_LIFETIME_MS } from '../../lifetime/lifetime.ts';

/** The reserved kinds that hold marks; no kind of a user's can have such a name. */
const GONE = '~gone';
const STALE = '~stale';
const CLEARED = '~clear';

/** The full keys under which a namespace keeps its marks in remote tiers, and what stands there. */
export class RemoteMarks {
  /** Where it stands when all of the namespace was cleared last. */
  readonly clearKey: string;
  readonly #namespace: string;

  constructor(namespace: string) {
    this.#namespace = namespace;
    this.clearKey = `${namespace}:${CLEARED}:all`;
  }

  /** Where it stands when a tag was last invalidated, or expired when entries are kept. */
  tagKey(tag: string, keep: boolean): string {
    return `${this.#namespace}:${keep ? STALE : GONE}:${tag}`;
  }

  /** Both keys of each tag, in that order. */
  tagKeys(tags: readonly string[]): string[] {
    return tags.flatMap((tag) => [this.tagKey(tag, false), this.tagKey(tag, true)]);
  }

  /**
   * A mark: an entry without value whose version says it all, but for when the
   * same was marked before, which stands where an entry has its tags. It outlives
   * every entry it could concern.
   */
  entry(key: string, version: Version, wallNow: number, earlier: readonly number[]): Entry<never> {
    return {
      key,
      value: undefined,
      isNegative: true,
      eventAt: undefined,
      askedAt: wallNow,
      staleAt: wallNow + MAX_LIFETIME_MS,
      deadAt: wallNow + MAX_LIFETIME_MS,
      version,
      tags: earlier.map(String),
      source: undefined,
      isFinal: false,
      why: '',
    };
  }
}
