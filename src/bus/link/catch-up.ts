import { withDeadline } from '../../guard/deadline.ts';
import type { Clock } from '../../time/clock.ts';
import type { Bus, BusMark } from '../bus.ts';

/** A replay may take so long; it is given up then, for the next would take no less. */
const REPLAY_DEADLINE_MS = 5_000;
/** The bus may take so long to tell where its log ends. */
const MARK_DEADLINE_MS = 1_000;
/** The log may be behind what was told by this much; it is asked again, so often. */
const LOG_LAG_MS = 100;
const REPLAYS_PER_GAP = 3;
/** A replay begins no further back than this before the last proof. */
const MARK_EVERY_MS = 10_000;

/** What a catch-up asks of its owner. */
export interface CatchUpOwner {
  /** Whether something told is still not heard. */
  readonly hasGaps: boolean;
  /** The log could not vouch for all: what was missed is given up. */
  gaveUp(): void;
  /** What was missing is here, or was given up; or the bus failed again, and the next call may do better. */
  ended(): void;
}

/** Repairs what was missed: from the bus's log, if that can vouch for all that was told since it was last known to be heard. */
export class CatchUp {
  /** Times when the log filled the gap. */
  replays = 0;
  /** Times when something was missed. */
  gaps = 0;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #owner: CatchUpOwner;
  /** All up to here was heard. */
  #safeMark: BusMark | undefined;
  #nextMark: { readonly mark: BusMark; readonly takenAt: number } | undefined;
  #notedAt = Number.NEGATIVE_INFINITY;
  #missing: string | undefined;
  /** Counts what was missed, so that what is missed while a gap is filled is a gap of its own. */
  #misses = 0;
  #isRunning = false;

  constructor(bus: Bus, clock: Clock, owner: CatchUpOwner) {
    this.#bus = bus;
    this.#clock = clock;
    this.#owner = owner;
  }

  /** What is missing, for people; `undefined` when nothing is known to be. */
  get missing(): string | undefined {
    return this.#missing;
  }

  /** Whether what the bus tells may be what it told before. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Something was missed. */
  miss(what: string): void {
    if (this.#missing === undefined) this.gaps += 1;
    this.#missing = what;
    this.#misses += 1;
  }

  /** Takes the end of the log for the place up to which all was heard. */
  async begin(): Promise<void> {
    this.#safeMark = undefined;
    this.#nextMark = undefined;
    this.#notedAt = this.#clock.monotonic();
    this.#safeMark = await this.#mark();
  }

  /** All that was told up to `provenAt` was heard: the end of the log as of then is safe. */
  async proven(provenAt: number): Promise<void> {
    if (this.#nextMark && provenAt > this.#nextMark.takenAt) {
      this.#safeMark = this.#nextMark.mark;
      this.#nextMark = undefined;
    }
    if (this.#clock.monotonic() - this.#notedAt < MARK_EVERY_MS) return;
    this.#notedAt = this.#clock.monotonic();
    const mark = await this.#mark();
    if (mark && this.#missing === undefined) this.#nextMark = { mark, takenAt: this.#clock.monotonic() };
  }

  /** Fills the gap, if there is one; what cannot be filled is given up. Never rejects. */
  async run(): Promise<void> {
    if (this.#isRunning || this.#missing === undefined) return;
    this.#isRunning = true;
    try {
      for (let misses = -1; misses !== this.#misses; ) {
        misses = this.#misses;
        if (await this.#replay()) {
          this.replays += 1;
        } else {
          // The new mark is taken first: what is told from here on can be had from the log again.
          await this.begin();
          this.#owner.gaveUp();
        }
      }
      this.#missing = undefined;
    } catch {
      // The bus fails again: the next beat, or the next connection, is the next chance.
    } finally {
      this.#isRunning = false;
      this.#owner.ended();
    }
  }

  /** Whether the log had all that was missing. @throws BusError when it cannot be asked. */
  async #replay(): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      const mark = this.#safeMark;
      if (mark === undefined) return false;
      if (!(await this.#isWhole(mark))) return false;
      if (!this.#owner.hasGaps) return true;
      if (attempt === REPLAYS_PER_GAP) return false;
      await new Promise<void>((resolve) => this.#clock.after(LOG_LAG_MS, resolve));
    }
  }

  /** Whether the log has told all behind `mark`. @throws BusError when it cannot be asked. */
  async #isWhole(mark: BusMark): Promise<boolean> {
    const late = new Error('the replay took too long');
    try {
      return await withDeadline(this.#bus.replay(mark), REPLAY_DEADLINE_MS, this.#clock, () => late);
    } catch (error) {
      if (error === late) return false;
      throw error;
    }
  }

  /** The end of the log, where the bus can tell it. */
  #mark(): Promise<BusMark | undefined> {
    const late = (): Error => new Error('the bus did not tell the end of its log');
    return withDeadline(this.#bus.mark(), MARK_DEADLINE_MS, this.#clock, late).catch(() => undefined);
  }
}
