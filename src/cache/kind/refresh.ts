import type { Entry } from '../../entry/entry.ts';
import type { KindPlan } from './kind-plan.ts';

/** So many times the mean before its end an entry is first considered; earlier the chance is under 3 in a billion. */
const SPREADS_AHEAD = 20;

/**
 * Decides when a value that is still fresh should be loaded again behind its
 * readers: in the last share of its TTL, or by chance, the likelier the nearer
 * its end and the slower its load.
 *
 * The chance is XFetch: Vattani, Chierichetti, Lowenstein, "Optimal
 * Probabilistic Cache Stampede Prevention" (VLDB 2015). Each process, and each
 * read, draws for itself, so that no two refresh at once.
 */
export class RefreshAhead {
  readonly #ahead: number;
  readonly #beta: number;
  readonly #random: () => number;
  /** A moving average of how long loads take. */
  #loadMs = 0;

  constructor(plan: Pick<KindPlan<unknown, unknown>, 'refreshAhead' | 'earlyRefresh'>, random: () => number) {
    this.#ahead = plan.refreshAhead;
    this.#beta = plan.earlyRefresh;
    this.#random = random;
  }

  /** A load took this long. */
  observe(loadMs: number): void {
    this.#loadMs = this.#loadMs === 0 ? loadMs : this.#loadMs + (loadMs - this.#loadMs) / 8;
  }

  /** From when on reads of the entry should ask {@link RefreshAhead.isDue}: up to a tenth of the share early, at random. */
  attentionAt(entry: Entry): number {
    if (entry.isFinal || (this.#ahead === 0 && this.#beta === 0)) return entry.staleAt;
    const aheadMs = this.#aheadMs(entry) * (1 + this.#random() / 10);
    const earlyMs = SPREADS_AHEAD * this.#beta * this.#loadMs;
    return Math.max(entry.askedAt, entry.staleAt - Math.max(aheadMs, earlyMs));
  }

  /** Whether a read at `now` should have the fresh entry loaded again behind it. */
  isDue(entry: Entry, now: number): boolean {
    if (entry.isFinal) return false;
    const leftMs = entry.staleAt - now;
    if (this.#ahead > 0 && leftMs <= this.#aheadMs(entry) * (1 + this.#random() / 10)) return true;
    return this.#beta > 0 && -this.#loadMs * this.#beta * Math.log(this.#random()) >= leftMs;
  }

  #aheadMs(entry: Entry): number {
    return this.#ahead * (entry.staleAt - entry.askedAt);
  }
}
