import type { Precedence } from '../../entry/envelope-header.ts';
import { compareVersions, type Version } from '../../entry/version.ts';
import type { Sweep } from './sweep.ts';

/** What others wrote and the tier may not have taken is remembered of so many keys; past it, all that is older is doubted. */
const MAX_HEARD_KEYS = 10_000;
/** The same of patterns. */
const MAX_HEARD_SWEEPS = 100;

/** What is known to be newer than what a tier has under a key. */
interface Fence {
  /** Of whatever was written last. */
  readonly version: Version;
  /** The latest event time that was written, and up to which version what has the same is older. */
  readonly latest: { readonly eventAt: number; readonly version: Version } | undefined;
  /** Up to there all was removed, whatever its event time. */
  readonly goneUpTo: Version | undefined;
}

/** What is written under a key: an entry, whose event time may be newer than its version tells, or a removal. */
export interface Written {
  readonly eventAt?: number | undefined;
  /** @default nothing was removed */
  readonly goneUpTo?: Version | undefined;
}

/**
 * What this process has written and a remote tier may not have taken yet: until
 * it has, entries there that are older than what was written are known to be outdated.
 * There are as many as writes under way, and those that wait in the outbox.
 */
export class WriteFences {
  readonly #keys = new Map<string, Fence>();
  readonly #sweeps = new Set<Sweep>();
  /** What other processes have written, and said that the tier may not have taken. */
  readonly #heard = new Map<string, Fence>();
  readonly #heardSweeps: Sweep[] = [];
  /** Everything up to this stamp is taken for outdated, for what was written since was given up. */
  #floor = 0;

  /** Entries under `key` up to `version` are outdated, or those of an earlier event time where they have one. */
  raise(key: string, version: Version, written: Written): void {
    this.#keys.set(key, raised(this.#keys.get(key), version, written));
  }

  /** The tier has taken what was written up to `version`. */
  lift(key: string, version: Version): void {
    const known = this.#keys.get(key);
    if (known && compareVersions(known.version, version) <= 0) this.#keys.delete(key);
  }

  /** What was written under `key` will never be with the tier: what it has is no longer believed. */
  giveUp(key: string, version: Version): void {
    this.lift(key, version);
    this.#floor = Math.max(this.#floor, version.stamp);
  }

  raiseSweep(sweep: Sweep): void {
    this.#sweeps.add(sweep);
  }

  liftSweep(sweep: Sweep): void {
    this.#sweeps.delete(sweep);
  }

  giveUpSweep(sweep: Sweep): void {
    this.#sweeps.delete(sweep);
    this.#floor = Math.max(this.#floor, sweep.version.stamp);
  }

  /** The same, as another process says, until the tier shows something newer. */
  hear(key: string, version: Version, written: Written): void {
    const heard = raised(this.#heard.get(key), version, written);
    this.#heard.delete(key);
    this.#heard.set(key, heard);
    if (this.#heard.size <= MAX_HEARD_KEYS) return;
    for (const [oldest, { version: upTo }] of this.#heard) {
      this.#heard.delete(oldest);
      this.#floor = Math.max(this.#floor, upTo.stamp);
      return;
    }
  }

  hearSweep(sweep: Sweep): void {
    this.#heardSweeps.push(sweep);
    if (this.#heardSweeps.length <= MAX_HEARD_SWEEPS) return;
    this.#floor = Math.max(this.#floor, this.#heardSweeps.shift()?.version.stamp ?? 0);
  }

  /** Whether a write under `key` may not be with the tier yet. */
  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** The keys of writes that may not be with the tier yet, of those that match. */
  keys(matches: (key: string) => boolean): string[] {
    return [...this.#keys.keys()].filter(matches);
  }

  /** Whether an entry that the tier has is known to be outdated. */
  stop(key: string, entry: Precedence): boolean {
    const { version } = entry;
    if (version.stamp <= this.#floor) return true;
    const known = this.#keys.size > 0 ? this.#keys.get(key) : undefined;
    if (known && isBehind(entry, known)) return true;
    const isSwept = ({ version: upTo, matches }: Sweep): boolean => compareVersions(version, upTo) <= 0 && matches(key);
    for (const sweep of this.#sweeps) {
      if (isSwept(sweep)) return true;
    }
    return this.#isDoubted(key, entry) || this.#heardSweeps.some(isSwept);
  }

  #isDoubted(key: string, entry: Precedence): boolean {
    const heard = this.#heard.size > 0 ? this.#heard.get(key) : undefined;
    if (!heard) return false;
    if (isBehind(entry, heard)) return true;
    // The tier has taken something newer: the doubt is over.
    this.#heard.delete(key);
    return false;
  }
}

/** A fence that stands for what is written, too. */
function raised(known: Fence | undefined, version: Version, { eventAt, goneUpTo }: Written): Fence {
  return {
    version: later(known?.version, version) ?? version,
    latest: latestOf(known?.latest, eventAt === undefined ? undefined : { eventAt, version }),
    goneUpTo: later(known?.goneUpTo, goneUpTo),
  };
}

function latestOf(one: Fence['latest'], other: Fence['latest']): Fence['latest'] {
  if (!one || !other) return one ?? other;
  return (one.eventAt - other.eventAt || compareVersions(one.version, other.version)) > 0 ? one : other;
}

/** By event time where both have one, as a tier decides, and by version else. */
function isBehind({ version, eventAt }: Precedence, fence: Fence): boolean {
  if (fence.goneUpTo && compareVersions(version, fence.goneUpTo) <= 0) return true;
  const { latest } = fence;
  if (eventAt !== undefined && latest) return (eventAt - latest.eventAt || compareVersions(version, latest.version)) <= 0;
  return compareVersions(version, fence.version) <= 0;
}

function later(one: Version | undefined, other: Version | undefined): Version | undefined {
  if (!one || !other) return one ?? other;
  return compareVersions(one, other) > 0 ? one : other;
}
