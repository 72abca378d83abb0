/**
 * What one date of a venue looks like, in minutes after its midnight; negative
 * on the evening before, and `NaN` for what there is not.
 */
export interface DayPlan {
  /** Whether there is a session. */
  readonly isSession: boolean;
  /** Why there is none, or why its hours are unusual; empty for an usual session. */
  readonly reason: string;
  readonly open: number;
  readonly close: number;
  readonly breakFrom: number;
  readonly breakUntil: number;
  readonly pre: number;
  readonly post: number;
  readonly overnightFrom: number;
  readonly overnightUntil: number;
  readonly isEarlyClose: boolean;
  readonly isLateOpen: boolean;
}

/** A date without a session. */
export function restDay(reason: string): DayPlan {
  return { ...REST, reason };
}

const REST: DayPlan = {
  isSession: false,
  reason: '',
  open: Number.NaN,
  close: Number.NaN,
  breakFrom: Number.NaN,
  breakUntil: Number.NaN,
  pre: Number.NaN,
  post: Number.NaN,
  overnightFrom: Number.NaN,
  overnightUntil: Number.NaN,
  isEarlyClose: false,
  isLateOpen: false,
};
