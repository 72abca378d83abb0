/** What may be wrong with a market value, for programs: stable across releases. */
export const FAULTS = [
  'empty',
  'not-a-number',
  'not-positive',
  'crossed',
  'inconsistent',
  'disordered',
  'future',
  'too-old',
  'outlier',
  'unreadable',
] as const;

/**
 * What is wrong with a market value: nothing is there (`empty`), a price or a time is no number,
 * a price is zero or below where it cannot be, the bid is above the ask (`crossed`), parts
 * contradict each other (`inconsistent`), bars stand in a wrong order (`disordered`), it is from
 * the future or `too-old`, its price is too far from the last good one (`outlier`), or reading it
 * threw (`unreadable`).
 */
export type Fault = (typeof FAULTS)[number];

/** Whether a market value may replace a good one, and if not, why. */
export type Verdict = { readonly ok: true } | Refusal;

/** A market value that may not replace a good one. */
export interface Refusal {
  readonly ok: false;
  readonly fault: Fault;
  /** For people: what of it is wrong, with its numbers. */
  readonly detail: string;
}

/** Nothing is wrong. */
export const GOOD: Verdict = Object.freeze({ ok: true });

/** The verdict on a value that has a fault. */
export function refused(fault: Fault, detail: string): Refusal {
  return { ok: false, fault, detail };
}
