import { type Entry, isFresh } from '../../entry/entry.ts';
import { isNewer, type Precedence } from '../../entry/envelope-header.ts';
import { compareVersions, TICKS_PER_MS, type Version } from '../../entry/version.ts';
import { type Answer, chain } from '../../tiers/answer.ts';
import type { LocalPartition } from '../../tiers/local-tier.ts';
import type { Clock } from '../../time/clock.ts';
import type { KindPlan } from '../kind/kind-plan.ts';
import type { RefreshAhead } from '../kind/refresh.ts';
import type { Announcer } from './announcer.ts';
import { EventFloors } from './event-floors.ts';
import type { Found } from './found.ts';
import { type Lookup, Lookups } from './lookups.ts';
import type { RemoteStack } from './remote-stack.ts';
import type { TagMarks } from './tag-marks.ts';

/**
 * The entries of one kind, wherever they are: memory before the remote tiers,
 * and the marks of tags over both.
 */
export class KindStore<K, V> {
  readonly #plan: KindPlan<K, V>;
  readonly partition: LocalPartition<V>;
  readonly stack: RemoteStack;
  readonly #marks: TagMarks;
  readonly #refresh: RefreshAhead;
  readonly #clock: Clock;
  readonly #announcer: Announcer;
  readonly #lookups = new Lookups();
  readonly #floors = new EventFloors();
  /** The looks into remote tiers that are under way and that nothing has cut. */
  readonly #searches = new Map<string, Promise<Found<V> | undefined>>();

  constructor(
    plan: KindPlan<K, V>,
    partition: LocalPartition<V>,
    stack: RemoteStack,
    marks: TagMarks,
    refresh: RefreshAhead,
    clock: Clock,
    announcer: Announcer,
  ) {
    this.#plan = plan;
    this.partition = partition;
    this.stack = stack;
    this.#marks = marks;
    this.#refresh = refresh;
    this.#clock = clock;
    this.#announcer = announcer;
  }

  get isShared(): boolean {
    return this.#plan.isRemote && this.stack.size > 0;
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
    const entry = this.partition.find(text);
    if (!entry || entry.tags.length === 0) return entry;
    const verdict = this.#marks.verdict(entry.tags, entry.version);
    if (verdict === 'gone') {
      this.partition.remove(text, 'explicit');
      return undefined;
    }
    if (verdict === 'stale') {
      this.partition.expire(text, this.stack.marks.staleSince(entry));
      this.partition.confirm(text);
      return this.partition.find(text);
    }
    this.partition.confirm(text);
    return entry;
  }

  /** Whether something newer than an entry is known to be somewhere, though memory does not have it. */
  isOvertaken({ key, eventAt }: Entry<V>): boolean {
    return this.#floors.isAbove(key, eventAt, this.#clock.monotonic(), this.marksSeen);
  }

  /** A remote tier has yet to take `entry`: what it has of that time may be older. */
  missed({ key, eventAt }: Entry<V>): void {
    this.#floors.raise(key, eventAt, this.#clock.monotonic(), this.marksSeen);
  }

  /** A remote tier has something newer than `entry`, which leaves memory for it. */
  overtaken(entry: Entry<V>): void {
    const { key, version } = entry;
    this.missed(entry);
    const held = this.partition.find(key);
    if (held && compareVersions(held.version, version) === 0) this.partition.remove(key, 'replaced');
  }

  /** The entry as the marks of its tags leave it; `undefined` when one removed it. */
  judged(entry: Entry<V>): Entry<V> | undefined {
    return entry.tags.length === 0 ? entry : this.stack.marks.judge(entry);
  }

  /** The entry was used, though not by the fast path. */
  touch(text: string): void {
    this.partition.touch(text);
  }

  /**
   * The best that the remote tiers have under `text`: a fresh entry, else a
   * stale one, alive. It is in memory from then on, unless its key was
   * invalidated while the tiers were asked. Who asks meanwhile has the same answer.
   */
  search(text: string): Answer<Found<V> | undefined> {
    if (!this.isShared) return undefined;
    const underWay = this.#searches.get(text);
    if (underWay !== undefined) return underWay;
    const lookup = this.#lookups.begin();
    let search: Promise<Found<V> | undefined> | undefined;
    const answer = this.stack.find(this.#plan, text, (found: Found<V> | undefined) => {
      if (search !== undefined && this.#searches.get(text) === search) this.#searches.delete(text);
      try {
        return found && this.#adopted(found, lookup) ? found : undefined;
      } finally {
        this.#lookups.end();
      }
    });
    if (!(answer instanceof Promise)) return answer;
    search = answer;
    this.#searches.set(text, search);
    return search;
  }

