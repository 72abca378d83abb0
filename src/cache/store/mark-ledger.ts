import { type Entry, isAlive } from '../../entry/entry.ts';
import type { Version } from '../../entry/version.ts';
import { type Answer, chain } from '../../tiers/answer.ts';
import type { RemoteMarks } from './remote-marks.ts';
import type { SafeTier } from './safe-tier.ts';
import type { Sealing } from './sealing.ts';
import type { TagMarks } from './tag-marks.ts';

/** The background of what the ledger does: writes that nobody waits for. */
type Background = (write: Promise<unknown>) => void;

/**
 * What is known of a namespace's marks, here and in its tiers: which tags were
 * invalidated or expired, and when all was cleared; and what that makes of an entry.
 */
export class MarkLedger {
  readonly #keys: RemoteMarks;
  readonly #marks: TagMarks;
  readonly #sealing: Sealing;
  readonly #onNews: () => void;
  readonly #background: Background;
  /** Up to this stamp all was cleared, as far as this process was told. */
  #clearedAt = 0;

  /** @param onNews is told that a tier had a mark which was not known here. */
  constructor(keys: RemoteMarks, marks: TagMarks, sealing: Sealing, onNews: () => void, background: Background) {
    this.#keys = keys;
    this.#marks = marks;
    this.#sealing = sealing;
    this.#onNews = onNews;
    this.#background = background;
  }

  /** Where a tier keeps when all was cleared last. */
  get clearKey(): string {
    return this.#keys.clearKey;
  }

  /** The entry as the known marks leave it; `undefined` when one removed it. */
  judge<V>(entry: Entry<V>): Entry<V> | undefined {
    if (entry.version.stamp <= this.#clearedAt) return undefined;
    const verdict = this.#marks.verdict(entry.tags, entry.version);
    if (verdict === 'gone') return undefined;
    if (verdict === 'clear') return entry;
    const expired = expiredAt(entry, this.staleSince(entry));
    return isAlive(expired, this.#sealing.monotonic()) ? expired : undefined;
  }

  /** When a tag made the entry stale, on the monotonic clock. */
  staleSince(entry: Entry): number {
    return this.#sealing.instantOf(this.#marks.staleSince(entry.tags, entry.version));
  }

  /** All of the namespace up to this version was removed, whatever the tiers still have. */
  clearedUpTo({ stamp }: Version): void {
    this.#clearedAt = Math.max(this.#clearedAt, stamp);
  }

  /** Takes note of what a tier has under {@link MarkLedger.clearKey}. Returns the stamp up to which its entries are gone. */
  cleared(tier: SafeTier, bytes: Uint8Array | undefined): number {
    return Math.max(this.#clearedAt, this.#stampsOf(tier, this.clearKey, bytes).at(-1) ?? 0);
  }

  /** Reads what a tier knows of tags. Tells whether it could. */
  read(tier: SafeTier, tags: readonly string[]): Answer<boolean> {
    const keys = this.#keys.tagKeys(tags);
    return chain(tier.tryMany(keys), (bytes) => {
      if (!bytes) return false;
      for (const [index, tag] of tags.entries()) {
        this.#learn(tag, this.#stampsOf(tier, keys[index * 2] ?? '', bytes[index * 2]), false);
        this.#learn(tag, this.#stampsOf(tier, keys[index * 2 + 1] ?? '', bytes[index * 2 + 1]), true);
      }
      return true;
    });
  }

  /** Leaves the mark of a tag in every tier. */
  async leaveTag(tiers: readonly SafeTier[], tag: string, version: Version, keep: boolean): Promise<void> {
    if (keep) await this.#recall(tiers, tag);
    await this.#leave(tiers, this.#keys.tagKey(tag, keep), version, keep ? this.#marks.expiries(tag, version.stamp) : []);
  }

  /** Leaves the mark that everything of the namespace up to this version is gone. */
  async leaveCleared(tiers: readonly SafeTier[], version: Version): Promise<void> {
    await this.#leave(tiers, this.clearKey, version, []);
  }

  async #leave(tiers: readonly SafeTier[], key: string, version: Version, earlier: readonly number[]): Promise<void> {
    const sealed = [this.#sealing.sealMark(this.#keys, key, version, earlier)];
    await Promise.all(tiers.map((tier) => tier.setMarks(sealed)));
  }

  /** Learns when a tag was expired before, for the mark that is about to take the place of the last one. */
  async #recall(tiers: readonly SafeTier[], tag: string): Promise<void> {
    const key = this.#keys.tagKey(tag, true);
    for (const tier of tiers) this.#learn(tag, this.#stampsOf(tier, key, (await tier.getMany([key]))[0]), true);
  }

  /** Takes note of a tag's marks; what is news casts doubt on memory's entries. */
  #learn(tag: string, stamps: readonly number[], keep: boolean): void {
    for (const stamp of stamps) {
      if (this.#marks.mark(tag, stamp, keep)) this.#onNews();
    }
  }

  /** The stamps of a mark. One that cannot be read may have said anything: it is left anew, as of now. */
  #stampsOf(tier: SafeTier, key: string, bytes: Uint8Array | undefined): readonly number[] {
    const stamps = this.#sealing.stampsOf(tier, key, bytes);
    if (stamps !== undefined) return stamps;
    const version = this.#sealing.version();
    this.#background(tier.setMarks([this.#sealing.sealMark(this.#keys, key, version)]));
    return [version.stamp];
  }
}

/** The entry, stale from `at` on, with what is left of its grace. */
export function expiredAt<V>(entry: Entry<V>, at: number): Entry<V> {
  if (entry.staleAt <= at) return entry;
  return { ...entry, staleAt: at, deadAt: at + (entry.deadAt - entry.staleAt) };
}
