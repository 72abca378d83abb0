import type { PolicyName } from '../policy/eviction-policy.ts';
import { POLICIES } from '../policy/policies.ts';
import { GhostCache } from './ghost-cache.ts';
import { type SampledKeys, shareOf } from './sampled-keys.ts';

/** Ghosts have room for fewer entries than this. */
const MAX_ENTRIES = 256;
/** Requests for each entry there is room for, before anything is counted; and in each of the heats after that. */
const WARM_UP = 20;
const HEAT = 10;
const HEATS = 8;
/** Keys are counted in so many groups: as these differ from each other, so would another sample. */
const GROUPS = 16;
const CELLS = HEATS * GROUPS;
/** Deviations to a side: of 100 runs, 95 are no further off. */
const DEVIATIONS = 2;
/** Nobody changes a policy for less. */
const MIN_GAIN = 0.005;

/** How a policy did. */
export interface Contender {
  readonly policy: PolicyName;
  /** How many times the present room it had. */
  readonly room: number;
  readonly hitRatio: number;
  /** How much more it hit than the policy in use, as a ratio of the requests. */
  readonly gain: number;
  /** Of 100 samples and stretches of time, 95 would be no further off than this. */
  readonly margin: number;
}

/** How policies did beside the one in use, on the same requests. */
export interface Comparison {
  readonly isOver: boolean;
  /** Requests that each was given, after it had warmed up. */
  readonly requests: number;
  /** The policy in use comes first. */
  readonly contenders: readonly Contender[];
  /** The policy that is better with the same room, beyond doubt; `undefined` where none is, or the runs go on. */
  readonly better: PolicyName | undefined;
}

/**
 * Caches without values, one under each policy, which are asked for what a part of the
 * keys is asked for, with room for that part of the entries.
 *
 * Waldspurger et al., "Cache Modeling and Optimization using Miniature Simulations"
 * (USENIX ATC 2017). A hundred requests for each entry there is room for, and then they
 * are over; so what they cost is known, and who asks for them rarely pays little.
 */
export class GhostRuns {
  /** The share of all keys that is followed. */
  readonly rate: number;
  readonly #capacity: number;
  readonly #runs: readonly Run[];
  /** By heat and group. */
  readonly #requests = new Float64Array(CELLS);
  #asked = 0;

  constructor(policy: PolicyName, capacity: number, rate: number) {
    this.rate = rate;
    this.#capacity = capacity;
    const others = Object.keys(POLICIES).filter((name): name is PolicyName => name !== policy);
    this.#runs = [
      new Run(policy, 1, capacity),
      ...others.map((name) => new Run(name, 1, capacity)),
      new Run(policy, 1 / 2, capacity),
      new Run(policy, 2, capacity),
    ];
  }

  /** Over as many of the sampled keys as there is room for: of those, as many are there as the ghosts may keep. */
  static over(policy: PolicyName, keys: SampledKeys): GhostRuns {
    const shares = Array.from(keys.slots, (slot) => shareOf(keys.hashOf(keys.ticketIn(slot))));
    let { rate } = keys;
    const followed = (): number => shares.filter((share) => share < rate).length;
    while (followed() > MAX_ENTRIES) rate /= 2;
    return new GhostRuns(policy, followed(), rate);
  }

  /** Whether requests for this key are to be told. */
  follows(hash: number): boolean {
    return shareOf(hash) < this.rate;
  }

  get isOver(): boolean {
    return this.#asked >= this.#capacity * (WARM_UP + HEATS * HEAT);
  }

  request(hash: number): void {
    const heat = Math.floor((this.#asked / this.#capacity - WARM_UP) / HEAT);
    this.#asked += 1;
    if (heat < 0) {
      for (const run of this.#runs) run.ghost.request(hash);
      return;
    }
    const cell = heat * GROUPS + (hash & (GROUPS - 1));
    this.#requests[cell] = this.#requests[cell]! + 1;
    for (const run of this.#runs) if (run.ghost.request(hash)) run.hits[cell] = run.hits[cell]! + 1;
  }

  /** The key's entry ended for a reason that ends it in any cache. */
  forget(hash: number): void {
    for (const run of this.#runs) run.ghost.forget(hash);
  }

  get comparison(): Comparison {
    const requests = sum(this.#requests);
    const contenders = this.#runs.map((run) => this.#judged(run, requests));
    const [best] = contenders.filter(({ room, gain, margin }) => room === 1 && gain - margin > MIN_GAIN).sort((a, b) => b.gain - a.gain);
    return { isOver: this.isOver, requests, contenders, better: this.isOver ? best?.policy : undefined };
  }

  #judged({ policy, room, hits }: Run, requests: number): Contender {
    if (requests === 0) return { policy, room, hitRatio: 0, gain: 0, margin: 1 };
    const present = this.#runs[0]!.hits;
    const more = hits.map((count, cell) => count - present[cell]!);
    const byGroup = this.#variance(more, GROUPS, (cell) => cell % GROUPS);
    const byHeat = this.#variance(more, HEATS, (cell) => Math.floor(cell / GROUPS));
    const margin = (DEVIATIONS * Math.sqrt(Math.max(byGroup, byHeat))) / requests;
    return { policy, room, hitRatio: sum(hits) / requests, gain: sum(more) / requests, margin };
  }

  /** Of a sum over cells, from how far sums over bundles of them are from their shares of it. */
  #variance(counts: Float64Array, bundles: number, bundleOf: (cell: number) => number): number {
    const [sums, requests] = [new Float64Array(bundles), new Float64Array(bundles)];
    for (let cell = 0; cell < CELLS; cell += 1) {
      const bundle = bundleOf(cell);
      sums[bundle] = sums[bundle]! + counts[cell]!;
      requests[bundle] = requests[bundle]! + this.#requests[cell]!;
    }
    const perRequest = sum(sums) / sum(requests);
    const squares = sums.reduce((all, count, bundle) => all + (count - perRequest * requests[bundle]!) ** 2, 0);
    return (squares * bundles) / (bundles - 1);
  }
}

/** One of the ghosts, and what it hit, by heat and group. */
class Run {
  readonly policy: PolicyName;
  readonly room: number;
  readonly ghost: GhostCache;
  readonly hits: Float64Array = new Float64Array(CELLS);

  constructor(policy: PolicyName, room: number, capacity: number) {
    this.policy = policy;
    this.room = room;
    this.ghost = new GhostCache(policy, Math.max(1, Math.round(room * capacity)));
  }
}

function sum(numbers: Float64Array): number {
  return numbers.reduce((all, number) => all + number, 0);
}
