import type { BusStats } from '../bus/news.ts';

/**
 * How a cache is: `ok`; `degraded`, when it does without a tier or has yet to
 * write to one; `suspect`, when other processes may have written what it has not
 * heard of, so that memory is believed for a short while only. It answers in each.
 */
export type HealthStatus = 'ok' | 'degraded' | 'suspect';

/** How a cache is, and why. */
export interface Health {
  readonly status: HealthStatus;
  /** What is wrong, in words; none when nothing is. */
  readonly reasons: readonly string[];
}

/** What is asked of a tier to judge it. */
interface TierStanding {
  readonly name: string;
  readonly state: string;
  readonly isUp: boolean;
  readonly unwritten: number;
  readonly givenUp: number;
}

/** Judges the health of a cache by how its tiers and its bus are. */
export function healthOf(tiers: readonly TierStanding[], bus: BusStats | undefined): Health {
  const reasons: string[] = [];
  const isInStep = bus === undefined || bus.state === 'live';
  if (!isInStep) reasons.push(`bus "${bus.name}": ${bus.reason}`);
  for (const { name, state, isUp, unwritten, givenUp } of tiers) {
    if (state !== 'closed') reasons.push(`tier "${name}" failed too often and is left alone until its next probe`);
    else if (!isUp) reasons.push(`tier "${name}" cannot be reached`);
    if (unwritten > 0) reasons.push(`tier "${name}" has yet to take ${unwritten} ${unwritten === 1 ? 'write' : 'writes'} that failed`);
    if (givenUp > 0) reasons.push(`tier "${name}" will never take ${givenUp} ${givenUp === 1 ? 'write' : 'writes'}: too many were waiting`);
  }
  return { status: isInStep ? (reasons.length > 0 ? 'degraded' : 'ok') : 'suspect', reasons };
}
