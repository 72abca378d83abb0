import type { FastifyReply } from 'fastify';
import { SECOND } from '../time/duration.ts';
import type { WireFreshness, WireOutcome } from './wire.ts';

/** How RFC 9211 tells what we call an outcome. */
const FORWARDS: Readonly<Record<Exclude<WireOutcome, 'hit' | 'stale'>, string>> = {
  refreshed: 'fwd=stale',
  miss: 'fwd=miss',
  bypass: 'fwd=bypass',
};

/**
 * Tells how fresh an answer is, in the headers that HTTP has for it: `Age` and
 * `Cache-Control` (RFC 9111), `Cache-Status` (RFC 9211).
 *
 * An answer of several values is as old as the oldest of them, and stops being
 * fresh with the first.
 */
export function setFreshness(reply: FastifyReply, values: readonly WireFreshness[], now: number): void {
  if (values.length === 0) {
    reply.header('cache-control', 'no-store');
    return;
  }
  const ageMs = Math.max(...values.map((value) => value.age));
  const leftMs = Math.min(...values.map((value) => value.staleAt)) - now;
  const age = Math.max(0, Math.floor(ageMs / SECOND));
  const left = Math.floor(leftMs / SECOND);
  reply.header('age', String(age));
  reply.header('cache-control', `private, max-age=${Math.max(0, age + left)}`);
  reply.header('cache-status', cacheStatus(values, left));
}

function cacheStatus(values: readonly WireFreshness[], left: number): string {
  const outcomes = values.map((value) => value.outcome);
  const [forwarded, ...others] = outcomes.filter((outcome) => outcome !== 'hit' && outcome !== 'stale');
  if (forwarded === undefined) return `tiercel; hit; ttl=${left}`;
  const isMixed = others.some((outcome) => outcome !== forwarded) || others.length + 1 < outcomes.length;
  if (isMixed) return `tiercel; fwd=partial; stored; ttl=${left}; detail="${tally(outcomes)}"`;
  return forwarded === 'bypass' ? 'tiercel; fwd=bypass' : `tiercel; ${FORWARDS[forwarded]}; stored; ttl=${left}`;
}

/** `2 hit, 1 miss` */
function tally(outcomes: readonly WireOutcome[]): string {
  const counts = new Map<WireOutcome, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
}
