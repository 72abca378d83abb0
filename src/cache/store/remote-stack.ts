import type { Entry, SealedEntry } from '../../entry/entry.ts';
import type { Pattern } from '../../entry/pattern.ts';
import type { Version } from '../../entry/version.ts';
import { type Answer, chain, together } from '../../tiers/answer.ts';
import type { KindPlan } from '../kind/kind-plan.ts';
import type { Found, StoredAs } from './found.ts';
import { expiredAt, MarkLedger } from './mark-ledger.ts';
import type { RemoteMarks } from './remote-marks.ts';
import type { SafeTier } from './safe-tier.ts';
import type { Sealing } from './sealing.ts';
import type { Sweep } from './sweep.ts';
import type { TagMarks } from './tag-marks.ts';
import { TierLeases } from './tier-leases.ts';
import { orRefused, validated } from './validation.ts';
import type { Written } from './write-fences.ts';

/** The remote tiers of one namespace, nearest first. Nothing here throws for a tier that fails. */
export class RemoteStack {
  readonly #tiers: readonly SafeTier[];
  readonly #sealing: Sealing;
  /** What is known of the namespace's marks. */
  readonly marks: MarkLedger;
  readonly leases: TierLeases;
  readonly #isBelieved: (tier: SafeTier, version: Version) => boolean;
  readonly #pending = new Set<Promise<unknown>>();

  /**
   * @param onMark is told that a tier had a mark which was not known here.
   * @param isBelieved whether a fresh entry of a tier is as new as any that other processes know.
   */
  constructor(
    tiers: readonly SafeTier[],
    sealing: Sealing,
    remoteMarks: RemoteMarks,
    marks: TagMarks,
    onMark: () => void,
    isBelieved: (tier: SafeTier, version: Version) => boolean = () => true,
  ) {
    this.#tiers = tiers;
    this.#sealing = sealing;
    this.marks = new MarkLedger(remoteMarks, marks, sealing, onMark, (write) => this.background(write));
    this.leases = new TierLeases(tiers, sealing);
    this.#isBelieved = isBelieved;
  }

  get size(): number {
    return this.#tiers.length;
  }

