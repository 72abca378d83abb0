import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../src/testing/seeded.ts';
import type { Fleet, Member } from './fleet.ts';
import { type BusFault, now } from './node-plan.ts';

/** Time between one fault's beginning and the next's, and how long each lasts: up to so much. */
const BETWEEN_MS = 700;
const LASTING_MS = 3_000;

const POLL_MS = 20;

/** Brings a fault upon the bus of one cache, and tells how to end it. */
export type BusInjection = (member: Member) => Promise<() => Promise<unknown>>;

/** Faults made within the node, before whatever bus it has. */
export function faultsWithin(faults: readonly BusFault[]): readonly BusInjection[] {
  return faults.map((fault) => async ({ node, at }) => {
    await node.ask({ call: 'bus', member: at, fault });
    return () => node.ask({ call: 'bus', member: at, fault: 'heal' });
  });
}

/** Faults of buses at random, of any cache, one on top of another, until they are ended. */
export class BusCuts {
  readonly #fleet: Fleet;
  readonly #random: () => number;
  readonly #befallen = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  readonly #injections: readonly BusInjection[];
  #count = 0;

  constructor(fleet: Fleet, seed: number, injections: readonly BusInjection[]) {
    this.#injections = injections;
    this.#fleet = fleet;
    this.#random = seeded(seed);
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** Begins; resolves when {@link end} was called and every fault has healed. */
  async run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const { members } = this.#fleet;
      const member = members[Math.floor(this.#random() * members.length)];
      const inject = this.#injections[Math.floor(this.#random() * this.#injections.length)];
      const lastingMs = this.#random() * LASTING_MS;
      if (member && inject && !this.#befallen.has(member.name)) {
        const cut = this.#befall(member, inject, lastingMs).finally(() => this.#underWay.delete(cut));
        this.#underWay.add(cut);
      }
      await this.#wait(this.#random() * BETWEEN_MS);
    }
    await Promise.all(this.#underWay);
  }

  end(): void {
    this.#ending.abort();
  }

  async #befall(member: Member, inject: BusInjection, lastingMs: number): Promise<void> {
    const { name, node, at } = member;
    this.#count += 1;
    this.#befallen.add(name);
    const from = now();
    const heal = await inject(member);
    await this.#wait(lastingMs);
    await heal();
    const healedAt = now();
    // Invariant 12 bounds what a node may take for blindness.
    while (now() - healedAt < 10_000 && !(await node.ask({ call: 'state', member: at }))?.state?.isBusLive) await sleep(POLL_MS);
    this.#fleet.history.blind.push({ node: name, from, to: now() });
    this.#befallen.delete(name);
  }

  async #wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#ending.signal }).catch(() => {});
  }
}
