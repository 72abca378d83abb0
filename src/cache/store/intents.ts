import type { SealedEntry } from '../../entry/entry.ts';
import { isNewer } from '../../entry/envelope-header.ts';
import { compareVersions, justBefore, type Version } from '../../entry/version.ts';
import type { Sweep } from './sweep.ts';
import type { WriteFences, Written } from './write-fences.ts';

/** Keys that may wait; past it the one that was written longest ago is given up. */
const MAX_KEYS = 10_000;

/** Entries that wait may take so many bytes; past it only what they would replace is removed. */
const MAX_BYTES: number = 64 * 1_024 * 1_024;

/** What a tier has yet to do about one key: remove what it has up to a version, then store an entry. */
export interface Intent {
  readonly removeUpTo: Version | undefined;
  readonly entry: SealedEntry | undefined;
  /** Up to which version the tier's entry is outdated while this waits. */
  readonly fence: Version;
  /** Marks are kept whatever they weigh: without them what they removed would be believed. */
  readonly isMark: boolean;
}

/** A removal that is due. */
interface Removal {
  readonly key: string;
  readonly upTo: Version;
  readonly intent: Intent;
}

/** What a tier has yet to do, a key at a time, as one call after another made it; the key that was written longest ago comes first. */
export class Intents {
  readonly #fences: WriteFences;
  readonly #byKey = new Map<string, Intent>();
  #bytes = 0;
  givenUp = 0;

  constructor(fences: WriteFences) {
    this.#fences = fences;
  }

  get size(): number {
    return this.#byKey.size;
  }

  addEntry(entry: SealedEntry, isMark: boolean): void {
    const waiting = this.#byKey.get(entry.key);
    const fence = later(waiting?.fence, justBefore(entry.version));
    const isGone = waiting?.removeUpTo !== undefined && compareVersions(entry.version, waiting.removeUpTo) <= 0;
    const isOutdated = waiting?.entry !== undefined && !isNewer(entry, waiting.entry);
    if (waiting && (isGone || isOutdated)) this.#set(entry.key, { ...waiting, fence });
    else this.#set(entry.key, { removeUpTo: waiting?.removeUpTo, entry, fence, isMark });
  }

  addRemoval(key: string, version: Version): void {
    const waiting = this.#byKey.get(key);
    const isGone = waiting?.entry !== undefined && compareVersions(waiting.entry.version, version) <= 0;
    const fence = later(waiting?.fence, version);
    const removeUpTo = later(waiting?.removeUpTo, version);
    this.#set(key, { removeUpTo, entry: isGone ? undefined : waiting?.entry, fence, isMark: waiting?.isMark ?? false });
  }

  /** The tier has stored `entry`, or has a newer one. */
  answered(entry: SealedEntry, isStored: boolean): void {
    const waiting = this.#byKey.get(entry.key);
    if (!waiting) return;
    // Its own fence is lifted by now, and may have stood for this one.
    this.#fences.raise(entry.key, waiting.fence, writtenBy(waiting));
    if (!isStored) return;
    const isReplaced = waiting.entry === undefined || isNewer(entry, waiting.entry);
    const isRemoved = waiting.removeUpTo === undefined || compareVersions(waiting.removeUpTo, entry.version) < 0;
    if (isReplaced && isRemoved) this.done(entry.key, waiting);
  }

  /** The tier has removed what it had under `key` up to `version`. */
  removed(key: string, version: Version): void {
    const waiting = this.#byKey.get(key);
    if (!waiting) return;
    const isOlder = (other: Version | undefined): boolean => other === undefined || compareVersions(other, version) <= 0;
    if (isOlder(waiting.removeUpTo) && isOlder(waiting.entry?.version)) this.done(key, waiting);
    else if (isOlder(waiting.entry?.version)) this.#set(key, { ...waiting, entry: undefined });
  }

  sweep({ matches, version }: Sweep): void {
    for (const [key, { entry, isMark }] of [...this.#byKey]) {
      const isMeant = entry !== undefined && !isMark && compareVersions(entry.version, version) <= 0 && matches(key);
      if (isMeant) this.#fences.raise(key, version, { goneUpTo: version });
      if (isMeant) this.addRemoval(key, version);
    }
  }

  /** The removals that are due, those of entries among them that died while they waited: what they would have replaced must go. */
  removals(now: number): Removal[] {
    const due: Removal[] = [];
    for (const [key, intent] of this.#byKey) {
      const { entry, removeUpTo } = intent;
      const upTo = entry && entry.deadAt <= now ? later(removeUpTo, justBefore(entry.version)) : removeUpTo;
      if (upTo !== undefined) due.push({ key, upTo, intent });
    }
    return due;
  }

  /** What is to be stored, and need not wait for a removal. */
  entries(now: number): (readonly [key: string, intent: Intent & { readonly entry: SealedEntry }])[] {
    const due: (readonly [string, Intent & { readonly entry: SealedEntry }])[] = [];
    for (const [key, intent] of this.#byKey) {
      if (isStorable(intent) && intent.entry.deadAt > now) due.push([key, intent]);
    }
    return due;
  }

  /** The tier has done the removal of an intent. */
  removalDone(key: string, intent: Intent, now: number): void {
    if (this.#byKey.get(key) !== intent) return;
    if (intent.entry && intent.entry.deadAt > now) this.#byKey.set(key, { ...intent, removeUpTo: undefined });
    else this.done(key, intent);
  }

  /** The tier has done all of an intent; nothing is left of it unless more was added meanwhile. */
  done(key: string, intent: Intent): void {
    if (this.#byKey.get(key) !== intent) return;
    this.#remove(key);
    this.#fences.lift(key, intent.fence);
  }

  #set(key: string, intent: Intent): void {
    this.#remove(key);
    const { entry, isMark, removeUpTo } = intent;
    const isTooMuch = entry !== undefined && !isMark && this.#bytes + entry.bytes.length > MAX_BYTES;
    const kept = isTooMuch ? { ...intent, removeUpTo: later(removeUpTo, justBefore(entry.version)), entry: undefined } : intent;
    this.#byKey.set(key, kept);
    this.#bytes += bytesOf(kept);
    if (this.#byKey.size <= MAX_KEYS) return;
    for (const [oldest, { fence }] of this.#byKey) {
      this.#remove(oldest);
      this.#fences.giveUp(oldest, fence);
      this.givenUp += 1;
      return;
    }
  }

  #remove(key: string): void {
    const waiting = this.#byKey.get(key);
    if (waiting) this.#bytes -= bytesOf(waiting);
    this.#byKey.delete(key);
  }
}

function writtenBy({ entry, removeUpTo }: Intent): Written {
  return { eventAt: entry?.eventAt, goneUpTo: removeUpTo };
}

function isStorable(intent: Intent): intent is Intent & { readonly entry: SealedEntry } {
  return intent.entry !== undefined && intent.removeUpTo === undefined;
}

function bytesOf({ entry, isMark }: Intent): number {
  return isMark ? 0 : (entry?.bytes.length ?? 0);
}

function later(a: Version | undefined, b: Version): Version {
  return a !== undefined && compareVersions(a, b) > 0 ? a : b;
}
