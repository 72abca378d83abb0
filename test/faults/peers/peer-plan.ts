import type { NodePlan, SubjectState } from '../node-plan.ts';

/** Where the shared tier and the bus of a peer are: both in Redis, each by a way of its own. */
export function redisUrlsOf({ library, tier, bus }: NodePlan): { readonly tier: string; readonly bus: string } {
  if (tier?.kind !== 'redis' || tier.url === undefined || bus?.kind !== 'redis') throw new Error(`${library} is compared over Redis`);
  return { tier: tier.url, bus: bus.url };
}

/** What a peer says of itself: nothing, so that it counts as well as soon as its connections are back. */
export function nothingToTell(): SubjectState {
  return { areTiersWell: true, isBusLive: true, isTierOpen: false, entries: 0, bytes: 0, tierErrors: 0, refused: 0, notes: '' };
}
