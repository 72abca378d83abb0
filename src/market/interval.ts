import { DAY, HOUR, MINUTE } from '../time/duration.ts';

/** The lengths of time a bar may span. */
export const INTERVALS = ['1m', '5m', '15m', '30m', '1h', '1d'] as const;

/** The length of time a bar spans. */
export type Interval = (typeof INTERVALS)[number];

const LENGTHS: Readonly<Record<Interval, number>> = {
  '1m': MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '30m': 30 * MINUTE,
  '1h': HOUR,
  '1d': DAY,
};

/** The milliseconds of an interval. */
export function intervalMs(interval: Interval): number {
  return LENGTHS[interval];
}

/** Whether a text names an interval. */
export function isInterval(text: string): text is Interval {
  return Object.hasOwn(LENGTHS, text);
}
