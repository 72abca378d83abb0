import type { Phase } from './phase.ts';
import type { Span } from './span.ts';

/** What a provider says of its market: a phase where it tells one, else whether it trades in regular hours. */
export type ProviderState = Phase | { readonly isOpen: boolean };

/** A calendar and a provider that say different things of one instant. */
export interface Disagreement {
  /** The calendar's venue. */
  readonly venue: string;
  readonly at: number;
  readonly calendar: Phase;
  readonly provider: Phase | 'not open';
  /** The phase to go by: that of the two in which more can change, so that the shorter lifetime is taken. */
  readonly goBy: Phase;
  /** For people. */
  readonly text: string;
}

/** The phases from that in which least can change to that in which most can. */
const BY_LIVELINESS: readonly Phase[] = ['closed', 'break', 'overnight', 'pre', 'post', 'open'];

/** In what a calendar and a provider disagree; `undefined` when they do not. */
export function disagreementOf(venue: string, span: Span, state: ProviderState, at: number): Disagreement | undefined {
  const provider = typeof state === 'string' ? state : state.isOpen ? 'open' : 'not open';
  if (provider === span.phase || (provider === 'not open' && span.phase !== 'open')) return undefined;
  // Providers that know of no lunch call it closed.
  if (provider === 'closed' && span.phase === 'break') return undefined;
  const goBy = provider !== 'not open' && livelier(provider, span.phase) ? provider : span.phase;
  const text = `The calendar of ${venue} says ${span.phase} (${span.reason}), its provider says ${provider}; going by ${goBy}`;
  return { venue, at, calendar: span.phase, provider, goBy, text };
}

function livelier(one: Phase, other: Phase): boolean {
  return BY_LIVELINESS.indexOf(one) > BY_LIVELINESS.indexOf(other);
}
