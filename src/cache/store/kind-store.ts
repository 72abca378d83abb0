import type { Entry, SealedEntry } from '../../entry/entry.ts';
import { isNewer, type Precedence } from '../../entry/envelope-header.ts';
import { compareVersions, type Version } from '../../entry/version.ts';
import type { KindCounters } from '../../telemetry/counters.ts';
import { type Answer, chain } from '../../tiers/answer.ts';
import type { LocalPartition } from '../../tiers/local-tier.ts';
import type { Clock } from '../../time/clock.ts';
import type { KindPlan } from '../kind/kind-plan.ts';
import type { RefreshAhead } from '../kind/refresh.ts';
import type { Announcer } from './announcer.ts';
import { type Lookup, Lookups } from './lookups.ts';
import type { Found, RemoteStack, StoredAs } from './remote-stack.ts';
import type { TagMarks } from './tag-marks.ts';

/**
 * The entries of one kind, wherever they are: memory before the remote tiers,
 * and the marks of tags over both.
 */
export class KindStore<K, V> {
  readonly #plan: KindPlan<K, V>;
  readonly #partition: LocalPartition<V>;
  readonly #stack: RemoteStack;
  readonly #marks: TagMarks;
  readonly #refresh: RefreshAhead;
  readonly #clock: Clock;
  readonly #counters: KindCounters;
  readonly #announcer: Announcer;
  readonly #lookups = new Lookups();

  constructor(
    plan: KindPlan<K, V>,
    partition: LocalPartition<V>,
    stack: RemoteStack,
    marks: TagMarks,
    refresh: RefreshAhead,
    clock: Clock,
    counters: KindCounters,
    announcer: Announcer,
  ) {
    this.#plan = plan;
    this.#partition = partition;
    this.#stack = stack;
    this.#marks = marks;
    this.#refresh = refresh;
    this.#clock = clock;
    this.#counters = counters;
    this.#announcer = announcer;
  }

  get isShared(): boolean {
    return this.#plan.isRemote && this.#stack.size > 0;
  }

  /** How many tag marks were made so far. */
  get marksSeen(): number {
    return this.#marks.count;
  }

  /** Whether a tag of the entry was invalidated or expired since it was asked for. */
  isMarked(entry: Entry<V>): boolean {
    return this.#marks.verdict(entry.tags, entry.version) !== 'clear';
  }

  /** The entry in memory, while it is alive and none of its tags was invalidated since. */
  held(text: string): Entry<V> | undefined {
    const entry = this.#partition.find(text);
    if (!entry || entry.tags.length === 0) return entry;
    const verdict = this.#marks.verdict(entry.tags, entry.version);
    if (verdict === 'gone') {
      this.#partition.remove(text, 'explicit');
      return undefined;
    }
    if (verdict === 'stale') {
      this.#partition.expire(text, this.#stack.staleSince(entry));
      this.#partition.confirm(text);
      return this.#partition.find(text);
    }
    this.#partition.confirm(text);
    return entry;
  }

  /** The entry as the marks of its tags leave it; `undefined` when one removed it. */
  judged(entry: Entry<V>): Entry<V> | undefined {
    return entry.tags.length === 0 ? entry : this.#stack.judge(entry);
  }

  /** The entry was used, though not by the fast path. */
  touch(text: string): void {
    this.#partition.touch(text);
  }

