import type { PolicyName, Slot } from '../policy/eviction-policy.ts';
import { type Comparison, GhostRuns } from './ghost-runs.ts';
import { type Curve, PartCurves } from './part-curves.ts';
import type { CurvePoint } from './reuse-curve.ts';
import { MAX_TICKETS, NEVER, SampledKeys } from './sampled-keys.ts';
import { SlotMarks } from './slot-marks.ts';
import type { Ticket } from './tickets-by-slot.ts';
import type { Traffic } from './traffic.ts';
import { Watch } from './watch.ts';

/** All keys at first, and fewer when so many entries are there. */
const FIRST_RATE = 1;
const FIRST_ROOM = 64;
/** Policies are not run on fewer entries. */
const MIN_RUN = 32;
/** By chance a sample may have fewer of the entries than its share; it is not taken for less than a part of that, one in so many. */
const MAX_DISTORTION = 4;

/** How to sample, where it is not left to the sample. */
export interface SampleOptions {
  /** So many uses are followed before the first rest. @default 131_072 */
  readonly firstWatch?: number;
}

/**
 * A sample of what is asked of a cache, which tells what another size or another policy would do.
 *
 * It is told of every entry that comes and goes, and of a use where {@link AccessSample.isWanted}
 * says so: of few, and in the long run of one hit in 256. While it rests it hears of none, and
 * what it hears after that tells only of sizes that it has seen fill since.
 */
export class AccessSample {
  readonly #traffic: Traffic;
  readonly #watch: Watch;
  readonly #keys: SampledKeys;
  readonly #marks = new SlotMarks();
  readonly #curves: PartCurves;
  readonly #partOf = new Uint8Array(MAX_TICKETS + 1);
  #runs: GhostRuns | undefined;
  #comparison: Comparison | undefined;
  #entries = 0;
  #isFull = false;
  /** How many entries one of the sample stands for. */
  #weight = 1 / FIRST_RATE;
  /** Up to which size it can be told what would hit. */
  #reach = NEVER;

  /** @param traffic of the whole cache. */
  constructor(traffic: Traffic, options: SampleOptions = {}) {
    this.#traffic = traffic;
    this.#curves = new PartCurves(traffic);
    this.#watch = new Watch(traffic.hits, options.firstWatch);
    this.#keys = new SampledKeys(FIRST_RATE, FIRST_ROOM);
  }

  /** The number of a part of the cache. The first twelve have a curve of their own. */
  join(traffic: Traffic): number {
    return this.#curves.join(traffic);
  }

  /** Makes room for slots up to and including `lastSlot`. */
  grow(lastSlot: Slot): void {
    this.#marks.grow(lastSlot);
  }

  /** Whether a use of the entry in `slot` is to be told. */
  isWanted(slot: Slot): boolean {
    return this.#marks.isWanted(slot);
  }

