import type { DayPlan } from './day-plan.ts';
import type { Phase } from './phase.ts';

/** How far a calendar is to be believed: `known` where its days were checked, `projected` where its rules are carried on. */
export type Confidence = 'known' | 'projected';

/** A stretch of time in which a venue stays in one phase. Instants are epoch milliseconds. */
export interface Span {
  readonly phase: Phase;
  /** Why, for people: `Thanksgiving`, `weekend`, `early close before Independence Day`, `lunch break`, `outside hours`. */
  readonly reason: string;
  /** The date of the session it belongs to; `undefined` while the venue is closed. */
  readonly session: string | undefined;
  /** When the phase began. */
  readonly from: number;
  /** When it ends, exclusive; `Infinity` for what never does. */
  readonly until: number;
  /** When the next regular session opens, strictly after the instant asked for; `Infinity` where none is near. */
  readonly nextOpen: number;
  /** When the next regular session closes, strictly after the instant asked for; a lunch break is no close. */
  readonly nextClose: number;
  /** Whether the session of the day closes early. */
  readonly isEarlyClose: boolean;
  readonly confidence: Confidence;
}

/** One trading day of a venue. Instants are epoch milliseconds; the close is exclusive. */
export interface Session {
  /** The date it bears, which for a session that opens on the evening before is the day after. */
  readonly date: string;
  readonly open: number;
  readonly close: number;
  /** When it rests, from and until; `undefined` when it does not. */
  readonly break: readonly [from: number, until: number] | undefined;
  readonly isEarlyClose: boolean;
  readonly isLateOpen: boolean;
  /** Why its hours are unusual; empty when they are not. */
  readonly reason: string;
  readonly confidence: Confidence;
}

/** Why a venue is in a phase, given the plan of the day and whether its session is over. */
export function reasonOf(phase: Phase, plan: DayPlan, isOver: boolean): string {
  if (!plan.isSession) return plan.reason;
  switch (phase) {
    case 'pre':
      return 'before the open';
    case 'open':
      return plan.reason || 'regular hours';
    case 'break':
      return 'lunch break';
    case 'post':
      return plan.isEarlyClose ? plan.reason : 'after the close';
    case 'overnight':
      return 'night session';
    case 'closed':
      return (isOver ? plan.isEarlyClose : plan.isLateOpen) ? plan.reason : 'outside hours';
  }
}
