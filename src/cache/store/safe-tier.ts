import type { SealedEntry } from '../../entry/entry.ts';
import type { Precedence } from '../../entry/envelope-header.ts';
import type { Pattern } from '../../entry/pattern.ts';
import { justBefore, type Version } from '../../entry/version.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Answer } from '../../tiers/answer.ts';
import type { Leases } from '../../tiers/leases.ts';
import type { RemoteTier } from '../../tiers/remote-tier.ts';
import type { Cancel, Clock } from '../../time/clock.ts';
import { LateWrites } from './late-writes.ts';
import { Outbox } from './outbox.ts';
import { type Sweep, sweepOut } from './sweep.ts';
import { type TierCall, TierReport } from './tier-report.ts';
import { WriteFences, type Written } from './write-fences.ts';

/** Writes that failed are tried again after this. */
const RETRY_MS = 1_000;

/** A write, and what follows when the tier has taken it, and when it has not. */
interface Writing<T> {
  readonly run: () => Promise<T>;
  readonly taken?: (result: T) => void;
  readonly missed: () => void;
}

/**
 * A remote tier as the cache sees it: one that never throws. What fails is
 * counted and told, and reads as nothing found, for a cache that is down is a
 * slow source, never an error. What fails to be written is written later, and
 * what the tier has in its place is not believed until then.
 */
export class SafeTier {
  readonly report: TierReport;
  readonly #tier: RemoteTier;
  readonly #fences = new WriteFences();
  readonly #late = new LateWrites();
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  #cancelRetry: Cancel | undefined;
  #isClosed = false;

  constructor(tier: RemoteTier, telemetry: Telemetry, clock: Clock) {
    this.#tier = tier;
    this.report = new TierReport(telemetry, tier.name);
    this.#clock = clock;
    this.#outbox = new Outbox(tier, this.#fences, clock);
  }

  get name(): string {
    return this.#tier.name;
  }

  /** Whether it can be asked now, as far as is known. */
  get isUp(): boolean {
    return this.#tier.isUp && this.state === 'closed';
  }

  /** Who shares its entries. */
  get reach(): RemoteTier['reach'] {
    return this.#tier.reach;
  }

  get leases(): Leases | undefined {
    return this.#tier.leases;
  }

  /** Whether calls go through to the tier, if it says so. */
  get state(): string {
    return 'breaker' in this.#tier ? String(this.#tier.breaker) : 'closed';
  }

  /** Keys and sweeps whose writes failed and wait for their next try. */
  get unwritten(): number {
    return this.#outbox.size;
  }

  /** Keys and sweeps that were given up, for too many were waiting. */
  get givenUp(): number {
    return this.#outbox.givenUp;
  }

  /** The bytes under `keys`; none when the tier failed. */
  getMany(keys: readonly string[]): Answer<(Uint8Array | undefined)[]> {
    return this.#asked(keys, () => keys.map(() => undefined));
  }

  /** The bytes under `keys`; `undefined` when the tier failed, for whom it matters that this is not nothing. */
  tryMany(keys: readonly string[]): Answer<(Uint8Array | undefined)[] | undefined> {
    return this.#asked(keys, () => undefined);
  }

  #asked<T>(keys: readonly string[], without: () => T): Answer<(Uint8Array | undefined)[] | T> {
    const failed = (error: unknown): T => {
      this.report.readFailed(error);
      return without();
    };
    try {
      const answer = this.#tier.getMany(keys);
      return answer instanceof Promise ? answer.then((found) => this.#answered(found), failed) : this.#answered(answer);
    } catch (error) {
      return failed(error);
    }
  }

  /** Whether the tier's entry is outdated by a write that it may not have taken. */
  isOutdated(key: string, entry: Precedence): boolean {
    return this.#fences.stop(key, entry) || this.#late.has(key, entry.version);
  }

