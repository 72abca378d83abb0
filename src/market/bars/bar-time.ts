import type { Bar } from '../bar.ts';
import { type Interval, intervalMs } from '../interval.ts';
import type { Stretch } from './coverage.ts';

/** When bars can be, and when they are complete; what a calendar tells of a venue. */
export interface BarTime {
  /** The stretches of the time from `from` up to `to` in which a bar may begin, in order, apart from each other. */
  stretches(from: number, to: number, interval: Interval): readonly Stretch[];
  /** The end of the bar that begins at `startAt`: no later trade belongs to it. */
  endOf(startAt: number, interval: Interval): number;
}

/** Of what trades at all times. */
export const ALWAYS: BarTime = {
  stretches: (from, to) => (from < to ? [{ from, to }] : []),
  endOf: (startAt, interval) => startAt + intervalMs(interval),
};

/** Of bars in order of time, those that begin where one may, from `from` up to `to`: a feed may mix in others, of the night for instance. */
export function barsWithin(bars: readonly Bar[], time: BarTime, interval: Interval, from: number, to: number): Bar[] {
  const within: Bar[] = [];
  let next = 0;
  for (const stretch of time.stretches(from, to, interval)) {
    while (next < bars.length && (bars[next]?.startAt ?? 0) < stretch.from) next += 1;
    for (let bar = bars[next]; bar && bar.startAt < stretch.to; bar = bars[next]) {
      within.push(bar);
      next += 1;
    }
  }
  return within;
}

/** All bars that begin before this instant are final at `now`: they have been complete for `delayMs`. */
export function finalUntil(time: BarTime, interval: Interval, now: number, delayMs: number): number {
  const length = intervalMs(interval);
  let startAt = Math.floor(now / length) * length;
  while (time.endOf(startAt, interval) + delayMs > now) startAt -= length;
  return startAt + length;
}

/**
 * The calls that bring what is missing, the fewest there can be: for no more than `most` bars each, and none for a
 * stretch in which no bar may begin.
 */
export function callsFor(gaps: readonly Stretch[], time: BarTime, interval: Interval, most: number): Stretch[] {
  const length = intervalMs(interval);
  const calls: Stretch[] = [];
  let room = 0;
  for (const { from, to } of gaps.flatMap((gap) => time.stretches(gap.from, gap.to, interval))) {
    const last = calls.at(-1);
    const isNext = last !== undefined && time.stretches(last.to, from, interval).length === 0;
    if (!isNext) room = 0;
    for (let at = from; at < to; ) {
      const before = calls.at(-1);
      const end = Math.min(to, at + (room > 0 ? room : most) * length);
      if (before && room > 0) calls[calls.length - 1] = { from: before.from, to: end };
      else calls.push({ from: at, to: end });
      room = (room > 0 ? room : most) - Math.ceil((end - at) / length);
      at = end;
    }
  }
  return calls;
}
