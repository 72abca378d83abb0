import { DAY, durationText, MINUTE, SECOND } from '../../time/duration.ts';
import type { AssetClass } from '../instrument/asset-class.ts';
import { isNumber, type PricePoint } from './quote-checks.ts';

/** What moves of prices are judged by. */
export interface MoveOptions {
  /** The volatility of an instrument per square root of a second, by its id; `undefined` while it is not known. */
  readonly volatilityOf: (id: string) => number | undefined;
  /** So many standard deviations a price may move over the time since the last good one. */
  readonly sigmas: number;
  /** So long a source must repeat a price of one time before it is believed without another. */
  readonly repeatMs: number;
  readonly maxSymbols: number;
}

/** What a price may move at once, as a share, and its volatility while none is known: rather too much than too little. */
const USUAL: Readonly<Record<AssetClass, { readonly floor: number; readonly volatility: number }>> = {
  stock: { floor: 0.1, volatility: 3e-4 },
  etf: { floor: 0.06, volatility: 2e-4 },
  index: { floor: 0.06, volatility: 2e-4 },
  future: { floor: 0.06, volatility: 2e-4 },
  option: { floor: 1, volatility: 3e-3 },
  fx: { floor: 0.02, volatility: 1e-4 },
  crypto: { floor: 0.1, volatility: 5e-4 },
  fund: { floor: 0.1, volatility: 2e-4 },
  bond: { floor: 0.05, volatility: 1e-4 },
};

/** A price that moves further than this is no likely one, however long it took; a split by 7 is further. */
const FARTHEST = Math.log(4);
/** A price older than this says nothing any more of what is likely now. */
const FORGOTTEN_AFTER = 30 * DAY;
/** Actions that are remembered for an instrument. */
const MAX_ACTIONS = 8;

interface Doubted extends PricePoint {
  readonly seenAt: number;
}

/** What is known of an instrument's price. */
interface Course {
  good: PricePoint;
  doubted: Doubted | undefined;
}

/** A change of price that is no motion: a split by 4 has the factor 0.25. */
interface Action {
  readonly factor: number;
  readonly at: number;
}

/**
 * Tells moves of prices that are likely from those that are not.
 *
 * What is not likely is remembered, not thrown away: it is let through once it is confirmed,
 * by another source, by a later price of the same source, or by the same answer again after a
 * while. So a crash costs one more answer, and a slip of a source costs nothing.
 */
export class MoveWatch {
  readonly #options: MoveOptions;
  readonly #courses = new Map<string, Course>();
  readonly #actions = new Map<string, Action[]>();

  constructor(options: MoveOptions) {
    this.#options = options;
  }

  /** Remembers that a corporate action multiplies a price from an instant on. */
  expect(id: string, factor: number, at: number): void {
    const actions = (this.#actions.get(id) ?? []).filter((action) => action.at !== at);
    actions.push({ factor, at });
    renew(this.#actions, id, actions.slice(-MAX_ACTIONS), this.#options.maxSymbols);
  }

  /** Why a price is no likely one; `undefined` for one that is, and that the next is judged by. */
  doubt(id: string, assetClass: AssetClass, point: PricePoint, now: number): string | undefined {
    const course = this.#courses.get(id);
    if (course === undefined || point.asOf - course.good.asOf > FORGOTTEN_AFTER) {
      this.#believe(id, point);
      return undefined;
    }
    const { good, doubted } = course;
    const factor = this.#factorBetween(id, good.asOf, point.asOf);
    const limit = this.#limit(id, assetClass, Math.abs(point.asOf - good.asOf));
    const move = moveBetween(good.price * factor, point.price);
    if (move <= limit) {
      this.#believe(id, point.asOf >= good.asOf ? point : good);
      return undefined;
    }
    if (doubted && this.#confirms(id, assetClass, doubted, point, now)) {
      this.#believe(id, point);
      return undefined;
    }
    const isSame = doubted !== undefined && doubted.source === point.source && doubted.asOf === point.asOf && doubted.price === point.price;
    course.doubted = isSame ? doubted : { ...point, seenAt: now };
    renew(this.#courses, id, course, this.#options.maxSymbols);
    return doubtText(point, good, factor, move, limit);
  }

  /** Whether a second answer bears out a doubted one: near it in price, and not the same answer once more. */
  #confirms(id: string, assetClass: AssetClass, doubted: Doubted, point: PricePoint, now: number): boolean {
    const limit = this.#limit(id, assetClass, Math.abs(point.asOf - doubted.asOf));
    if (moveBetween(doubted.price, point.price) > limit) return false;
    return point.source !== doubted.source || point.asOf > doubted.asOf || now - doubted.seenAt >= this.#options.repeatMs;
  }

  #limit(id: string, assetClass: AssetClass, tookMs: number): number {
    const usual = USUAL[assetClass];
    const told = this.#options.volatilityOf(id);
    const volatility = isNumber(told) ? told : usual.volatility;
    // What moved fast in regular hours may do so in others, where nothing was seen of it.
    const seconds = Math.max(tookMs, MINUTE) / SECOND;
    const likely = this.#options.sigmas * Math.max(volatility, usual.volatility / 4) * Math.sqrt(seconds);
    return Math.min(FARTHEST, Math.max(usual.floor, likely));
  }

  /** By how much the price of one instant is multiplied to be one of another, which may be before it. */
  #factorBetween(id: string, from: number, to: number): number {
    const [earlier, later] = [Math.min(from, to), Math.max(from, to)];
    let factor = 1;
    for (const action of this.#actions.get(id) ?? []) if (action.at > earlier && action.at <= later) factor *= action.factor;
    return from <= to ? factor : 1 / factor;
  }

  #believe(id: string, good: PricePoint): void {
    renew(this.#courses, id, { good, doubted: undefined }, this.#options.maxSymbols);
  }
}

/** How far apart two prices are, as a logarithm; beyond every limit where one is above zero and the other is not. */
function moveBetween(from: number, to: number): number {
  return from * to > 0 ? Math.abs(Math.log(to / from)) : from === to ? 0 : Number.POSITIVE_INFINITY;
}

/** A move for people: in per cent, and as a factor from twice on. */
function moveText(move: number): string {
  if (!Number.isFinite(move)) return 'the other side of zero';
  return move < Math.LN2 ? `${Number((Math.expm1(move) * 100).toPrecision(2))} %` : `a factor of ${Number(Math.exp(move).toPrecision(2))}`;
}

/** Why a price is doubted, with what would let it through. */
function doubtText(point: PricePoint, good: PricePoint, factor: number, move: number, limit: number): string {
  const from = factor === 1 ? `${good.price}` : `${good.price} times ${Number(factor.toPrecision(4))}`;
  const since = durationText(Math.abs(point.asOf - good.asOf));
  return `The price of ${point.price} is off ${from} by ${moveText(move)} after ${since}, and ${moveText(limit)} is likely at most; a second answer that confirms it lets it through`;
}

/** Puts an entry last in a map, from which the first leaves when there are too many. */
function renew<V>(map: Map<string, V>, key: string, value: V, maxSize: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= maxSize) return;
  for (const first of map.keys()) {
    map.delete(first);
    break;
  }
}