  /** The entry in `slot` was used, and that was wanted. */
  used(slot: Slot): void {
    const ticket = this.#keys.ticketIn(slot);
    const isDue = this.#marks.isDue(slot);
    this.#marks.quiet(slot, this.#run(this.#keys.hashOf(ticket)));
    if (!isDue) return;
    const size = Math.min(this.#reach, this.#sizeAt(this.#keys.distanceOf(ticket)));
    this.#curves.hit(this.#partOf[ticket]!, size, ticket, this.#weight);
    this.#keys.use(ticket);
    this.#watch.count();
    this.#tell(slot);
  }

  /**
   * An entry came into `slot`.
   *
   * @param hash of its key, of 32 bits, as a policy is told it.
   * @param part of the cache that it belongs to.
   * @param entries that are there now, in all parts, itself among them.
   */
  came(slot: Slot, hash: number, part: number, entries: number): void {
    this.#entries = entries;
    if (!this.#keys.isSampled(hash)) return;
    if (this.#watch.isResting && this.#watch.isRested(this.#traffic.hits)) this.#wake();
    const ticket = this.#keys.ticketFor(hash);
    this.#partOf[ticket] = part;
    if (!this.#watch.isResting) this.#miss(ticket, part);
    this.#marks.quiet(slot, this.#run(hash));
    for (const dropped of this.#keys.enter(ticket, slot)) this.#marks.drop(dropped);
    const { rate, residents } = this.#keys;
    this.#weight = Math.min(MAX_DISTORTION / rate, Math.max(1, entries / residents));
    // They would miss keys that are in the sample no more.
    if (this.#runs && this.#runs.rate > rate) this.#endRuns();
    if (!this.#watch.isResting) this.#tell(slot);
  }

  /** The entry in `slot` left for room. */
  left(slot: Slot): void {
    this.#isFull = true;
    this.#entries -= 1;
    if (!this.#marks.isSampled(slot)) return;
    this.#marks.drop(slot);
    this.#keys.left(slot);
  }

  /** The entry in `slot` ended for a reason that would end it in any cache: it expired, or was deleted. */
  forgotten(slot: Slot): void {
    this.#entries -= 1;
    if (!this.#marks.isSampled(slot)) return;
    this.#runs?.forget(this.#keys.hashOf(this.#keys.ticketIn(slot)));
    this.#marks.drop(slot);
    this.#keys.forget(slot);
  }

  /** What was counted until now counts half from now on, and it watches again. Whoever has a clock says so, once a day for instance. */
  age(): void {
    this.#note();
    this.#curves.age();
    if (this.#watch.isResting) this.#wake();
  }

  /** How much the cache would hit, were it smaller or larger, or what of a part of it; `undefined` while too little is known. */
  curve(part?: number): Curve | undefined {
    this.#note();
    return this.#curves.curve(part, this.#entries, this.#keys.rate);
  }

  /** The same for room for so many entries. */
  hitRatioAt(entries: number, part?: number): CurvePoint | undefined {
    this.#note();
    return this.#curves.at(part, entries, this.#keys.rate);
  }

  /**
   * Lets the other policies run beside the one in use, and that with half and twice the
   * room, on a part of the sample, until enough is known. Tells whether it does: not
   * while there is room for all, nor for a cache so small that it would tell nothing.
   */
  compare(policy: PolicyName): boolean {
    if (!this.#isFull || this.#keys.residents < MIN_RUN) return false;
    this.#runs = GhostRuns.over(policy, this.#keys);
    this.#comparison = undefined;
    this.#marks.wake();
    for (const slot of this.#keys.slots) {
      if (!this.#marks.isDue(slot)) this.#marks.quiet(slot, this.#runs.follows(this.#keys.hashOf(this.#keys.ticketIn(slot))));
    }
    return true;
  }

  /** What the runs told that were asked for last, as far as they are; `undefined` if there were none, or they had to be given up. */
  get comparison(): Comparison | undefined {
    return this.#comparison ?? this.#runs?.comparison;
  }

  /** Bytes of memory that it takes, but for runs of policies: those take 250 KB more while they last. */
  get bytes(): number {
    return this.#marks.bytes + this.#keys.bytes + this.#partOf.byteLength + this.#curves.bytes;
  }

  #miss(ticket: Ticket, part: number): void {
    const size = this.#sizeAt(this.#keys.distanceOf(ticket));
    this.#curves.missed(part, size, this.#reach, ticket, 1 / this.#keys.rate);
    this.#keys.use(ticket);
  }

  /** Tells the runs of a request, if they are to know. */
  #run(hash: number): boolean {
    const runs = this.#runs;
    if (!runs?.follows(hash)) return false;
    runs.request(hash);
    if (!runs.isOver) return true;
    this.#comparison = runs.comparison;
    this.#endRuns();
    return false;
  }

  #endRuns(): void {
    this.#runs = undefined;
    if (this.#watch.isResting) this.#marks.sleep();
  }

  #tell(slot: Slot): void {
    this.#marks.told(slot);
    if (!this.#marks.isRoundOver) return;
    this.#note();
    this.#marks.beginRound(this.#keys.residents);
    if (this.#watch.isOver(this.#traffic.hits, this.#entries)) this.#sleep();
  }

  #sleep(): void {
    this.#watch.rest(this.#traffic.hits, this.#keys.residents);
    for (const slot of this.#keys.slots) this.#marks.quiet(slot, this.#runs !== undefined);
    if (!this.#runs) this.#marks.sleep();
  }

  /** What was used meanwhile is not known: the order of uses begins anew, and nothing is told of the hits. */
  #wake(): void {
    this.#watch.resume(this.#traffic.hits);
    this.#keys.resume();
    this.#reach = 0;
    this.#marks.wake();
    this.#marks.beginRound(this.#keys.residents);
    for (const slot of this.#keys.slots) this.#marks.call(slot);
  }

  /** Says of the hits until now up to which size they could be told. */
  #note(): void {
    if (this.#watch.isResting) return;
    this.#curves.seen(this.#reach);
    this.#reach = this.#sizeAt(this.#keys.reach);
  }

  /** How large a cache is that holds so many of the sample. */
  #sizeAt(distance: number): number {
    return distance === NEVER ? NEVER : distance * this.#weight;
  }
}
