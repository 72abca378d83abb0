/** Where in its day a venue may be, in the order of their codes. */
export const PHASES = ['closed', 'pre', 'open', 'break', 'post', 'overnight'] as const;

/**
 * Where in its day a venue is: `open` in regular hours, `pre` and `post` before
 * and after them, `break` at lunch, `overnight` in a session of the night,
 * `closed` else.
 */
export type Phase = (typeof PHASES)[number];

/** The phases by number, for the hot path: the index of each in {@link PHASES}. */
export const PHASE_CODES: Readonly<Record<Phase, number>> = { closed: 0, pre: 1, open: 2, break: 3, post: 4, overnight: 5 };

/** The phase of a code. */
export function phaseOf(code: number): Phase {
  return PHASES[code] ?? 'closed';
}
