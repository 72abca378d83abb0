import type { KindPlan } from '../kind/kind-plan.ts';
import type { SafeTier } from './safe-tier.ts';
import type { Sealing } from './sealing.ts';

/** The leases of a namespace's keys: from the farthest tier that lends any, for most processes share it. */
export class TierLeases {
  readonly #tier: SafeTier | undefined;
  readonly #sealing: Sealing;

  constructor(tiers: readonly SafeTier[], sealing: Sealing) {
    this.#tier = tiers.findLast(({ leases }) => leases !== undefined);
    this.#sealing = sealing;
  }

  /**
   * Takes leases. Answers in order how many milliseconds another still has each,
   * 0 where it is ours now; `undefined` when there are none to be had.
   */
  async take<K, V>(plan: KindPlan<K, V>, texts: readonly string[], ttlMs: number): Promise<readonly number[] | undefined> {
    const keys = texts.map((text) => this.#sealing.fullKey(plan, text));
    return this.#tier?.lease(keys, this.#sealing.holder, ttlMs);
  }

  /** Gives a lease back. */
  async release<K, V>(plan: KindPlan<K, V>, text: string): Promise<void> {
    await this.#tier?.releaseLease(this.#sealing.fullKey(plan, text), this.#sealing.holder);
  }
}
