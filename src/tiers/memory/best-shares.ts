import type { Share } from '../local-tier.ts';

/** What minima leave of the room is given in so many steps. */
const STEPS = 32;

/** A step that fits but for rounding fits. */
const ROUNDING = 1e-9;

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
  const spare = Math.max(0, 1 - claims.reduce((sum, { share }) => sum + share.min, 0));
  const step = spare / STEPS;
  const parts = claims.map(({ share, hitsAt }) => {
    const most = Math.min(STEPS, Math.floor((share.max - share.min) / step + ROUNDING));
    return { min: share.min, taken: 0, hits: Array.from({ length: most + 1 }, (_, count) => hitsAt(share.min + count * step)) };
  });
  for (let left = STEPS; left > 0 && spare > 0; ) {
    let best = { part: parts[0], count: 0, gain: 0 };
    for (const part of parts) {
      const { taken, hits } = part;
      const has = hits[taken] ?? 0;
      for (const [at, more] of hits.slice(taken + 1, taken + 1 + left).entries()) {
        const gain = (more - has) / (at + 1);
        if (gain > best.gain) best = { part, count: at + 1, gain };
      }
    }
    if (!best.part || best.count === 0) break;
    best.part.taken += best.count;
    left -= best.count;
  }
  return parts.map(({ min, taken }) => min + taken * step);
}
