import { textOf } from '../errors.ts';
import { parseTopology } from './cluster-topology.ts';
import { type Address, addressText } from './redis-address.ts';
import type { RedisSetting } from './redis-options.ts';
import { askOnce, shuffled } from './sentinel.ts';

/** Finds the master of a cluster that has one slot: for who needs no other. */
export class SlotOwner {
  readonly #slot: number;
  readonly #setting: RedisSetting;
  readonly #seeds: readonly Address[];
  /** The masters of the last answer, which may be there when all seeds are gone. */
  #masters: readonly Address[] = [];

  constructor(slot: number, setting: RedisSetting, seeds: readonly Address[]) {
    this.#slot = slot;
    this.#setting = setting;
    this.#seeds = seeds;
  }

  /** Asks one node after the other, in an order drawn anew each time. @throws Error when none knows. */
  async locate(): Promise<Address> {
    const { access, random } = this.#setting;
    const failures: string[] = [];
    const nodes = new Map([...this.#seeds, ...this.#masters].map((address) => [addressText(address), address]));
    for (const [name, address] of shuffled([...nodes], random)) {
      try {
        const { masters, owners } = parseTopology(await askOnce(address, access, this.#setting, ['CLUSTER', 'SLOTS']), address);
        this.#masters = [...masters.values()];
        const owner = masters.get(owners[this.#slot] ?? '');
        if (owner) return owner;
        failures.push(`${name}: nobody has slot ${this.#slot}`);
      } catch (error) {
        failures.push(`${name}: ${textOf(error)}`);
      }
    }
    throw new Error(`no node of the cluster told who has slot ${this.#slot} (${failures.join('; ')})`);
  }
}
