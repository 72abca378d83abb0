import type { SealedEntry } from '../../entry/entry.ts';
import type { Pattern } from '../../entry/pattern.ts';
import { compareVersions, type Version } from '../../entry/version.ts';
import type { RemoteTier } from '../../tiers/remote-tier.ts';
import type { Clock } from '../../time/clock.ts';
import { Intents } from './intents.ts';
import { type Sweep, sweepOut } from './sweep.ts';
import type { WriteFences } from './write-fences.ts';

/** Sweeps wait up to this many; past it the oldest is given up. */
const MAX_SWEEPS = 100;

/** Keys that are written again at once, and the bytes that are. The first goes alone, to see whether the tier takes it. */
const RUN_LENGTH = 100;
const RUN_BYTES = 1_024 * 1_024;

/** A sweep that a tier has yet to do, and where it has to look. */
interface OwedSweep {
  readonly pattern: Pattern;
  readonly sweep: Sweep;
}

/**
 * What was to be written to a remote tier and failed: it is tried again when the tier answers.
 *
 * One intent waits for each key, for the tier would keep only one of many. All
 * are conditional on versions, so that late does no harm.
 */
export class Outbox {
  readonly #tier: RemoteTier;
  readonly #fences: WriteFences;
  readonly #clock: Clock;
  readonly #intents: Intents;
  readonly #sweeps = new Map<string, OwedSweep>();
  #trying: Promise<void> | undefined;
  #sweepsGivenUp = 0;

  constructor(tier: RemoteTier, fences: WriteFences, clock: Clock) {
    this.#tier = tier;
    this.#fences = fences;
    this.#clock = clock;
    this.#intents = new Intents(fences);
  }

  /** Keys and sweeps that wait for their next try. */
  get size(): number {
    return this.#intents.size + this.#sweeps.size;
  }

  /** Keys and sweeps that were given up, for too many were waiting. */
  get givenUp(): number {
    return this.#intents.givenUp + this.#sweepsGivenUp;
  }

  /** The tier did not take these. */
  addEntries(entries: readonly SealedEntry[]): void {
    for (const entry of entries) this.#intents.addEntry(entry, false);
  }

  /** The tier did not take these marks, which weigh little and say much: their bytes are not counted. */
  addMarks(marks: readonly SealedEntry[]): void {
    for (const mark of marks) this.#intents.addEntry(mark, true);
  }

  /** The tier did not remove what it has under these keys up to `version`. */
  addRemoval(keys: readonly string[], version: Version): void {
    for (const key of keys) this.#intents.addRemoval(key, version);
  }

  /** The tier did not remove what a sweep means. Of one place the newest sweep waits. */
  addSweep(pattern: Pattern, sweep: Sweep): void {
    const place = `${pattern.prefix}\n${pattern.text}`;
    const waiting = this.#sweeps.get(place);
    if (waiting && compareVersions(waiting.sweep.version, sweep.version) >= 0) {
      this.#fences.liftSweep(sweep);
      return;
    }
    if (waiting) this.#fences.liftSweep(waiting.sweep);
    this.#sweeps.delete(place);
    this.#sweeps.set(place, { pattern, sweep });
    if (this.#sweeps.size <= MAX_SWEEPS) return;
    for (const [oldest, owed] of this.#sweeps) {
      this.#sweeps.delete(oldest);
      this.#fences.giveUpSweep(owed.sweep);
      this.#sweepsGivenUp += 1;
      return;
    }
  }

  /** The tier has taken these, or was found to have newer ones, in order: what waits and would give way need not be tried. */
  answered(entries: readonly SealedEntry[], isStored: readonly boolean[]): void {
    if (this.#intents.size === 0) return;
    for (const [at, entry] of entries.entries()) this.#intents.answered(entry, isStored[at] === true);
  }

  /** The tier has removed what it had up to `version`: an older entry that waits would come back when nobody remembers. */
  removed(keys: readonly string[], version: Version): void {
    if (this.#intents.size === 0) return;
    for (const key of keys) this.#intents.removed(key, version);
  }

  /** What a sweep means is outdated: of older entries that wait only the removal is left. */
  sweep(sweep: Sweep): void {
    this.#intents.sweep(sweep);
  }

  /** The tier answers: tries what is waiting, what is waiting longest first. Resolves when all was tried that could be. */
  tryAgain(): Promise<void> {
    this.#trying ??= this.#tryAll().finally(() => {
      this.#trying = undefined;
    });
    return this.#trying;
  }

  /** Each in its own right: a tier that is full removes, and one that may not be scanned stores. Never rejects. */
  async #tryAll(): Promise<void> {
    for (const step of [() => this.#removeAll(), () => this.#storeAll(), () => this.#sweepAll()]) {
      // What the tier refuses again waits for its next answer.
      await step().catch(() => {});
    }
  }

  async #removeAll(): Promise<void> {
    for (const run of runsOf(this.#intents.removals(this.#clock.now()), () => 0)) {
      await Promise.all(run.map(({ key, upTo }) => this.#tier.deleteMany([key], upTo)));
      for (const { key, intent } of run) this.#intents.removalDone(key, intent, this.#clock.now());
    }
  }

  async #storeAll(): Promise<void> {
    for (const run of runsOf(this.#intents.entries(this.#clock.now()), ([, { entry }]) => entry.bytes.length)) {
      await this.#tier.setMany(run.map(([, { entry }]) => entry));
      for (const [key, intent] of run) this.#intents.done(key, intent);
    }
  }

  async #sweepAll(): Promise<void> {
    for (const [place, owed] of this.#sweeps) {
      await sweepOut(this.#tier, owed.pattern, owed.sweep, this.#fences.keys(owed.sweep.matches));
      if (this.#sweeps.get(place) === owed) this.#sweeps.delete(place);
      this.#fences.liftSweep(owed.sweep);
    }
  }
}

/** The first alone, then as many as a tier can take within a deadline. */
function* runsOf<T>(items: readonly T[], bytesOf: (item: T) => number): Iterable<readonly T[]> {
  let run: T[] = [];
  let bytes = 0;
  for (const [at, item] of items.entries()) {
    const isFull = at === 1 || run.length === RUN_LENGTH || bytes + bytesOf(item) > RUN_BYTES;
    if (run.length > 0 && isFull) {
      yield run;
      run = [];
      bytes = 0;
    }
    run.push(item);
    bytes += bytesOf(item);
  }
  if (run.length > 0) yield run;
}
