import type { Slot } from '../../policy/eviction-policy.ts';
import type { Cancel, Clock } from '../../time/clock.ts';

/** The dead are looked for this often, so that memory comes back even if nobody reads. */
const SWEEP_EVERY_MS = 1_000;
/** Rows looked at in one sweep: well under a millisecond. */
const SWEEP_ROWS = 65_536;

/** Rows that may hold dead entries. */
export interface SweptRows {
  readonly entries: number;
  /** The first row that was never used. */
  readonly nextSlot: Slot;
  /** Lets go what is dead at `now` in the rows from `from` up to, and without, `end`. */
  dropDead(from: Slot, end: Slot, now: number): void;
}

/** Looks for dead entries by and by, as long as there are any entries. */
export class ExpirySweep {
  readonly #rows: SweptRows;
  readonly #clock: Clock;
  #from: Slot = 1;
  #cancel: Cancel | undefined;
  #isClosed = false;

  constructor(rows: SweptRows, clock: Clock) {
    this.#rows = rows;
    this.#clock = clock;
  }

  /** An entry has come: there is something to look for. */
  start(): void {
    if (!this.#isClosed) this.#cancel ??= this.#clock.after(SWEEP_EVERY_MS, this.#sweep);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  readonly #sweep = (): void => {
    const { nextSlot } = this.#rows;
    const end = Math.min(this.#from + SWEEP_ROWS, nextSlot);
    this.#rows.dropDead(this.#from, end, this.#clock.monotonic());
    this.#from = end === nextSlot ? 1 : end;
    this.#cancel = undefined;
    if (this.#rows.entries > 0) this.start();
  };
}
