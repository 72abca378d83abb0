import type { MarketHours } from '../lifetime/market-hours.ts';

/**
 * How long, of the time from `from` up to `to`, a venue was in one of the phases, in milliseconds: the age of a value on the
 * clock of its market, on which Friday's close is a moment old when Monday opens.
 *
 * @param enough it is not reckoned any further than to more than this.
 */
export function marketAge(
  hours: MarketHours,
  phases: ReadonlySet<string>,
  from: number,
  to: number,
  enough: number = Number.POSITIVE_INFINITY,
): number {
  let age = 0;
  for (let at = from; at < to && age <= enough; ) {
    const { phase, until } = hours.phaseAt(at);
    const end = Math.min(until, to);
    if (phases.has(phase)) age += end - at;
    at = end;
  }
  return age;
}