  /**
   * What `take` makes of the first fresh entry, nearest tier first, else of the one
   * asked for last; of `undefined` when none is alive.
   */
  find<K, V, T>(plan: KindPlan<K, V>, text: string, take: (found: Found<V> | undefined) => T): Answer<T> {
    const [only] = this.#tiers;
    if (!only || this.#tiers.length > 1) return chain(this.findMany(plan, [text]), (found) => take(found.get(text)));
    const key = this.#sealing.fullKey(plan, text);
    return chain(only.getMany([key, this.marks.clearKey]), (bytes) => {
      const opened = this.#opened(only, plan, text, key, bytes[0], this.marks.cleared(only, bytes[1]));
      // The way of most reads: one promise for all that is done here.
      if (opened instanceof Promise) return opened.then((entry) => chain(this.#foundIn(only, key, entry), take));
      return chain(this.#foundIn(only, key, opened), take);
    });
  }

  /** What one tier had under a key, without lists. */
  #foundIn<V>(tier: SafeTier, key: string, entry: Entry<V> | undefined): Answer<Found<V> | undefined> {
    if (!entry) return undefined;
    if (entry.tags.length === 0) return { entry: this.#doubted(tier, entry), tier: tier.name };
    return chain(this.#judged(tier, [key], [this.#doubted(tier, entry)]), ([judged]) => judged && { entry: judged, tier: tier.name });
  }

  /** The entry in what a tier handed back, unless it is known to be outdated. */
  #opened<K, V>(
    tier: SafeTier,
    plan: KindPlan<K, V>,
    text: string,
    key: string,
    sealed: Uint8Array | undefined,
    clearedAt: number,
  ): Answer<Entry<V> | undefined> {
    if (!sealed) {
      tier.report.counters.misses += 1;
      return undefined;
    }
    tier.report.counters.hits += 1;
    const entry = this.#sealing.open(tier, plan, text, sealed);
    if (!entry || entry.version.stamp <= clearedAt || tier.isOutdated(key, entry)) return undefined;
    if (!plan.schema) return entry;
    return orRefused(
      () => validated(plan, entry),
      () => this.#sealing.refused(tier, 'schema', plan, text),
    );
  }

  /** {@link RemoteStack.find} for many keys: one trip to each tier, for what the nearer did not have fresh. */
  findMany<K, V>(plan: KindPlan<K, V>, texts: readonly string[]): Answer<Map<string, Found<V>>> {
    return this.#findFrom(0, plan, texts, new Map());
  }

  #findFrom<K, V>(at: number, plan: KindPlan<K, V>, texts: readonly string[], best: Map<string, Found<V>>): Answer<Map<string, Found<V>>> {
    const tier = this.#tiers[at];
    if (!tier || texts.length === 0) return best;
    return chain(this.#ask(tier, plan, texts), (entries) => {
      const missing: string[] = [];
      for (const [index, text] of texts.entries()) {
        const entry = entries[index];
        const other = best.get(text);
        if (entry && (!other || entry.askedAt > other.entry.askedAt)) best.set(text, { entry, tier: tier.name });
        if (!entry || !this.#sealing.isFresh(entry)) missing.push(text);
        else if (at > 0) this.background(this.#promote(at, plan, entry));
      }
      return this.#findFrom(at + 1, plan, missing, best);
    });
  }

  /** What one tier has, opened, checked, and judged by the marks the tier has. */
  #ask<K, V>(tier: SafeTier, plan: KindPlan<K, V>, texts: readonly string[]): Answer<(Entry<V> | undefined)[]> {
    const { clearKey } = this.marks;
    const keys = texts.map((text) => this.#sealing.fullKey(plan, text));
    keys.push(clearKey);
    return chain(tier.getMany(keys), (bytes) => {
      const clearedAt = this.marks.cleared(tier, bytes[texts.length]);
      const opened = texts.map((text, index) => this.#opened(tier, plan, text, keys[index] ?? '', bytes[index], clearedAt));
      return chain(together(opened), (entries) =>
        this.#judged(
          tier,
          keys,
          entries.map((entry) => entry && this.#doubted(tier, entry)),
        ),
      );
    });
  }

  /** The entry, stale where the tier may have missed what other processes wrote: it may still stand in for as long as it lives. */
  #doubted<V>(tier: SafeTier, entry: Entry<V>): Entry<V> {
    return this.#isBelieved(tier, entry.version) ? entry : this.#stale(entry);
  }

  #stale<V>(entry: Entry<V>): Entry<V> {
    return { ...entry, staleAt: Math.min(entry.staleAt, this.#sealing.instantOf(entry.version.stamp)) };
  }

  /**
   * Without what a tag removed; stale what a tag expired, and what it may have
   * where the marks cannot be read. They are read with the first entry that has tags.
   */
  #judged<V>(tier: SafeTier, fullKeys: readonly string[], entries: (Entry<V> | undefined)[]): Answer<(Entry<V> | undefined)[]> {
    const tags = [...new Set(entries.flatMap((entry) => entry?.tags ?? []))];
    if (tags.length === 0) return entries;
    return chain(this.marks.read(tier, tags), (isRead) =>
      entries.map((entry, index) => {
        const judged = entry && this.marks.judge(isRead || entry.tags.length === 0 ? entry : this.#stale(entry));
        // What a tag removed takes up room, and by its event time could refuse what comes after it.
        if (entry && !judged) this.background(tier.deleteMany([fullKeys[index] ?? ''], entry.version));
        return judged;
      }),
    );
  }

  #promote<K, V>(from: number, plan: KindPlan<K, V>, entry: Entry<V>): Promise<unknown> {
    const sealed = [...this.sealable(plan, [entry]).values()];
    return Promise.all(this.#tiers.slice(0, from).map((tier) => tier.setMany(sealed)));
  }

  /** The entries in the form that remote tiers keep. @throws ValueError when a value cannot be kept. */
  seal<K, V>(plan: KindPlan<K, V>, entries: readonly Entry<V>[]): SealedEntry[] {
    return entries.map((entry) => this.#sealing.seal(plan, entry));
  }

  /** The same, without those whose values cannot be kept; each tier is told of them. */
  sealable<K, V>(plan: KindPlan<K, V>, entries: readonly Entry<V>[]): Map<Entry<V>, SealedEntry> {
    const sealed = new Map<Entry<V>, SealedEntry>();
    for (const entry of entries) {
      try {
        sealed.set(entry, this.#sealing.seal(plan, entry));
      } catch (error) {
        for (const tier of this.#tiers) this.#sealing.unsealable(tier, plan, entry.key, error);
      }
    }
    return sealed;
  }

  /** Stores in every tier; tells in order what became of each. */
  async store(sealed: readonly SealedEntry[]): Promise<StoredAs[]> {
    const answers = await Promise.all(this.#tiers.map((tier) => tier.setMany(sealed)));
    return sealed.map((_, index) => {
      if (answers.some((stored) => stored[index] === false)) return 'outdated';
      return answers.some((stored) => stored[index] === undefined) ? 'missed' : 'stored';
    });
  }

  /** Removes keys of one kind from every tier, unless something newer is there. Tells whether all have taken it. */
  async remove<K, V>(plan: KindPlan<K, V>, texts: readonly string[], version: Version): Promise<boolean> {
    const keys = texts.map((text) => this.#sealing.fullKey(plan, text));
    return allOf(this.#tiers.map((tier) => tier.deleteMany(keys, version)));
  }

  /** Removes what a sweep means from every tier. Tells whether all have taken it. @param pattern over full keys: where to look for it. */
  async removeMatching(pattern: Pattern, sweep: Sweep): Promise<boolean> {
    return allOf(this.#tiers.map((tier) => tier.removeMatching(pattern, sweep)));
  }

  /** Another process wrote `text` up to `upTo`, and its tiers may not have taken it: what the tiers have is not believed until they show something newer. */
  doubt<K, V>(plan: KindPlan<K, V>, text: string, upTo: Version, written: Written): void {
    for (const tier of this.#tiers) tier.doubt(this.#sealing.fullKey(plan, text), upTo, written);
  }

  /** The same for all that match. */
  doubtMatching(sweep: Sweep): void {
    for (const tier of this.#tiers) tier.doubtMatching(sweep);
  }

  /** Another process removed all that match: what comes to the tiers later, and is older, is not believed. */
  swept(sweep: Sweep): void {
    for (const tier of this.#tiers) tier.swept(sweep);
  }

  /** The entry in sealed form, as another process sent it; `undefined` when it must not be used. */
  opened<K, V>(plan: KindPlan<K, V>, text: string, bytes: Uint8Array): Entry<V> | undefined {
    const [tier] = this.#tiers;
    const entry = tier && this.#sealing.open(tier, plan, text, bytes);
    return entry && this.marks.judge(entry);
  }

  /** The full keys that match, from every tier. */
  async *scan(pattern: Pattern): AsyncIterable<string[]> {
    for (const tier of this.#tiers) yield* tier.scan(pattern);
  }

  /** What each tier has under `text`, by the tier's name. */
  async inspect<K, V>(plan: KindPlan<K, V>, text: string): Promise<Map<string, Entry<V> | undefined>> {
    const found = new Map<string, Entry<V> | undefined>();
    for (const tier of this.#tiers) found.set(tier.name, (await this.#ask(tier, plan, [text]))[0]);
    return found;
  }

  /** Removes from every tier what is still on its way there, of keys that match. */
  async dropUnderWay(matches: (key: string) => boolean, version: Version): Promise<void> {
    await Promise.all(this.#tiers.map((tier) => tier.dropUnderWay(matches, version)));
  }

  /**
   * Makes the entries under keys stale in every tier, from `at` on. Where a tier
   * cannot tell what it has, or has a write under way, the key is removed
   * instead: better no stand-in than one that passes for fresh. Tells whether
   * all have taken it.
   */
  async expire<K, V>(plan: KindPlan<K, V>, texts: readonly string[], at: number, version: Version): Promise<boolean> {
    return allOf(this.#tiers.flatMap((tier) => texts.map((text) => this.#expireIn(tier, plan, text, at, version))));
  }

  async #expireIn<K, V>(tier: SafeTier, plan: KindPlan<K, V>, text: string, at: number, version: Version): Promise<boolean> {
    const key = this.#sealing.fullKey(plan, text);
    const bytes = await tier.settledBytes([key]);
    // Where there is nothing, a load may be under way elsewhere that was begun before.
    if (!bytes?.[0]) return tier.deleteMany([key], version);
    const [entry] = await this.#ask(tier, plan, [text]);
    // What cannot be read here, another process may have the key for.
    if (!entry) return tier.deleteMany([key], version);
    // One tick newer than what is there, and so older than whatever is written meanwhile.
    const expired = { ...expiredAt(entry, at), version: { ...entry.version, stamp: entry.version.stamp + 1 } };
    const [sealed] = this.sealable(plan, [expired]).values();
    return sealed ? (await tier.setMany([sealed]))[0] !== undefined : tier.deleteMany([key], version);
  }

  /** Leaves the mark of a tag in every tier. */
  async mark(tag: string, version: Version, keep: boolean): Promise<void> {
    await this.marks.leaveTag(this.#tiers, tag, version, keep);
  }

  /** Leaves the mark that everything of the namespace up to this version is gone. */
  async markCleared(version: Version): Promise<void> {
    await this.marks.leaveCleared(this.#tiers, version);
  }

  /** Lets a write go on behind its caller; {@link RemoteStack.flush} waits for it. */
  background(write: Promise<unknown>): void {
    const settled = write.catch(() => {}).finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }

  /** Resolves when what goes on behind callers has ended, well or not. */
  async settled(): Promise<void> {
    await Promise.all([...this.#pending]);
  }

  /** Resolves when all that was written so far is with the tiers, or has failed. */
  async flush(): Promise<void> {
    await this.settled();
    await Promise.all(this.#tiers.map((tier) => tier.flush()));
  }
}

async function allOf(answers: readonly Promise<boolean>[]): Promise<boolean> {
  return (await Promise.all(answers)).every((isTaken) => isTaken);
}