  /** In order, whether each was stored: `false` when a newer one is there, `undefined` when the tier failed. */
  async setMany(entries: readonly SealedEntry[]): Promise<readonly (boolean | undefined)[]> {
    if (entries.length === 0) return [];
    this.report.counters.writes += entries.length;
    for (const { key, version, eventAt } of entries) this.#fences.raise(key, justBefore(version), { eventAt });
    const answer = await this.#send('setMany', {
      run: () => this.#tier.setMany(entries),
      taken: (stored) => {
        for (const { key, version } of entries) this.#fences.lift(key, justBefore(version));
        this.#outbox.answered(entries, stored);
      },
      missed: () => this.#outbox.addEntries(entries),
    });
    return answer ?? entries.map(() => undefined);
  }

  /** Stores marks, again and again until they are there. Tells whether they are now. */
  async setMarks(marks: readonly SealedEntry[]): Promise<boolean> {
    const run = (): Promise<boolean[]> => this.#tier.setMany(marks);
    return (await this.#send('setMany', { run, missed: () => this.#outbox.addMarks(marks) })) !== undefined;
  }

  /** Tells whether the tier has taken it; if not, it is tried again. */
  async deleteMany(keys: readonly string[], version: Version): Promise<boolean> {
    if (keys.length === 0) return true;
    for (const key of keys) this.#fences.raise(key, version, { goneUpTo: version });
    const removed = await this.#send('deleteMany', {
      run: () => done(this.#tier.deleteMany(keys, version)),
      taken: () => {
        for (const key of keys) this.#fences.lift(key, version);
        this.#outbox.removed(keys, version);
      },
      missed: () => this.#outbox.addRemoval(keys, version),
    });
    return removed === true;
  }

  /** Another process wrote `key` up to `upTo`, and this tier may not have taken it: what it has is not believed until it shows something newer. */
  doubt(key: string, upTo: Version, written: Written): void {
    this.#fences.hear(key, upTo, written);
  }

  /** The same for all that match. */
  doubtMatching(sweep: Sweep): void {
    this.#fences.hearSweep(sweep);
  }

  /** What a sweep means was removed from the tier: what comes there later, and is older, is not believed. */
  swept(sweep: Sweep): void {
    this.#late.add(sweep, this.#clock.monotonic());
  }

  /**
   * Removes what a sweep means, and keeps out what this process has written
   * before it and the tier has not taken yet, which no scan would find.
   *
   * @param pattern where to look for it.
   * @returns whether the tier has taken it; if not, it is tried again.
   */
  async removeMatching(pattern: Pattern, sweep: Sweep): Promise<boolean> {
    this.swept(sweep);
    this.#fences.raiseSweep(sweep);
    this.#outbox.sweep(sweep);
    const removed = await this.#send('scan', {
      run: () => done(sweepOut(this.#tier, pattern, sweep, this.#fences.keys(sweep.matches))),
      taken: () => this.#fences.liftSweep(sweep),
      missed: () => this.#outbox.addSweep(pattern, sweep),
    });
    return removed === true;
  }

  /** How long another still has the lease of each key: 0 where `holder` has it now; `undefined` when the tier cannot tell. */
  async lease(keys: readonly string[], holder: string, ttlMs: number): Promise<readonly number[] | undefined> {
    const { leases } = this.#tier;
    return leases && (await this.#attempt('lease', () => leases.acquire(keys, holder, ttlMs)));
  }

  async releaseLease(key: string, holder: string): Promise<void> {
    const { leases } = this.#tier;
    if (leases) await this.#attempt('lease', () => leases.release([key], holder));
  }

  /** Removes, up to a version, what is written under keys that match and the tier may not have taken yet. */
  async dropUnderWay(matches: (key: string) => boolean, version: Version): Promise<void> {
    await this.deleteMany(this.#fences.keys(matches), version);
  }

  /** The bytes under `keys`, but for those with a write under way; `undefined` when the tier failed. */
  async settledBytes(keys: readonly string[]): Promise<(Uint8Array | undefined)[] | undefined> {
    if (keys.some((key) => this.#fences.has(key))) return undefined;
    return this.#attempt('getMany', async () => this.#tier.getMany(keys));
  }

  /** The keys that match, as many as could be read. */
  async *scan(pattern: Pattern): AsyncIterable<string[]> {
    try {
      yield* this.#tier.scan(pattern);
    } catch (error) {
      this.report.failed('scan', error);
    }
  }

  async flush(): Promise<void> {
    await this.#outbox.tryAgain();
    await this.#attempt('flush', () => this.#tier.flush());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry?.();
    await this.#attempt('close', async () => this.#tier[Symbol.asyncDispose]());
  }

  #answered<T>(answer: T): T {
    if (this.#outbox.size > 0) void this.#outbox.tryAgain();
    return answer;
  }

  #send<T>(call: TierCall, { run, taken, missed }: Writing<T>): Promise<T | undefined> {
    return this.#attempt(call, async () => {
      let result: T;
      try {
        result = await run();
      } catch (error) {
        missed();
        throw error;
      }
      taken?.(result);
      return this.#answered(result);
    });
  }

  /** What failed is tried again by and by, for it may be long until anybody asks the tier for something. */
  #retryLater(): void {
    if (this.#outbox.size === 0 || this.#isClosed) return;
    this.#cancelRetry ??= this.#clock.after(RETRY_MS, () => {
      this.#cancelRetry = undefined;
      void this.#outbox.tryAgain().then(() => this.#retryLater());
    });
  }

  async #attempt<T>(call: TierCall, action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      this.report.writeFailed(call, error);
      this.#retryLater();
      return undefined;
    }
  }
}

async function done(promise: Promise<void>): Promise<true> {
  await promise;
  return true;
}
