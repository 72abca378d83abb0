import type { Interval } from './interval.ts';
import { intervalMs } from './interval.ts';

/** What an instrument traded at over one interval. */
export interface Bar {
  /** When the interval began: epoch milliseconds; midnight UTC of its date for a day. */
  readonly startAt: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Units traded; absent where the source tells none. */
  readonly volume?: number;
  /** The close after splits and dividends that came later; absent where the source tells none. */
  readonly adjClose?: number;
}

/**
 * Bars of a longer interval, made of shorter ones that are in order of time.
 *
 * Buckets begin at multiples of the interval in UTC. A bucket holds what its
 * bars hold: where nothing traded there is no bar, and none is invented.
 * `adjClose` is left out, for it belongs to the interval it was told for.
 */
export function resample(bars: readonly Bar[], interval: Interval): Bar[] {
  const lengthMs = intervalMs(interval);
  const longer: Bar[] = [];
  for (const bar of bars) {
    const startAt = Math.floor(bar.startAt / lengthMs) * lengthMs;
    const last = longer.at(-1);
    if (last?.startAt === startAt) longer[longer.length - 1] = merge(last, bar);
    else longer.push(merge({ startAt, open: bar.open, high: bar.high, low: bar.low, close: bar.close }, bar));
  }
  return longer;
}

function merge(earlier: Bar, later: Bar): Bar {
  const whole = {
    startAt: earlier.startAt,
    open: earlier.open,
    high: Math.max(earlier.high, later.high),
    low: Math.min(earlier.low, later.low),
    close: later.close,
  };
  return later.volume === undefined ? whole : { ...whole, volume: (earlier.volume ?? 0) + later.volume };
}