  /**
   * The best that the remote tiers have under `text`: a fresh entry, else a
   * stale one, alive. It is in memory from then on, unless its key was
   * invalidated while the tiers were asked.
   */
  search(text: string): Answer<Found<V> | undefined> {
    if (!this.isShared) return undefined;
    const lookup = this.#lookups.begin();
    return chain(this.#stack.find(this.#plan, text), (found) => {
      try {
        return found && this.#adopted(found, lookup) ? found : undefined;
      } finally {
        this.#lookups.end();
      }
    });
  }

  /** The same for many keys in one trip to each tier; keys with nothing are left out. */
  searchMany(texts: readonly string[]): Answer<ReadonlyMap<string, Found<V>>> {
    if (!this.isShared || texts.length === 0) return new Map();
    const lookup = this.#lookups.begin();
    return chain(this.#stack.findMany(this.#plan, texts), (all) => {
      try {
        return new Map([...all].filter(([, found]) => this.#adopted(found, lookup)));
      } finally {
        this.#lookups.end();
      }
    });
  }

  /**
   * Keeps a new entry in memory and, behind the caller, in the remote tiers.
   * Returns the entry that is there now: another, if that one is newer.
   */
  store(entry: Entry<V>): Entry<V> {
    const there = this.#admit(entry);
    if (there === entry && this.isShared) this.#stack.background(this.#shareLoaded([entry]));
    return there;
  }

  /** {@link KindStore.store} for many entries, in one trip to each tier. */
  storeMany(entries: readonly Entry<V>[]): Entry<V>[] {
    const there = entries.map((entry) => this.#admit(entry));
    const stored = this.isShared ? entries.filter((entry, at) => there[at] === entry) : [];
    if (stored.length > 0) this.#stack.background(this.#shareLoaded(stored));
    return there;
  }

  /**
   * Keeps new entries in all tiers and waits for the remote ones. Tells in
   * order which were kept: not those that a newer one outdates.
   *
   * @throws ValueError when a value cannot be kept by the remote tiers; nothing is written then.
   */
  async write(entries: readonly Entry<V>[]): Promise<boolean[]> {
    if (!this.isShared) return entries.map((entry) => this.#writeAlone(entry));
    const sealed = this.#stack.seal(this.#plan, entries);
    const isKept = entries.map((entry) => this.#admit(entry) === entry);
    const kept = entries.filter((_, at) => isKept[at]);
    const refused = await this.#share(
      kept,
      sealed.filter((_, at) => isKept[at]),
      true,
    );
    const outdated = refused.length > 0 ? await this.#insist(refused) : new Set();
    this.#counters.outdated += outdated.size;
    return entries.map((entry, at) => isKept[at] === true && !outdated.has(entry));
  }

  /** {@link KindStore.write} for one entry. */
  async writeOne(entry: Entry<V>): Promise<boolean> {
    return this.isShared ? (await this.write([entry]))[0] === true : this.#writeAlone(entry);
  }

  /** Where no tier keeps the kind, the others are told that theirs is old all the same. */
  #writeAlone(entry: Entry<V>): boolean {
    const isKept = this.#admit(entry) === entry;
    if (isKept) this.#announcer.newer(this.#plan, entry, false, undefined);
    return isKept;
  }

  /** Removes keys from all tiers, unless a remote one has something newer. */
  async remove(texts: readonly string[], version: Version): Promise<void> {
    for (const text of texts) {
      this.#lookups.cut(text);
      this.#partition.remove(text, 'explicit');
    }
    const isTaken = !this.isShared || (await this.#stack.remove(this.#plan, texts, version));
    this.#announcer.removed('gone', this.#plan, texts, version, !isTaken);
  }

  /** Makes the entries under keys stale in all tiers, kept for what is left of their grace. */
  async expire(texts: readonly string[], version: Version): Promise<void> {
    const now = this.#clock.monotonic();
    const expire = (text: string): void => {
      this.#lookups.cut(text);
      this.#partition.expire(text, now);
    };
    texts.forEach(expire);
    const isTaken = !this.isShared || (await this.#stack.expire(this.#plan, texts, now, version));
    // Who read meanwhile may have brought it into memory as it was.
    if (this.isShared) texts.forEach(expire);
    this.#announcer.removed('stale', this.#plan, texts, version, !isTaken);
  }

  /**
   * Another process has written `text`: what memory has is stale if it is older,
   * and what is being looked up now must not be.
   *
   * @param sealed the new entry, if it was sent along; it takes the place of an older one.
   */
  outdate(text: string, newer: Precedence, sealed: Uint8Array | undefined): void {
    this.#lookups.cut(text, newer);
    const held = this.#partition.find(text);
    if (!held || !isNewer(newer, held)) return;
    const entry = sealed && this.#stack.opened(this.#plan, text, sealed);
    const shielded = entry && this.#shielded(entry);
    if (shielded && !isNewer(newer, shielded)) this.#partition.put(shielded, this.#refresh.attentionAt(shielded), this.#clock.monotonic());
    else this.#partition.expire(text, this.#clock.monotonic());
  }

  /** Another process has removed `text` up to `version`, or made it stale where it is kept. */
  withdraw(text: string, version: Version, keep: boolean): void {
    // By version alone: a removal knows of no event times.
    this.#lookups.cut(text, { version: justAfter(version), eventAt: undefined, isTombstone: true });
    const held = this.#partition.find(text);
    if (!held || compareVersions(held.version, version) > 0) return;
    if (keep) this.#partition.expire(text, this.#clock.monotonic());
    else this.#partition.remove(text, 'explicit');
  }

  /** Nothing that is looked up now may enter memory. */
  fence(): void {
    this.#lookups.cutAll();
  }

  #adopted(found: Found<V>, lookup: Lookup): boolean {
    const entry = this.#stack.judge(found.entry);
    if (!entry || this.#lookups.isCut(lookup, entry.key, entry)) return false;
    const shielded = this.#shielded(entry);
    if (!shielded) return false;
    // A tier that lost what it had, as a server may whose replica took over, must not take readers back.
    if (entry.eventAt !== undefined && entry.tags.length > 0) this.held(entry.key);
    return this.#partition.put(shielded, this.#refresh.attentionAt(entry), this.#clock.monotonic()) !== 'outdated';
  }

  #admit(entry: Entry<V>): Entry<V> {
    const now = this.#clock.monotonic();
    if (entry.deadAt <= now) return this.#outlived(entry);
    if (this.isMarked(entry)) {
      this.#counters.fenced += 1;
      return { ...entry };
    }
    // What a tag has removed must not outdate, by its event time, what comes after it.
    if (entry.eventAt !== undefined && entry.tags.length > 0) this.held(entry.key);
    const admission = this.#partition.put(entry, this.#refresh.attentionAt(entry), now);
    if (admission === 'outdated') {
      this.#counters.outdated += 1;
      return this.#partition.find(entry.key) ?? entry;
    }
    this.#counters.writes += 1;
    return entry;
  }

  /** An entry that is dead as it arrives is kept nowhere, and yet it takes the place of an older one. */
  #outlived(entry: Entry<V>): Entry<V> {
    const there = this.#partition.find(entry.key);
    if (there?.eventAt !== undefined && entry.eventAt !== undefined && there.eventAt > entry.eventAt) return there;
    this.#partition.remove(entry.key, 'replaced');
    if (this.isShared) this.#stack.background(this.#stack.remove(this.#plan, [entry.key], entry.version));
    return entry;
  }

  /**
   * What was loaded is good for memory even if remote tiers cannot keep it. The
   * others are told of it where they can fetch it: else each would load in turn
   * what the other has made old.
   */
  async #shareLoaded(entries: readonly Entry<V>[]): Promise<void> {
    const sealable = this.#stack.sealable(this.#plan, entries);
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
    const stored = await this.#stack.store(bytes);
    const refused = alive.filter((_, at) => stored[at] === 'outdated');
    for (const entry of refused) {
      if (this.#partition.find(entry.key)?.version.stamp === entry.version.stamp) this.#partition.remove(entry.key, 'replaced');
    }
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
    await this.searchMany(refused.map(({ key }) => key));
    await this.#stack.settled();
    for (const entry of refused) this.#admit(entry);
    return new Set(await this.#share(refused, this.#stack.seal(this.#plan, refused), true));
  }

  /** An entry from a tier, with its value as memory keeps it; `undefined` when a codec of a user's made what cannot be kept so. */
  #shielded(entry: Entry<V>): Entry<V> | undefined {
    const { isolate } = this.#plan;
    if (!isolate.shields || entry.isNegative) return entry;
    try {
      return { ...entry, value: isolate.keep(entry.value as V) };
    } catch {
      return undefined;
    }
  }
}

/** The version next to a given one: what is up to the one is older than the other. */
function justAfter({ stamp, origin }: Version): Version {
  return origin < 0xffff_ffff ? { stamp, origin: origin + 1 } : { stamp: stamp + 1, origin: 0 };
}
