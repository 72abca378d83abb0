import type { SealedEntry } from '../entry/entry.ts';
import type { Pattern } from '../entry/pattern.ts';
import type { Version } from '../entry/version.ts';
import { type Answer, chain } from '../tiers/answer.ts';
import type { RemoteTier } from '../tiers/remote-tier.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { FaultOrders, type FaultShare, withBitFlipped } from './fault-orders.ts';
import { seeded } from './seeded.ts';

/** A call of a remote tier. */
export type TierCall = 'getMany' | 'setMany' | 'deleteMany' | 'scan' | 'flush' | 'lease';

/** Which calls a fault befalls, counted from when it was ordered. */
export interface FaultScope extends FaultShare {
  /** @default every call */
  readonly calls?: readonly TierCall[];
}

/** What a faulty tier is made of. */
export interface FaultyTierOptions {
  /** @default systemClock */
  readonly clock?: Clock;
  /** What chance does is the same for a seed. @default 1 */
  readonly seed?: number;
}

type Effect =
  | { readonly kind: 'fail'; readonly error: unknown }
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'corrupt' }
  | { readonly kind: 'drop' };

/**
 * A remote tier whose faults are made to order, for tests of what stands above it.
 *
 * @example
 * const faulty = new FaultyTier(new MemoryRemoteTier({ clock }), { clock });
 * faulty.fail({ calls: ['setMany'], nth: 3 });      // the third write fails
 * faulty.hang({ times: Infinity });                 // nothing answers any more
 * faulty.heal();                                    // all goes on, and as it should
 */
export class FaultyTier implements RemoteTier {
  readonly name: string;
  readonly reach: RemoteTier['reach'];
  readonly #tier: RemoteTier;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #faults: FaultOrders<TierCall, Effect>;
  #hanging: (() => void)[] = [];

  get isUp(): boolean {
    return this.#tier.isUp;
  }

  get leases(): RemoteTier['leases'] {
    const { leases } = this.#tier;
    return (
      leases && {
        acquire: async (keys, holder, ttlMs) => this.#suffer(this.#faults.meet('lease'), () => leases.acquire(keys, holder, ttlMs)),
        release: async (keys, holder) => this.#suffer(this.#faults.meet('lease'), () => leases.release(keys, holder)),
      }
    );
  }

  constructor(tier: RemoteTier, options: FaultyTierOptions = {}) {
    this.name = tier.name;
    this.reach = tier.reach;
    this.#tier = tier;
    this.#clock = options.clock ?? systemClock;
    this.#random = seeded(options.seed ?? 1);
    this.#faults = new FaultOrders(this.#random);
  }

  /** Calls fail. @param error what they fail with; by default a plain error, as a client throws it. */
  fail(scope: FaultScope = {}, error: unknown = new Error('a fault made to order')): void {
    this.#order({ kind: 'fail', error }, scope);
  }

  /** Calls do nothing and end in no way, until {@link release}. */
  hang(scope: FaultScope = {}): void {
    this.#order({ kind: 'hang' }, scope);
  }

  /** Calls begin only after `ms`. */
  delay(ms: number, scope: FaultScope = {}): void {
    this.#order({ kind: 'delay', ms }, scope);
  }

  /** Reads bring bytes of which each entry has one bit the wrong way. */
  corrupt(scope: FaultScope = {}): void {
    this.#order({ kind: 'corrupt' }, { calls: ['getMany'], ...scope });
  }

  /** Writes say that they were done, and were not. */
  drop(scope: FaultScope = {}): void {
    this.#order({ kind: 'drop' }, { calls: ['setMany', 'deleteMany'], ...scope });
  }

  /** Lets hanging calls begin, in an order drawn by chance: late, and not as they were made. */
  release(): void {
    const calls = this.#hanging.splice(0).map((begin) => ({ begin, place: this.#random() }));
    for (const { begin } of calls.sort((a, b) => a.place - b.place)) begin();
  }

  /** Ends all faults. */
  heal(): void {
    this.#faults.clear();
    this.release();
  }

  /** How many calls were made, befallen or not. */
  count(call: TierCall): number {
    return this.#faults.count(call);
  }

  getMany(keys: readonly string[]): Answer<(Uint8Array | undefined)[]> {
    const effect = this.#faults.meet('getMany');
    const answer = this.#suffer(effect, () => this.#tier.getMany(keys));
    return effect?.kind === 'corrupt'
      ? chain(answer, (found) => found.map((bytes) => bytes && withBitFlipped(bytes, this.#random)))
      : answer;
  }

  async setMany(entries: readonly SealedEntry[]): Promise<boolean[]> {
    const effect = this.#faults.meet('setMany');
    return effect?.kind === 'drop' ? entries.map(() => true) : this.#suffer(effect, () => this.#tier.setMany(entries));
  }

  async deleteMany(keys: readonly string[], version: Version): Promise<void> {
    const effect = this.#faults.meet('deleteMany');
    if (effect?.kind !== 'drop') await this.#suffer(effect, () => this.#tier.deleteMany(keys, version));
  }

  async *scan(pattern: Pattern): AsyncIterable<string[]> {
    yield* await this.#suffer(this.#faults.meet('scan'), () => this.#tier.scan(pattern));
  }

  async flush(): Promise<void> {
    await this.#suffer(this.#faults.meet('flush'), () => this.#tier.flush());
  }

  /** Closes the tier within. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tier[Symbol.asyncDispose]();
  }

  #order(effect: Effect, { calls, ...share }: FaultScope): void {
    this.#faults.order(effect, calls, share);
  }

  #suffer<T>(effect: Effect | undefined, begin: () => Answer<T>): Answer<T> {
    if (effect?.kind === 'fail') return Promise.reject(effect.error);
    if (effect?.kind === 'hang') return new Promise<void>((resolve) => this.#hanging.push(resolve)).then(begin);
    if (effect?.kind === 'delay') return new Promise<void>((resolve) => this.#clock.after(effect.ms, resolve)).then(begin);
    return begin();
  }
}