  /** The same for many keys in one trip to each tier; keys with nothing are left out. */
  searchMany(texts: readonly string[]): Answer<ReadonlyMap<string, Found<V>>> {
    if (!this.isShared || texts.length === 0) return new Map();
    const lookup = this.#lookups.begin();
    return chain(this.stack.findMany(this.#plan, texts), (all) => {
      try {
        for (const [text, found] of all) {
          if (!this.#adopted(found, lookup)) all.delete(text);
        }
        return all;
      } finally {
        this.#lookups.end();
      }
    });
  }

  /** Removes keys from all tiers, unless a remote one has something newer. */
  async remove(texts: readonly string[], version: Version): Promise<void> {
    for (const text of texts) {
      this.#cut(text);
      this.#floors.lift(text);
      this.partition.remove(text, 'explicit');
    }
    const isTaken = !this.isShared || (await this.stack.remove(this.#plan, texts, version));
    this.#announcer.removed('gone', this.#plan, texts, version, !isTaken);
  }

  /** Makes the entries under keys stale in all tiers, kept for what is left of their grace. */
  async expire(texts: readonly string[], version: Version): Promise<boolean> {
    const now = this.#clock.monotonic();
    const expire = (text: string): void => {
      this.#cut(text);
      this.partition.expire(text, now);
    };
    texts.forEach(expire);
    const isTaken = !this.isShared || (await this.stack.expire(this.#plan, texts, now, version));
    // Who read meanwhile may have brought it into memory as it was.
    if (this.isShared) texts.forEach(expire);
    return isTaken;
  }

  /**
   * Another process has written `text`: what memory has is stale if it is older,
   * and what is being looked up now must not be.
   *
   * @param sealed the new entry, if it was sent along; it takes the place of an older one
   * that is fresh, for what made that stale may concern the new one, too.
   */
  outdate(text: string, newer: Precedence, sealed: Uint8Array | undefined): void {
    this.#cut(text, newer);
    this.#floors.raise(text, newer.eventAt, this.#clock.monotonic(), this.marksSeen);
    const held = this.partition.find(text);
    if (!held || !isNewer(newer, held)) return;
    const now = this.#clock.monotonic();
    const entry = sealed && isFresh(held, now) ? this.stack.opened(this.#plan, text, sealed) : undefined;
    const shielded = entry && this.#shielded(entry);
    if (shielded && !isNewer(newer, shielded)) this.partition.put(shielded, this.#refresh.attentionAt(shielded), now);
    else this.partition.expire(text, now);
  }

  /** Another process has removed `text` up to `version`, or made it stale where it is kept. Returns what memory had of that, if anything. */
  withdraw(text: string, version: Version, keep: boolean): Entry<V> | undefined {
    // By version alone: a removal knows of no event times.
    this.#cut(text, { version: justAfter(version), eventAt: undefined, isTombstone: true });
    if (!keep) this.#floors.lift(text);
    const held = this.partition.find(text);
    if (!held || compareVersions(held.version, version) > 0) return undefined;
    if (keep) this.partition.expire(text, this.#clock.monotonic());
    else this.partition.remove(text, 'explicit');
    return held;
  }

  /**
   * Removes from the tiers what was asked for so shortly before `version` that it
   * may have come to them after another process had looked there for it; what that
   * one left of it is newer and stays.
   */
  removeLate(withdrawn: readonly Entry<V>[], version: Version): void {
    if (!this.isShared) return;
    const since = version.stamp - this.#plan.deadlineMs * TICKS_PER_MS;
    for (const entry of withdrawn) {
      if (entry.version.stamp > since) this.stack.background(this.stack.remove(this.#plan, [entry.key], entry.version));
    }
  }

  /**
   * Takes leases, if a tier can lend any. Answers in order how many milliseconds
   * another still has each, 0 where it is ours now; `undefined` when there are none to be had.
   */
  lease(texts: readonly string[], ttlMs: number): Promise<readonly number[] | undefined> {
    return this.stack.leases.take(this.#plan, texts, ttlMs);
  }

  /** Gives a lease back once what was loaded is with the tiers. */
  releaseLease(text: string): void {
    this.stack.background(this.stack.settled().then(() => this.stack.leases.release(this.#plan, text)));
  }

  /** Nothing that is looked up now may enter memory. */
  fence(): void {
    this.#searches.clear();
    this.#lookups.cutAll();
  }

  /** What was heard of newer values may be gone. */
  liftFloors(): void {
    this.#floors.liftAll();
  }

  #cut(text: string, upTo?: Precedence): void {
    this.#searches.delete(text);
    this.#lookups.cut(text, upTo);
  }

  #adopted(found: Found<V>, lookup: Lookup): boolean {
    const entry = this.stack.marks.judge(found.entry);
    if (!entry || this.#lookups.isCut(lookup, entry.key, entry) || this.isOvertaken(entry)) return false;
    const shielded = this.#shielded(entry);
    if (!shielded) return false;
    // A tier that lost what it had, as a server may whose replica took over, must not take readers back.
    if (entry.eventAt !== undefined && entry.tags.length > 0) this.held(entry.key);
    return this.partition.put(shielded, this.#refresh.attentionAt(entry), this.#clock.monotonic()) !== 'outdated';
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
