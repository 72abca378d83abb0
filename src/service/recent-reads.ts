import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { SECOND } from '../time/duration.ts';
import type { WireWindow } from './wire.ts';

/** The totals of a moment, since the start. */
export interface Totals {
  readonly requests: number;
  /** Hits and stale answers. */
  readonly served: number;
  readonly loads: number;
}

/** How much of the past counts as recent. */
const LENGTH_SECONDS = 10;
const NS_PER_MS = 1e6;

/**
 * What happened in the last ten seconds: rates from totals that are noted once
 * a second, and latencies in one histogram a second (HdrHistogram, three digits).
 */
export class RecentReads {
  readonly #slots = Array.from({ length: LENGTH_SECONDS + 1 }, () => createHistogram({ highest: 60 * SECOND * NS_PER_MS }));
  #slot = 0;
  readonly #noted: { readonly at: number; readonly totals: Totals }[] = [];

  /** Records how long one read took. */
  record(durationMs: number): void {
    this.#current().record(Math.min(Math.max(1, Math.round(durationMs * NS_PER_MS)), 60 * SECOND * NS_PER_MS));
  }

  /** Notes the totals of this moment; to be called once a second. @param at a monotonic instant. */
  note(at: number, totals: Totals): void {
    this.#noted.push({ at, totals });
    if (this.#noted.length > LENGTH_SECONDS + 1) this.#noted.shift();
    this.#slot = (this.#slot + 1) % this.#slots.length;
    this.#current().reset();
  }

  /** What happened since the oldest moment noted, until one that was noted last. */
  window(): WireWindow {
    const first = this.#noted[0];
    const last = this.#noted.at(-1);
    const latency = createHistogram();
    for (const slot of this.#slots) if (slot.count > 0) latency.add(slot);
    const has = latency.count > 0;
    const seconds = first && last ? (last.at - first.at) / SECOND : 0;
    const requests = first && last ? last.totals.requests - first.totals.requests : 0;
    const served = first && last ? last.totals.served - first.totals.served : 0;
    const loads = first && last ? last.totals.loads - first.totals.loads : 0;
    return {
      seconds,
      requestsPerSecond: seconds > 0 ? requests / seconds : 0,
      loadsPerSecond: seconds > 0 ? loads / seconds : 0,
      hitRatio: requests > 0 ? served / requests : null,
      p50Ms: has ? latency.percentile(50) / NS_PER_MS : null,
      p99Ms: has ? latency.percentile(99) / NS_PER_MS : null,
    };
  }

  #current(): RecordableHistogram {
    return this.#slots[this.#slot] ?? createHistogram();
  }
}
