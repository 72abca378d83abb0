import type { Entry, SealedEntry } from '../../entry/entry.ts';
import type { KindCounters } from '../../telemetry/counters.ts';
import type { Clock } from '../../time/clock.ts';
import type { KindPlan } from '../kind/kind-plan.ts';
import type { RefreshAhead } from '../kind/refresh.ts';
import type { Announcer } from './announcer.ts';
import type { StoredAs } from './found.ts';
import type { KindStore } from './kind-store.ts';

/**
 * Writes the entries of one kind: memory at once, then the remote tiers, then
 * the news of it to the other processes.
 */
export class KindWriter<K, V> {
  readonly #plan: KindPlan<K, V>;
  readonly #entries: KindStore<K, V>;
  readonly #announcer: Announcer;
  readonly #refresh: RefreshAhead;
  readonly #clock: Clock;
  readonly #counters: KindCounters;

  constructor(
    plan: KindPlan<K, V>,
    entries: KindStore<K, V>,
    announcer: Announcer,
    refresh: RefreshAhead,
    clock: Clock,
    counters: KindCounters,
  ) {
    this.#plan = plan;
    this.#entries = entries;
    this.#announcer = announcer;
    this.#refresh = refresh;
    this.#clock = clock;
    this.#counters = counters;
  }

