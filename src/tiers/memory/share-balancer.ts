import type { AccessSample } from '../../analytics/access-sample.ts';
import type { Traffic } from '../../analytics/traffic.ts';
import { bestShares, type Claim } from './best-shares.ts';
import type { Part, Room } from './room.ts';

/** Shares are weighed anew after so many comings, in parts of the entries there are, and at least. */
const ARRIVALS_PER_ENTRY = 1;
const MIN_ARRIVALS = 1_000;
/** A target moves by so much at a time. */
const MAX_MOVE = 1 / 16;
/** Nothing is moved for less than this share of the requests. */
const MIN_GAIN = 0.002;

const ENOUGH_SAMPLES = 4_000;

/** A curve is taken at so many shares of the room. */
const CURVE_POINTS = 32;

/** A part of memory whose target can be moved, with what is known of it. */
export interface BalancedPart extends Part {
  target: number;
  readonly owners: Traffic;
  readonly seat: { readonly sample: AccessSample | undefined };
}

/** What was asked of a part of memory lately: what was before counts half with each weighing. */
interface Demand {
  requests: number;
  /** All, when it was last looked at. */
  seen: number;
}

/**
 * Moves the shares that the parts of a memory aim at to where all of them together hit
 * most, as their curves have it.
 */
export class ShareBalancer {
  readonly #room: Room;
  readonly #parts: BalancedPart[] = [];
  readonly #demands: Demand[] = [];
  #arrivalsLeft = MIN_ARRIVALS;

  constructor(room: Room) {
    this.#room = room;
  }

  join(part: BalancedPart): void {
    this.#parts.push(part);
    this.#demands.push({ requests: 0, seen: 0 });
  }

  /** An entry came to one of the parts. */
  arrived(): void {
    this.#arrivalsLeft -= 1;
    if (this.#arrivalsLeft > 0) return;
    this.#arrivalsLeft = Math.max(MIN_ARRIVALS, Math.ceil(this.#room.entries * ARRIVALS_PER_ENTRY));
    this.#balance();
    // What was asked before counts less from now on, as long as enough is known.
    for (const { seat } of this.#parts) if ((seat.sample?.curve()?.samples ?? 0) > ENOUGH_SAMPLES) seat.sample?.age();
  }

  #balance(): void {
    for (const [at, demand] of this.#demands.entries()) {
      const all = (this.#parts[at]?.owners.hits ?? 0) + (this.#parts[at]?.owners.arrivals ?? 0);
      demand.requests = demand.requests / 2 + all - demand.seen;
      demand.seen = all;
    }
    const claims = this.#parts.map((part, at) => this.#claimOf(part, this.#demands[at]?.requests ?? 0));
    const best = bestShares(claims);
    const hitsWith = (shares: readonly number[]): number => claims.reduce((sum, { hitsAt }, at) => sum + hitsAt(shares[at] ?? 0), 0);
    const requests = this.#demands.reduce((sum, demand) => sum + demand.requests, 0);
    const present = this.#parts.map((part) => this.#shareOf(part));
    if (hitsWith(best) - hitsWith(present) < MIN_GAIN * requests) return;
    for (const [at, part] of this.#parts.entries()) {
      const move = (best[at] ?? 0) - part.target;
      part.target += Math.max(-MAX_MOVE, Math.min(MAX_MOVE, move));
    }
  }

  /** What it has now of whichever bound is nearer. */
  #shareOf({ entries, bytes }: BalancedPart): number {
    return Math.max(entries / this.#room.limits.maxEntries, bytes / this.#room.allowedBytes);
  }

  #claimOf(part: BalancedPart, requests: number): Claim {
    const { maxEntries } = this.#room.limits;
    const fitting = this.#room.allowedBytes / Math.max(1, part.bytes / Math.max(1, part.entries));
    const curve = [0];
    for (let at = 1; at <= CURVE_POINTS; at += 1) {
      const told = part.seat.sample?.hitRatioAt((at / CURVE_POINTS) * Math.min(maxEntries, fitting));
      // What is not known of it, it is not known to gain.
      curve.push(Math.max(curve[at - 1] ?? 0, told?.hitRatio ?? 0));
    }
    return { share: part.share, hitsAt: (share) => requests * between(curve, share * CURVE_POINTS) };
  }
}

/** The value of a curve between its points. */
function between(curve: readonly number[], at: number): number {
  const before = Math.min(Math.floor(at), curve.length - 1);
  const [less = 0, more = less] = curve.slice(before, before + 2);
  return less + (more - less) * (at - before);
}
