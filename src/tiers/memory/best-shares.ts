import type { Share } from '../local-tier.ts';

/** Room is given in so many steps. */
const STEPS = 32;

/** What a part of memory would make of room. */
export interface Claim {
  readonly share: Share;
  /** The hits it would have, in a unit that all claims share, with this share of the room. Never less with more. */
  hitsAt(share: number): number;
}

/**
 * The shares with which parts of a memory hit most together, by marginal gain: what is left of the
 * room goes step by step to whoever hits most more for it.
 *
 * A part that gains nothing before it has much (a loop that must fit whole) is offered several steps
 * at once, at their mean gain: the hull of its curve, as in Beckmann and Sanchez, "Talus: A Simple Way
 * to Remove Cliffs in Cache Performance" (HPCA 2015). What nobody gains by is left to whoever asks.
 */
export function bestShares(claims: readonly Claim[]): number[] {
  const curves = claims.map((claim) => Array.from({ length: STEPS + 1 }, (_, step) => claim.hitsAt(step / STEPS)));
  const steps = claims.map(({ share }) => Math.ceil(share.min * STEPS));
  let left = STEPS - steps.reduce((sum, taken) => sum + taken, 0);
  while (left > 0) {
    let best = { at: -1, count: 0, gain: 0 };
    for (const [at, { share }] of claims.entries()) {
      const has = steps[at] ?? 0;
      const most = Math.min(left, Math.floor(share.max * STEPS) - has);
      for (let count = 1; count <= most; count += 1) {
        const gain = ((curves[at]?.[has + count] ?? 0) - (curves[at]?.[has] ?? 0)) / count;
        if (gain > best.gain) best = { at, count, gain };
      }
    }
    if (best.at === -1) break;
    steps[best.at] = (steps[best.at] ?? 0) + best.count;
    left -= best.count;
  }
  return steps.map((taken, at) => Math.max(claims[at]?.share.min ?? 0, taken / STEPS));
}