  /**
   * Keeps a new entry in memory and, behind the caller, in the remote tiers.
   * Returns the entry that is there now: another, if that one is newer.
   */
  store(entry: Entry<V>): Entry<V> {
    const there = this.#admit(entry);
    if (there === entry && this.#entries.isShared) this.#entries.stack.background(this.#shareLoaded([entry]));
    return there;
  }

  /** {@link KindWriter.store} for many entries, in one trip to each tier. */
  storeMany(entries: readonly Entry<V>[]): Entry<V>[] {
    const there = entries.map((entry) => this.#admit(entry));
    const stored = this.#entries.isShared ? entries.filter((entry, at) => there[at] === entry) : [];
    if (stored.length > 0) this.#entries.stack.background(this.#shareLoaded(stored));
    return there;
  }

  /**
   * Keeps new entries in all tiers and waits for the remote ones. Tells in
   * order which were kept: not those that a newer one outdates.
   *
   * What is in order of event time, and of which memory has nothing to hold it against, comes into memory once the
   * tiers have taken it: they may have something newer, which a reader has seen.
   *
   * @throws ValueError when a value cannot be kept by the remote tiers; nothing is written then.
   */
  async write(entries: readonly Entry<V>[]): Promise<boolean[]> {
    if (!this.#entries.isShared) return entries.map((entry) => this.#writeAlone(entry, this.#clock.monotonic()));
    const sealed = this.#entries.stack.seal(this.#plan, entries);
    const waiting = new Set(entries.filter(({ key, eventAt }) => eventAt !== undefined && !this.#entries.partition.find(key)));
    const isKept = entries.map((entry) => waiting.has(entry) || this.#admit(entry) === entry);
    const kept = entries.filter((_, at) => isKept[at]);
    const refused = await this.#share(
      kept,
      sealed.filter((_, at) => isKept[at]),
      true,
    );
    for (const entry of refused) waiting.delete(entry);
    for (const entry of waiting) this.#admit(entry);
    const outdated = refused.length > 0 ? await this.#insist(refused) : new Set();
    this.#counters.outdated += outdated.size;
    return entries.map((entry, at) => isKept[at] === true && !outdated.has(entry));
  }

  /** {@link KindWriter.write} for one entry; answers at once where only memory keeps the kind. */
  writeOne(entry: Entry<V>, now: number): boolean | Promise<boolean> {
    return this.#entries.isShared ? this.write([entry]).then(([isKept]) => isKept === true) : this.#writeAlone(entry, now);
  }

  /** Where no tier keeps the kind, the others are told that theirs is old all the same. */
  #writeAlone(entry: Entry<V>, now: number): boolean {
    const isKept = this.#admit(entry, now) === entry;
    if (isKept) this.#announcer.newer(this.#plan, entry, false, undefined);
    return isKept;
  }

  #admit(entry: Entry<V>, now: number = this.#clock.monotonic()): Entry<V> {
    if (entry.deadAt <= now) return this.#outlived(entry);
    if (this.#entries.isMarked(entry)) {
      this.#counters.fenced += 1;
      return { ...entry };
    }
    // What a tag has removed must not outdate, by its event time, what comes after it.
    if (entry.eventAt !== undefined && entry.tags.length > 0) this.#entries.held(entry.key);
    if (this.#entries.isOvertaken(entry)) {
      this.#counters.outdated += 1;
      return { ...entry };
    }
    const admission = this.#entries.partition.put(entry, this.#refresh.attentionAt(entry), now);
    if (admission === 'outdated') {
      this.#counters.outdated += 1;
      return this.#entries.partition.find(entry.key) ?? entry;
    }
    this.#counters.writes += 1;
    return entry;
  }

  /** An entry that is dead as it arrives is kept nowhere, and yet it takes the place of an older one. */
  #outlived(entry: Entry<V>): Entry<V> {
    const there = this.#entries.partition.find(entry.key);
    if (there?.eventAt !== undefined && entry.eventAt !== undefined && there.eventAt > entry.eventAt) return there;
    this.#entries.partition.remove(entry.key, 'replaced');
    if (this.#entries.isShared) this.#entries.stack.background(this.#entries.stack.remove(this.#plan, [entry.key], entry.version));
    return entry;
  }

  /**
   * What was loaded is good for memory even if remote tiers cannot keep it. The
   * others are told of it where they can fetch it: else each would load in turn
   * what the other has made old.
   */
  async #shareLoaded(entries: readonly Entry<V>[]): Promise<void> {
    const sealable = this.#entries.stack.sealable(this.#plan, entries);
    this.#counters.outdated += (await this.#share([...sealable.keys()], [...sealable.values()], false)).length;
  }

  /**
   * Writes to the remote tiers, and tells the other processes. Returns what the
   * tiers refused; it has left memory, so that the next read finds what they have.
   *
   * @param tellsMissed whether the others are told of what the tiers may not have.
   */
  async #share(entries: readonly Entry<V>[], sealed: readonly SealedEntry[], tellsMissed: boolean): Promise<Entry<V>[]> {
    const now = this.#clock.monotonic();
    const isAlive = entries.map(({ deadAt }) => deadAt > now);
    const alive = entries.filter((_, at) => isAlive[at]);
    const bytes = sealed.filter((_, at) => isAlive[at]);
    const stored = await this.#entries.stack.store(bytes);
    const refused = alive.filter((_, at) => stored[at] === 'outdated');
    for (const entry of refused) this.#entries.overtaken(entry);
    for (const [at, entry] of alive.entries()) if (stored[at] === 'missed') this.#entries.missed(entry);
    for (const [at, entry] of alive.entries()) this.#announce(entry, stored[at], bytes[at], tellsMissed);
    return refused;
  }

  #announce(entry: Entry<V>, stored: StoredAs | undefined, sealed: SealedEntry | undefined, tellsMissed: boolean): void {
    if (stored === 'stored' || (stored === 'missed' && tellsMissed))
      this.#announcer.newer(this.#plan, entry, stored === 'missed', sealed?.bytes);
  }

  /**
   * Asks for what was refused, whereby what a tag had removed there is removed
   * indeed, and writes once more. Returns what something newer does outdate.
   */
  async #insist(refused: readonly Entry<V>[]): Promise<Set<Entry<V>>> {
    await this.#entries.searchMany(refused.map(({ key }) => key));
    await this.#entries.stack.settled();
    for (const entry of refused) this.#admit(entry);
    return new Set(await this.#share(refused, this.#entries.stack.seal(this.#plan, refused), true));
  }
}
