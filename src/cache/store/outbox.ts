import type { SealedEntry } from '../../entry/entry.ts';
import { isNewer } from '../../entry/envelope-header.ts';
import type { Pattern } from '../../entry/pattern.ts';
import { compareVersions, justBefore, type Version } from '../../entry/version.ts';
import type { RemoteTier } from '../../tiers/remote-tier.ts';
import type { Clock } from '../../time/clock.ts';
import type { Sweep, WriteFences } from './write-fences.ts';

/** What waits is about so many keys; past it the one that was written longest ago is given up. */
const MAX_KEYS = 10_000;

/** The entries among it may take so many bytes; past it only what they replace is removed. */
const MAX_BYTES: number = 64 * 1_024 * 1_024;

/** Sweeps wait up to this many; past it the oldest is given up. */
const MAX_SWEEPS = 100;

/** Keys that are written again at once. */
const RUN_LENGTH = 100;

/** What a tier has yet to do about one key: remove what it has up to a version, then store an entry. */
interface Intent {
  readonly removeUpTo: Version | undefined;
  readonly entry: SealedEntry | undefined;
}

/** A sweep that a tier has yet to do, and where it has to look. */
interface OwedSweep {
  readonly pattern: Pattern;
  readonly sweep: Sweep;
}

/**
 * What was to be written to a remote tier and failed: it is tried again when the tier answers.
 *
 * One intent waits for each key, for the tier would keep only the newest of
 * many. All are conditional on versions, so that late does no harm.
 */
export class Outbox {
  readonly #tier: RemoteTier;
  readonly #fences: WriteFences;
  readonly #clock: Clock;
  /** The one that was added to longest ago comes first. */
  readonly #intents = new Map<string, Intent>();
  readonly #sweeps = new Map<string, OwedSweep>();
  #bytes = 0;
  #isTrying = false;
  /** What was given up, for too much was waiting. */
  dropped = 0;

  constructor(tier: RemoteTier, fences: WriteFences, clock: Clock) {
    this.#tier = tier;
    this.#fences = fences;
    this.#clock = clock;
  }

  /** Keys and sweeps that wait for their next try. */
  get size(): number {
    return this.#intents.size + this.#sweeps.size;
  }

  /** The tier did not take these. */
  addEntries(entries: readonly SealedEntry[]): void {
    for (const entry of entries) {
      const { removeUpTo, entry: other } = this.#intents.get(entry.key) ?? NOTHING;
      const isGone = removeUpTo !== undefined && compareVersions(entry.version, removeUpTo) <= 0;
      const isOutdated = other !== undefined && !isNewer(ofEntry(entry), ofEntry(other));
      if (!isGone && !isOutdated) this.#set(entry.key, { removeUpTo, entry });
    }
  }

  /** The tier did not remove what it has under these keys up to `version`. */
  addRemoval(keys: readonly string[], version: Version): void {
    for (const key of keys) {
      const { removeUpTo, entry } = this.#intents.get(key) ?? NOTHING;
      const isGone = entry !== undefined && compareVersions(entry.version, version) <= 0;
      this.#set(key, { removeUpTo: later(removeUpTo, version), entry: isGone ? undefined : entry });
    }
  }

  /** The tier did not remove what a sweep means. */
  addSweep(pattern: Pattern, sweep: Sweep): void {
    const place = `${pattern.prefix}\n${pattern.text}`;
    const earlier = this.#sweeps.get(place);
    if (earlier) this.#fences.liftSweep(earlier.sweep);
    this.#sweeps.delete(place);
    this.#sweeps.set(place, { pattern, sweep });
    if (this.#sweeps.size <= MAX_SWEEPS) return;
    for (const [oldest, owed] of this.#sweeps) {
      this.#sweeps.delete(oldest);
      this.#fences.giveUpSweep(owed.sweep);
      this.dropped += 1;
      return;
    }
  }

  /** The tier answers: tries what is waiting, what is waiting longest first, until something fails again. */
  async tryAgain(): Promise<void> {
    if (this.#isTrying) return;
    this.#isTrying = true;
    try {
      for (const [place, owed] of this.#sweeps) {
        await sweepOut(this.#tier, this.#fences, owed.pattern, owed.sweep);
        if (this.#sweeps.get(place) === owed) this.#sweeps.delete(place);
        this.#fences.liftSweep(owed.sweep);
      }
      while (this.#intents.size > 0) await this.#run(this.#oldest());
    } catch {
      // The tier fails again: its next answer is the next chance.
    } finally {
      this.#isTrying = false;
    }
  }

  #oldest(): [key: string, intent: Intent][] {
    const oldest: [string, Intent][] = [];
    for (const intent of this.#intents) {
      oldest.push(intent);
      if (oldest.length === RUN_LENGTH) break;
    }
    return oldest;
  }

  async #run(intents: readonly (readonly [key: string, intent: Intent])[]): Promise<void> {
    const now = this.#clock.now();
    const isAlive = ({ entry }: Intent): boolean => entry !== undefined && entry.deadAt > now;
    await Promise.all(
      intents.map(([key, intent]) => {
        const upTo = isAlive(intent) ? intent.removeUpTo : fenceOf(intent);
        return upTo && this.#tier.deleteMany([key], upTo);
      }),
    );
    const entries = intents.flatMap(([, intent]) => (intent.entry && isAlive(intent) ? [intent.entry] : []));
    if (entries.length > 0) await this.#tier.setMany(entries);
    for (const [key, intent] of intents) {
      if (this.#intents.get(key) === intent) this.#remove(key);
      this.#fences.lift(key, fenceOf(intent));
    }
  }

  #set(key: string, intent: Intent): void {
    this.#remove(key);
    const { removeUpTo, entry } = intent;
    const isTooMuch = entry !== undefined && this.#bytes + entry.bytes.length > MAX_BYTES;
    const kept = isTooMuch ? { removeUpTo: later(removeUpTo, justBefore(entry.version)), entry: undefined } : intent;
    this.#intents.set(key, kept);
    this.#bytes += kept.entry?.bytes.length ?? 0;
    if (this.#intents.size <= MAX_KEYS) return;
    for (const [oldest, given] of this.#intents) {
      this.#remove(oldest);
      this.#fences.giveUp(oldest, fenceOf(given));
      this.dropped += 1;
      return;
    }
  }

  #remove(key: string): void {
    this.#bytes -= this.#intents.get(key)?.entry?.bytes.length ?? 0;
    this.#intents.delete(key);
  }
}

const NOTHING: Intent = { removeUpTo: undefined, entry: undefined };

/** Removes from a tier what a sweep means, and what this process has written before it and the tier has not taken yet, which no scan would find. */
export async function sweepOut(tier: RemoteTier, fences: WriteFences, pattern: Pattern, { matches, version }: Sweep): Promise<void> {
  const underWay = fences.keys(matches);
  if (underWay.length > 0) await tier.deleteMany(underWay, version);
  for await (const keys of tier.scan(pattern)) await tier.deleteMany(keys.filter(matches), version);
}

/** Up to which version the tier's entry is outdated, as long as the intent waits. */
function fenceOf({ removeUpTo, entry }: Intent): Version {
  return later(removeUpTo, entry ? justBefore(entry.version) : { stamp: 0, origin: 0 });
}

function later(a: Version | undefined, b: Version): Version {
  return a !== undefined && compareVersions(a, b) > 0 ? a : b;
}

function ofEntry({ version, eventAt }: SealedEntry): Parameters<typeof isNewer>[0] {
  return { version, eventAt, isTombstone: false };
}
